"""The columns of a table: each says its title, its value, how it is shown and how it totals."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from cnncalc.analysis import Row
from cnncalc.analysis.receptive import Receptive
from cnncalc.layers.base import Ops, times
from cnncalc.numbers import exact, per_axis, rounded

Value = int | float | str | None


class Column(NamedTuple):
    """A column.

    title: with its unit, as the head shows it
    value: of a row, exact; show: that value as text
    adds: whether its total is the sum of the rows
    of_whole: whether the network has one of its own
    """

    name: str
    title: str
    value: Callable[[Row], Value]
    show: Callable[[Row], str]
    adds: bool = False
    of_whole: bool = False
    left: bool = False


def _count(name: str, title: str, value: Callable[[Row], int], short: bool = False) -> Column:
    show = rounded if short else exact
    return Column(name, title, value, lambda row: show(value(row)), adds=True)


def _sort(name: str) -> Column:
    position = Ops._fields.index(name)
    return _count(name, name, lambda row: row.ops[position], short=True)


def _text(name: str, title: str, value: Callable[[Row], str], **traits: bool) -> Column:
    return Column(name, title, value, value, **traits)


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


def _weights(row: Row) -> str:
    if row.node.layer is None or row.layers > 1:
        return ""
    weights = row.node.weights
    return ", ".join(f"{weight.name} {times(weight.shape)}" for weight in weights if weight.shape)


def _inputs(row: Row) -> str:
    return " + ".join(times(shape) for shape in row.node.shapes) if row.layers == 1 else ""


def _misaligned(row: Row) -> str:
    return f"{row.receptive.misaligned:g}" if row.receptive.misaligned else ""


def _field(row: Row) -> str:
    """A vector's entries have no place in the image left that could be unknown."""
    unplaced = row.receptive.axes is None and not row.receptive.everything
    return "" if unplaced and len(row.node.shape) == 1 else field(row.receptive)


_COLUMNS = (
    _text("kind", "kind", lambda row: row.node.kind, left=True),
    _text("input", "input", _inputs),
    _text("output", "output", lambda row: times(row.node.shape)),
    _count("params", "params", lambda row: row.params.total),
    _count("trainable", "trainable", lambda row: row.params.trainable),
    _count("frozen", "frozen", lambda row: row.params.frozen),
    _count("buffers", "buffers", lambda row: row.params.buffers),
    _count("macs", "MACs", lambda row: row.ops.macs, short=True),
    _count("flops", "FLOPs", lambda row: row.ops.flops, short=True),
    *(_sort(name) for name in Ops._fields[1:]),
    _count("connections", "connections", lambda row: row.connections),
    _count("activations", "activations", lambda row: row.activations),
    _text("field", "field", _field, of_whole=True),
    _text("stride", "stride", lambda row: stride(row.receptive), of_whole=True),
    _text("offset", "offset", lambda row: offset(row.receptive)),
    _text("misaligned", "misaligned px", _misaligned),
    _text("weights", "weights", _weights, left=True),
    _text("line", "line", lambda row: str(row.node.span.line)),
)

COLUMNS = {column.name: column for column in _COLUMNS}

SHOWN = ("kind", "output", "params", "macs", "field", "stride")
"""The columns of a table when none are asked for."""
