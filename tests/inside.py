"""`cnncalc` in this process: what it prints and its exit code, without a start and its imports.

What a process itself is or does, its start, its limits, its signals, is tested in one of its own.
"""

from __future__ import annotations

import gc
import io
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from cnncalc import cli, project

ROOT = Path(__file__).parents[1]


def inside(
    *arguments: str, folder: Path = ROOT, stdin: str = "", environment: Mapping[str, str] = {}
) -> CompletedProcess[str]:
    """As `python -m cnncalc` would be run in `folder`, its output to no terminal."""
    out, error = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name, value in environment.items():
            patch.setenv(name, value)
        patch.setattr(sys, "argv", ["cnncalc", *arguments])
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), "utf-8"))
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", error)
        with as_before(), pytest.raises(SystemExit) as left:
            cli.main()
    return CompletedProcess(arguments, int(left.value.code or 0), written(out), written(error))


@contextmanager
def as_before() -> Iterator[None]:
    """What a command sets for its process is not left to the next."""
    collected, handler = gc.isenabled(), signal.getsignal(signal.SIGTERM)
    try:
        with project.rooted(None):
            yield
    finally:
        signal.signal(signal.SIGTERM, handler)
        if collected:
            gc.enable()


def written(stream: io.TextIOWrapper) -> str:
    """What a stream in memory was given, line ends as a process's are read."""
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode().replace("\r\n", "\n")
