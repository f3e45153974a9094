"""What autocast does, as PyTorch does it on a CUDA device: which type an operation works with, and
the weights that are cast once for all that read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cnncalc.analysis.tensors import Made
from cnncalc.layers.base import FULL, Kept, Stage, Weight, cast_of, name_of
from cnncalc.network.graph import Node

SHORT = 2
"""Bytes of a number of either short type."""

CAST = Stage(Kept("cast", 0), handed=("input",))
"""A cast: its gradient is cast back."""


class Casting:
    """Autocast while it lasts.

    autocast: the short type; None: there is no autocast
    weights: those that are cast, by where they are learned and their names
    """

    def __init__(self, autocast: str | None) -> None:
        self.autocast = autocast
        self.weights: dict[tuple[Node, str], Made] = {}

    def ended(self) -> list[Made]:
        """The weights that were cast, which nothing holds any longer on its account."""
        found = list(self.weights.values())
        self.weights.clear()
        return found

    def to(self, stage: Stage, local: Mapping[str, Made]) -> int | None:
        """Bytes of a number of the type to which all that an operation reads is cast, if it is."""
        if not self.autocast:
            return None
        if stage.cast == "widest":
            return max(local[name].width for name in stage.reads)
        if stage.cast in ("half", "fp16"):
            return SHORT
        full = stage.cast == "full" or (stage.cast == "softmax" and self.autocast == "bf16")
        return FULL if full else None

    def made(self, stage: Stage, reads: Sequence[Made], local: Mapping[str, Made]) -> int | None:
        """Bytes of a number of what it makes; None where there is no autocast."""
        if not self.autocast:
            return None
        if stage.cast in ("half", "fp16", "copied"):
            return SHORT
        if stage.cast not in ("", "widest", "statistics"):
            return FULL
        if not reads and (stage.trained or "input" not in local):
            return FULL
        first = reads[:1] if stage.cast == "statistics" else reads
        if len({read.other for read in first if read.width == SHORT}) > 1:
            return FULL
        numbers = [read.width for read in first if read.width in (SHORT, FULL)]
        return max(numbers, default=local["input"].width if "input" in local else FULL)

    def other(self, stage: Stage, reads: Sequence[Made]) -> bool:
        """Whether the short numbers that it makes, or reads, are fp16 where autocast has others."""
        if stage.cast in ("fp16", "copied"):
            return self.autocast != "fp16"
        return stage.cast != "half" and any(read.other for read in reads)

    @property
    def device(self) -> str:
        """The device whose kernels run: PyTorch's autocast is held against that of CUDA."""
        return "cuda" if self.autocast else "cpu"


def read_by(node: Node, stage: Stage) -> list[Weight]:
    """The weights that an operation reads."""
    trained = stage.trained
    if isinstance(trained, tuple):
        return [weight for weight in node.weights if weight.name in trained]
    return list(node.weights) if trained else []


def cast_stage(stage: Stage, casts: Mapping[str, Made], local: Mapping[str, Made]) -> Stage:
    """An operation that reads casts in place of what is cast, weights among it."""

    def called(name: str) -> str:
        return cast_of(name) if cast_of(name) in casts else name

    read = [called(name) for name in stage.reads]
    ahead = any(local[name].wanted for name in stage.reads)
    weights = [name for name in casts if name not in read]
    keeps = tuple(
        kept._replace(name=called(name), of="own") if called(name) != name else kept
        for kept in stage.keeps
        if (name := _name_of(kept)) and (kept.of != "weight" or ahead or not kept.gradient_of)
    )
    return stage._replace(
        reads=(*read, *weights),
        keeps=tuple(
            each._replace(gradient_of=()) if each.of == "weight" else each for each in keeps
        ),
        handed=tuple(map(called, stage.handed)),
        trained=stage.trained if not weights else False,
    )


def _name_of(kept: Kept) -> str:
    """What a stage calls what it keeps."""
    if kept.of != "input":
        return kept.name
    return name_of(kept.number)
