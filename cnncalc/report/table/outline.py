"""A network folded: the layers and groups that a table of some depth shows."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.analysis import Row, Summary
from cnncalc.network.copied import tallied
from cnncalc.network.graph import Group
from cnncalc.records import NamedTuple

SCREEN = 40
"""Lines of a table that fit on a screen."""

FEW = 8
"""Lines below which a folded table says too little."""


class TableLine(NamedTuple):
    """A line of a table.

    level: how deep it stands; row: its numbers; None for the head of a group that is open, so that
    the numbers of the lines always add up to the total
    apart: whether it stands by itself, not under what it is a part of
    """

    path: str
    level: int
    kind: str
    row: Row | None
    apart: bool = False

    @property
    def name(self) -> str:
        """The last part of its path; all of it where it stands by itself."""
        return self.path if self.apart else self.path.rpartition(".")[2]


def outline(summary: Summary, depth: int | None) -> tuple[TableLine, ...]:
    """The lines of a table: everything deeper than `depth` is folded; None folds nothing."""
    return tuple(_lines(summary, depth))


def depths(summary: Summary) -> int:
    """How deep the deepest layer stands, from 1."""
    return max(node.path.count(".") for node, _ in tallied(summary.graph.layers)) + 1


def fitting_depth(summary: Summary) -> int | None:
    """None, to fold nothing, where the whole table fits on a screen; else the smallest depth that
    shows the parts of the network, and not just that it has some."""
    if len(summary.rows) <= SCREEN and len(outline(summary, None)) <= SCREEN:
        return None
    for depth in range(1, depths(summary)):
        if len(outline(summary, depth)) >= FEW:
            return depth
    return 1


def _lines(summary: Summary, depth: int | None) -> Iterator[TableLine]:
    groups = summary.graph.groups
    number = 0
    open_path: list[str] = []
    while number < len(summary.rows):
        row = summary.rows[number]
        parts = row.node.path.split(".")
        level = _common(open_path, parts)
        while level < len(parts) - 1 and (depth is None or level < depth - 1):
            path = ".".join(parts[: level + 1])
            if path in groups:
                yield TableLine(path, level, labelled(groups[path]), None)
            level += 1
        open_path = parts[:level]
        if level == len(parts) - 1:
            yield TableLine(row.node.path, level, row.node.kind, row)
            number += 1
            continue
        group = groups[".".join(parts[: level + 1])]
        part = summary.part(group.first, group.last)
        yield TableLine(group.path, level, labelled(group), part)
        number = group.last


def _common(one: list[str], other: list[str]) -> int:
    """How many leading parts two paths share."""
    count = 0
    for a, b in zip(one, other[:-1], strict=False):
        if a != b:
            break
        count += 1
    return count


def labelled(group: Group) -> str:
    """`bottleneck x3`."""
    return f"{group.kind} x{group.repeat}" if group.repeat > 1 else group.kind
