"""What stands in a box: words for a layer, or a part, and its numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cnncalc.analysis import Row, Summary, together
from cnncalc.analysis.layout.diagram import Box
from cnncalc.analysis.named_numbers import NamedNumbers
from cnncalc.layers.base import times
from cnncalc.layers.fields import counted
from cnncalc.network.graph import Graph, Node
from cnncalc.numbers import exact, field_value, rounded
from cnncalc.report.table.columns import COLUMNS, Column, field_of

UNSAID = ("padding", "bias", "eps", "momentum")
"""Fields that a box has no room for; who rests the pointer on it reads them."""

BRANCH = "branch"
"""What the parts that a join joins are called, which says nothing of one with a name."""


class BoxWords(NamedTuple):
    """The texts of a box.

    name: where the spec gives one; kind: of the layer, or the block; fields: those that tell it
    from others of its kind
    size: of what it makes; number: what was asked for
    told: all of it, and more
    """

    name: str
    kind: str
    fields: str
    size: str
    number: str
    told: str


class Numbers:
    """The numbers of boxes: those of a column, where one is asked for."""

    def __init__(self, summary: Summary, show: str | None) -> None:
        self.summary = summary
        self.named = NamedNumbers(summary)
        self.column: Column | None = COLUMNS[show] if show else None
        self.rows = {row.node: row for row in summary.rows}

    def row(self, box: Box) -> Row:
        """The numbers of what a box stands for; of several alike, of the first."""
        rows = tuple(self.rows[node] for node in box.layers)
        return together(rows) if len(rows) > 1 else rows[0]

    def amount(self, box: Box) -> float:
        """How much of the column is in a box, where its numbers add up; else 0."""
        if self.column is None or not self.column.adds:
            return 0
        value = self.column.value(self.row(box), self.named)
        return value if isinstance(value, int | float) else 0

    def number(self, box: Box) -> str:
        """The column's, as text."""
        return self.column.shown(self.row(box), self.named) if self.column else ""


def words(box: Box, numbers: Numbers) -> BoxWords:
    """The texts of a box."""
    part, row = box.part, numbers.row(box)
    name, kind = name_of(box), part.kind
    if name and kind == BRANCH:
        name, kind = "", name
    shown = _fields(row.node) if part.node else counted(row.layers, "layer")
    number = numbers.number(box)
    return BoxWords(
        name,
        f"{kind} x{box.times}" if box.times > 1 else kind,
        shown,
        times(part.output.shape),
        number,
        told(box, row),
    )


def name_of(box: Box) -> str:
    """The name that the spec gives it; empty, where it is called by its kind or counted."""
    own = box.part.path.rpartition(".")[2]
    names = [*box.names, *([] if own.isdecimal() else [own])]
    kind = box.part.kind
    given = [name for name in names if name != kind and not _counted(name, kind)]
    return ".".join(given)


def title(box: Box) -> str:
    """Of a frame: `stage1: bottleneck x3`; the whole network has none."""
    if not box.part.path:
        return ""
    name, kind = name_of(box), box.part.kind
    text = name if name and kind == BRANCH else f"{name}: {kind}" if name else kind
    return f"{text} x{box.times}" if box.times > 1 else text


def arriving(box: Box) -> tuple[str, ...]:
    """What a network reads: `image 3x224x224`."""
    return tuple(f"{node.path} {times(node.shape)}" for node in box.part.reads)


def leaving(box: Box, graph: Graph) -> tuple[str, ...]:
    """What it gives: `output 1000`."""
    heads = {node: name for name, node in graph.heads.items()}
    return tuple(f"{heads[node]} {times(node.shape)}" for node in box.part.gives)


def _counted(name: str, kind: str) -> bool:
    """Whether a name is a kind's, numbered: `conv_2`."""
    return name.startswith(f"{kind}_") and name[len(kind) + 1 :].isdecimal()


def told(box: Box, row: Row) -> str:
    """All of a box in a line."""
    reads = " + ".join(times(node.shape) for node in box.part.reads)
    said = [f"{box.part.path or row.node.path}: {box.part.kind}"]
    if box.part.node:
        said += _said(row.node)
    else:
        said.append(counted(row.layers, "layer"))
    if box.times > 1:
        said.append(f"{box.times} alike, one behind another; numbers of each")
    said.append(
        f"{reads} -> {times(box.part.output.shape)}" if reads else times(box.part.output.shape)
    )
    said += [f"{exact(row.params.total)} params", f"{rounded(row.ops.macs)} MACs"]
    if field := field_of(row):
        said.append(f"field {field}")
    return ", ".join(said)


def _fields(node: Node) -> str:
    """`7x7, 64, /2`"""
    return ", ".join(
        _short(*pair, len(node.shape) - 1) for pair in _given(node) if pair[0] not in UNSAID
    )


def _said(node: Node) -> list[str]:
    """`kernel 7`, `padding 3`"""
    return [f"{name} {field_value(value)}" for name, value in _given(node)]


def _given(node: Node) -> Iterator[tuple[str, object]]:
    """The fields whose values are not what they are unless given, the window first."""
    assert node.layer
    values = node.layer.values()
    for name in sorted(values, key=("kernel",).__contains__, reverse=True):
        if values[name] != node.layer.fields[name].default:
            yield name, values[name]


def _short(name: str, value: object, axes: int) -> str:
    """A field's value, as papers write it."""
    if name == "kernel" and isinstance(value, int):
        return times([value] * axes)
    if name == "stride":
        return f"/{field_value(value)}"
    if value is True:
        return name
    if name in ("kernel", "filters", "units", "channels"):
        return field_value(value)
    return f"{name} {field_value(value)}"
