"""The folder that a run writes to."""

from __future__ import annotations

import os
from pathlib import Path

from cnncalc.network.graph import Graph
from cnncalc.runtime.train.errors import TrainError

LAST, BEST = "last.ckpt", "best.ckpt"


def folder_of(graph: Graph, given: Path | None, resume: bool) -> Path:
    """The one that was named, or `runs/` and the spec's name, with a number where that is taken."""
    if given is None:
        name = Path(graph.path).stem if graph.path != "<stdin>" else "stdin"
        return _free(Path("runs"), name, resume)
    return given


def check_new(folder: Path, named: bool, resume: bool) -> None:
    """Raises TrainError where a folder that was named has a run already."""
    if not resume and named and (folder / LAST).exists():
        raise TrainError(
            f"`{folder}` has a run: --resume goes on with it, or name another --output"
        )


def make(folder: Path) -> None:
    """Raises TrainError where nothing can be written there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".{os.getpid()}.partial"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise TrainError(f"cannot write in `{folder}`: {error.strerror}") from None


def _free(runs: Path, name: str, resume: bool) -> Path:
    """`runs/lenet5`, `runs/lenet5-2`: the first that has no run; to resume, the last that has."""
    folder, number = runs / name, 1
    before = folder
    while (folder / LAST).exists():
        before, number = folder, number + 1
        folder = runs / f"{name}-{number}"
    return before if resume else folder
