"""The library of the double, compiled once for each PyTorch and each state of its source."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
PARTS = ("devices", "memory", "operations", "recurrent", "distributed")
SOURCES = [HERE / f"{name}.cpp" for name in PARTS]
FLAGS = ["-std=c++20", "-O1", "-fPIC", "-shared", "-Wall", "-Wno-unknown-pragmas"]


def missing() -> str | None:
    """Why there can be no double here; None where there can."""
    if sys.platform != "linux":
        return "the double of CUDA is for Linux"
    if importlib.util.find_spec("torch") is None:
        return "the double of CUDA needs PyTorch"
    if not _version().endswith("+cpu") and (_torch() / "lib/libtorch_cuda.so").exists():
        return "this PyTorch has CUDA itself"
    if shutil.which("g++") is None and not _target().exists():
        return "the double of CUDA is compiled by g++, and there is none"
    return None


def library() -> Path:
    """The compiled double."""
    target = _target()
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(target.with_suffix(".lock")):
        if not target.exists():
            partial = target.with_suffix(f".{os.getpid()}.so")
            _compile(partial)
            partial.replace(target)
    return target


def _compile(target: Path) -> None:
    libraries = _torch() / "lib"
    include = _torch() / "include"
    command = [
        *("g++", *FLAGS, *map(str, SOURCES), "-o", str(target)),
        *(f"-isystem{include}", f"-isystem{include / 'torch/csrc/api/include'}"),
        *(f"-L{libraries}", "-ltorch_cpu", "-lc10", f"-Wl,-rpath,{libraries}"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the double of CUDA does not compile:\n{done.stderr[-4000:]}")


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One process compiles, the others wait for it."""
    import fcntl  # not on every system

    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _target() -> Path:
    """Where it is kept: below the user's own cache, since what lies there is run."""
    digest = hashlib.sha256(" ".join(FLAGS).encode())
    for path in sorted(HERE.glob("*.[ch]*")):
        digest.update(path.read_bytes())
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    name = f"torch-{_version()}-python-{sys.version_info[0]}.{sys.version_info[1]}"
    return cache / "cnncalc-cuda-double" / f"{name}-{digest.hexdigest()[:16]}.so"


def _torch() -> Path:
    """The folder of PyTorch, which is not imported yet."""
    found = importlib.util.find_spec("torch")
    assert found
    assert found.origin
    return Path(found.origin).parent


def _version() -> str:
    return importlib.metadata.version("torch")
