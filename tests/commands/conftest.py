"""Running the command line: in this process, or in one of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.inside import ROOT, inside

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def cnncalc() -> Run:
    """`cnncalc("analyze", "specs/...")`, from the root of the repository or from `folder`."""

    def run(
        *arguments: str, stdin: str = "", folder: Path = ROOT, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        return inside(*arguments, folder=folder, stdin=stdin, environment=environment)

    return run


@pytest.fixture(scope="session")
def process() -> Run:
    """As `cnncalc`, but a process of its own, as a user starts it: where Python itself, what it
    imports or what a stream can do is the point."""

    def run(
        *arguments: str, stdin: str = "", folder: Path = ROOT, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "cnncalc", *arguments],
            cwd=folder,
            input=stdin,
            capture_output=True,
            text=True,
            env={**os.environ, **environment},
            check=False,
        )

    return run
