"""A Python script in a process of its own, with bounds on time and memory."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

MEMORY = 500 * 2**20
SECONDS = 10
"""The bound is 2 seconds; a busy machine is given five times as long."""


def run_limited(
    script: Path | str, *arguments: str, seconds: int = SECONDS
) -> subprocess.CompletedProcess[str]:
    """What a script, or a module of the tests by its name, prints and returns; killed where it
    takes more time or memory."""
    program = [str(script)] if isinstance(script, Path) else ["-m", script]

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    return subprocess.run(
        [sys.executable, *program, *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        preexec_fn=limit,
        timeout=seconds * 6,
        check=False,
    )
