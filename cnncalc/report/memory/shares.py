"""Memory as lines: what every renderer shows of it."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.analysis.liveness import Moment
from cnncalc.analysis.memory_use import Use
from cnncalc.network.graph import Node
from cnncalc.records import NamedTuple
from cnncalc.report.units import memory
from cnncalc.stored_weights import MEANS

MOST = 24
"""Lines of a curve that are read at a glance."""


class MemoryLine(NamedTuple):
    """A layer, or a group of some.

    kept: bytes that it is the first to keep
    alive: the most while it runs, forward or backward, beside weights and what an optimizer keeps
    """

    path: str
    kept: int
    alive: int


def every_line(use: Use) -> list[MemoryLine]:
    """A line for each layer, and for each input that stays."""
    batch, found = use.conditions.batch, use.footprint
    alive = found.alive(batch)
    inputs = [
        MemoryLine(node.path, _kept(use, node), 0)
        for node in use.graph.inputs.values()
        if node in found.kept
    ]
    layers = [
        MemoryLine(node.path, _kept(use, node), alive.get(node, 0)) for node in use.graph.layers
    ]
    return [*inputs, *layers]


def _kept(use: Use, node: Node) -> int:
    line = use.footprint.kept.get(node)
    return line.at(use.conditions.batch) if line else 0


def curve(use: Use) -> list[MemoryLine]:
    """The layers folded into groups, as deep as few lines allow."""
    lines = every_line(use)
    depth = max(line.path.count(".") for line in lines) + 1
    while depth > 1 and len(_folded(lines, depth)) > MOST:
        depth -= 1
    return list(_folded(lines, depth).values())


def _folded(lines: list[MemoryLine], depth: int) -> dict[str, MemoryLine]:
    found: dict[str, MemoryLine] = {}
    for line in lines:
        path = ".".join(line.path.split(".")[:depth])
        before = found.get(path, MemoryLine(path, 0, 0))
        found[path] = MemoryLine(path, before.kept + line.kept, max(before.alive, line.alive))
    return found


class Portion(NamedTuple):
    """A share of the memory. name: in JSON, too; says: what it is"""

    name: str
    bytes: int
    says: str


def figures(use: Use) -> Iterator[Portion]:
    """The shares, then the peak."""
    found, conditions = use.footprint, use.conditions
    peak = found.peak(conditions.batch)
    yield Portion("weights", found.weights, "parameters and buffers")
    if conditions.optimizer:
        yield Portion("optimizer", found.optimizer, f"what {conditions.optimizer} keeps of them")
    if found.averaged:
        yield Portion("averaged", found.averaged, MEANS)
    if found.buckets:
        yield Portion("buckets", found.buckets, "copies of the gradients, to add up")
    alive = peak.alive.at(conditions.batch)
    if conditions.optimizer:
        ends = f"of {memory(found.gradients)} in the end"
        says = "of the batches before" if conditions.accumulate else ends
        yield Portion("gradients", peak.gradients, says)
    yield Portion("activations", alive - peak.gradients, "inputs among them")
    yield Portion("peak", found.base + alive, where(peak))
    if conditions.optimizer:
        kept = found.kept_at(conditions.batch)
        yield Portion("kept", kept, "at the end of the forward pass, for the backward")


def where(moment: Moment) -> str:
    """The moment at which most is alive."""
    if moment.node is None:
        return "as the optimizer steps"
    return f"at {moment.node.path}, {'backward' if moment.backward else 'forward'}"


def title(use: Use) -> str:
    """The network and how it is used."""
    return f"{use.graph.name}: {how(use)}"


def how(use: Use) -> str:
    """How it is used."""
    given = use.conditions
    mode = f"training with {given.optimizer}" if given.optimizer else "inference"
    batch = f"batch {given.batch:,}" + (f" on each of {given.devices:,}" * (given.devices > 1))
    numbers = f"autocast to {given.autocast}" if given.autocast else given.dtype
    return f"{mode}, {batch}, {numbers}"


def answers(use: Use) -> Iterator[tuple[str, ...]]:
    """What fits, and what would: an option, bytes, the largest batch, MACs of a sample."""
    for remedy in use.remedies:
        macs = f"{remedy.macs:,} MACs more" if remedy.macs else ""
        yield remedy.option, memory(remedy.total), f"batch {remedy.largest:,}", macs


def verdict(use: Use) -> str:
    """Whether it fits, and which batch would; nothing where nobody says what there is."""
    if use.limit is None or use.largest is None:
        return ""
    could, most = ("may fit", "at most ") if use.reserves else ("fits", "")
    fits = could if use.largest >= use.conditions.batch else "does not fit"
    most = f"the largest batch is {most}{use.largest:,}" if use.largest else "no batch does"
    return f"{fits} into {memory(use.limit)}: {most}"


def beside(use: Use) -> str:
    """What is not counted, and of which layers; nothing where all is."""
    if not use.reserves:
        return ""
    first, *others = use.reserves
    more = f" and {len(others):,} more" if others else ""
    return f"without the space that cuDNN keeps for {first}{more}: all is at least so much"
