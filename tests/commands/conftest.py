"""Running the command line as a process, as a user does."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def cnncalc() -> Run:
    """`cnncalc("analyze", "specs/...")`, from the root of the repository or from `folder`."""

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
