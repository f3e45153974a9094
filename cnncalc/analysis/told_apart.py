"""A difference of two networks as a word for each layer of both: what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from cnncalc.analysis.difference import Difference
from cnncalc.analysis.summary import Row
from cnncalc.network.graph import Graph, Node
from cnncalc.records import NamedTuple

Became = Literal["added", "removed", "edited", "follows"]
"""What became of a layer: `follows`, where its fields are the same and its numbers are not."""


class ToldApart(NamedTuple):
    """The layers of both networks of which something is another; of the rest nothing is."""

    before: Mapping[Node, Became]
    after: Mapping[Node, Became]


def told_apart(difference: Difference) -> ToldApart:
    """A word for each layer that is not the same in both."""
    before, after = difference.before.graph, difference.after.graph
    old: dict[Node, Became] = {one.node: "follows" for one, _ in difference.consequence.pairs}
    new: dict[Node, Became] = {other.node: "follows" for _, other in difference.consequence.pairs}
    for change in difference.changes:
        if change.sort != "part":
            old |= dict.fromkeys(_layers(before, change.before), change.sort)
            new |= dict.fromkeys(_layers(after, change.after), change.sort)
    return ToldApart(old, new)


class Paired(NamedTuple):
    """A layer in one network, the other, or both; became: None of what is the same in both."""

    before: Row | None
    after: Row | None
    became: Became | None


def paired(difference: Difference) -> tuple[Paired, ...]:
    """Every layer of both networks once, in the order of the later one; what was removed stands
    behind what it stood behind."""
    told = told_apart(difference)
    there = {one.node: other for one, other in difference.pairs}
    back = {other.node: one for one, other in difference.pairs}
    gone: dict[Node | None, list[Paired]] = {}
    last = None
    for row in difference.before.rows:
        if row.node in there:
            last = there[row.node].node
        else:
            gone.setdefault(last, []).append(Paired(row, None, told.before.get(row.node)))
    found = gone.pop(None, [])
    for row in difference.after.rows:
        found.append(Paired(back.get(row.node), row, told.after.get(row.node)))
        found += gone.pop(row.node, [])
    return tuple(found)


def _layers(graph: Graph, paths: Iterable[str]) -> Iterator[Node]:
    """The layers at some paths, and in the groups at others."""
    by_path = {node.path: node for node in graph.layers}
    for path in paths:
        if path in by_path:
            yield by_path[path]
        else:
            group = graph.groups[path]
            yield from graph.layers[group.first : group.last]
