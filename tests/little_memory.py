"""`cnncalc` with PyTorch in it and little memory beyond: a process whose bound is set once all is
imported, which takes another size with every build of PyTorch.

`python -m tests.little_memory MODULE MIB ARGUMENT...`: with the module and what it imports, and so
many MiB more.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[1]


def run_with_little(
    module: str, mib: int, *arguments: str, folder: Path
) -> subprocess.CompletedProcess[str]:
    """What `cnncalc` says then; each thread reserves addresses of its own, so there is one."""
    return subprocess.run(
        [sys.executable, "-m", "tests.little_memory", module, str(mib), *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
        | {"CUDA_VISIBLE_DEVICES": ""},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def main(module: str, mib: str, *arguments: str) -> None:
    """The command, under its bound."""
    from cnncalc.cli import main as command

    import_module(module)
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[0])
    most = pages * resource.getpagesize() + int(mib) * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    sys.argv = ["cnncalc", *arguments]
    command()


if __name__ == "__main__":
    main(*sys.argv[1:])
