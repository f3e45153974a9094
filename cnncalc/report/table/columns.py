"""The columns of a table: each says its title, its value, how it is shown and how it totals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cnncalc.analysis import Row
from cnncalc.analysis.named_numbers import NamedNumbers
from cnncalc.analysis.receptive import Receptive
from cnncalc.layers.base import Ops, times
from cnncalc.network.metrics import METRICS, Metric
from cnncalc.numbers import decimal, exact, four_digits, in_bytes, in_unit, per_axis, rounded
from cnncalc.records import NamedTuple

Value = int | float | str | None

AUTO = "auto"
"""The unit in which each number is shown as suits it."""

UNITS = {AUTO: 0, "1": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
"""What counts can be shown in."""


class Column(NamedTuple):
    """A column.

    title: with its unit, as the head shows it
    value: of a row, exact; show: that value as text
    adds: whether its total is the sum of the rows
    of_whole: whether the network has one of its own
    ranks: whether rows can be put in the order of its values
    unit: what it counts, behind the prefix of a number
    """

    name: str
    title: str
    value: Callable[[Row, NamedNumbers], Value]
    show: Callable[[Any], str] = str
    adds: bool = False
    of_whole: bool = False
    left: bool = False
    ranks: bool = False
    unit: str = ""

    def shown(self, row: Row, numbers: NamedNumbers) -> str:
        """The value of a row as text; nothing where there is none, `?` where it is unknown."""
        value = self.value(row, numbers)
        return missing(row) if value is None else self.show(value)

    def in_unit(self, unit: str) -> Column:
        """The same with its counts in one unit."""
        if unit == AUTO or not self.adds:
            return self
        written = ("" if unit == "1" else unit) + self.unit
        title = f"{self.title} {written}".rstrip()
        return self._replace(title=title, show=lambda value: in_unit(value, UNITS[unit]))


def missing(row: Row) -> str:
    """In the place of a number that a row has not."""
    return "?" if row.stated else ""


WRITTEN: dict[str, Callable[[Any], str]] = {
    "exact": exact,
    "rounded": rounded,
    "bytes": in_bytes,
    "ratio": four_digits,
}
"""How a number is written, by its form."""


def _metric(metric: Metric) -> Column:
    """That of a number that is counted."""

    def value(row: Row, numbers: NamedNumbers) -> Value:
        found = numbers.of(metric.name, row)
        return found[0] if found else None

    show, unit = WRITTEN[metric.form], "B" if metric.form == "bytes" else ""
    name, title = metric.name, metric.title
    return Column(name, title, value, show, metric.adds, True, ranks=True, unit=unit)


def _sort(name: str) -> Column:
    position = Ops._fields.index(name)

    def value(row: Row, numbers: NamedNumbers) -> Value:
        return None if row.stated else row.ops[position]

    return Column(name, name, value, rounded, adds=True, ranks=True)


def _text(
    name: str, title: str, value: Callable[[Row], str], of_whole: bool = False, left: bool = False
) -> Column:
    return Column(name, title, lambda row, _: value(row), of_whole=of_whole, left=left)


def field(receptive: Receptive) -> str:
    """`35x35`; `all` where only the whole input is left; `?` where it is unknown; a star where
    a gate, a norm or attention sees the whole input besides."""
    if receptive.axes is None:
        return "all" if receptive.everything else "?"
    if not receptive.axes:
        return "all" if receptive.everything else ""
    sizes = times(axis.size for axis in receptive.axes)
    return f"{sizes}*" if receptive.everything else sizes


def stride(receptive: Receptive) -> str:
    """`32`; nothing where there is no local field."""
    return per_axis([axis.stride for axis in receptive.axes]) if receptive.axes else ""


def offset(receptive: Receptive) -> str:
    """The first input that the first output sees."""
    offsets = [axis.offset for axis in receptive.axes or ()]
    return times("?" if first is None else first for first in offsets)


def centre(receptive: Receptive) -> str:
    """Where the middle of what the first output sees is."""
    centres = [axis.centre for axis in receptive.axes or ()]
    texts = ["?" if one is None else decimal(one) for one in centres]
    return texts[0] if len(set(texts)) == 1 else times(texts)


def _weights(row: Row) -> str:
    if row.node.layer is None or row.layers > 1:
        return ""
    weights = row.node.weights
    return ", ".join(f"{weight.name} {times(weight.shape)}" for weight in weights if weight.shape)


def _inputs(row: Row) -> str:
    return " + ".join(times(shape) for shape in row.node.shapes) if row.layers == 1 else ""


def _misaligned(row: Row) -> str:
    return f"{row.receptive.misaligned:g}" if row.receptive.misaligned else ""


def _connections(row: Row, numbers: NamedNumbers) -> Value:
    return None if row.stated else row.connections


def field_of(row: Row) -> str:
    """A vector's entries have no place in the image left that could be unknown."""
    if row.stated and row.receptive.axes is None:
        return "?"
    unplaced = row.receptive.axes is None and not row.receptive.everything
    return "" if unplaced and len(row.node.shape) == 1 else field(row.receptive)


_COLUMNS = (
    _text("kind", "kind", lambda row: row.node.kind, left=True),
    _text("input", "input", _inputs),
    _text("output", "output", lambda row: times(row.node.shape)),
    *(_metric(metric) for metric in METRICS.values() if not metric.per_axis),
    *(_sort(name) for name in Ops._fields[1:]),
    Column("connections", "connections", _connections, exact, True, ranks=True),
    _text("field", METRICS["receptive_field"].title, field_of, of_whole=True),
    _text("stride", "stride", lambda row: stride(row.receptive), of_whole=True),
    _text("centre", METRICS["centre"].title, lambda row: centre(row.receptive), of_whole=True),
    _text("offset", "offset", lambda row: offset(row.receptive)),
    _text("misaligned", "misaligned px", _misaligned),
    _text("weights", "weights", _weights, left=True),
    _text("line", "line", lambda row: str(row.node.span.line)),
)

COLUMNS = {column.name: column for column in _COLUMNS}

MEMORY = ("size", "bytes", "kept", "alive")
"""The columns that `memory` stands for."""

SHOWN = ("kind", "output", "params", "macs", "field", "stride")
"""The columns of a table when none are asked for."""
