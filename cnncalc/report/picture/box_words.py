"""What stands in a box: words for a layer, or a part, and its numbers."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.analysis import Row, Summary, together
from cnncalc.analysis.layout.diagram import Box
from cnncalc.analysis.named_numbers import NamedNumbers
from cnncalc.layers.base import times
from cnncalc.layers.fields import counted
from cnncalc.network.graph import Graph, Node
from cnncalc.numbers import field_value
from cnncalc.records import NamedTuple
from cnncalc.report.picture.told import told
from cnncalc.report.table.columns import COLUMNS, Column

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
        """How much of the column is in a box, where it counts; else 0."""
        if self.column is None or not self.column.ranks or not box.layers:
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


class End(NamedTuple):
    """What stands where a network begins or ends, and what is told of it."""

    text: str
    told: str


def arriving(box: Box, graph: Graph) -> tuple[End, ...]:
    """What a network reads: `image 3x224x224`."""
    indices = {
        node
        for layer in graph.layers
        if layer.layer and layer.layer.indices
        for node in layer.inputs
    }
    return tuple(
        _end(node.path, node, ", indices" if node in indices else "") for node in box.part.reads
    )


def leaving(box: Box, graph: Graph) -> tuple[End, ...]:
    """What it gives: `output 1000`."""
    heads = {node: name for name, node in graph.heads.items()}
    return tuple(_end(heads[node], node, f", made by {node.path}") for node in box.part.gives)


def _end(name: str, node: Node, more: str) -> End:
    text = f"{name} {times(node.shape)}"
    return End(text, f"{text} of each sample{more}")


def _counted(name: str, kind: str) -> bool:
    """Whether a name is a kind's, numbered: `conv_2`."""
    return name.startswith(f"{kind}_") and name[len(kind) + 1 :].isdecimal()


def _fields(node: Node) -> str:
    """`7x7, 64, /2`"""
    return ", ".join(
        _short(*pair, len(node.shape) - 1) for pair in _given(node) if pair[0] not in UNSAID
    )


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
