"""What a file of `profile --format json` says of a network, to stand beside what is computed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnncalc.analysis import Row, Summary
from cnncalc.analysis.layout.diagram import Box
from cnncalc.layers.base import times
from cnncalc.numbers import seconds
from cnncalc.records import NamedTuple
from cnncalc.report.picture.box_words import Numbers
from cnncalc.report.table.columns import Column

LONGEST = 1e9
"""Seconds."""


class MeasuredTimes(NamedTuple):
    """Seconds of a forward pass.

    device: on which; forward, step: the medians of the whole network, of a step of training where
        one was measured
    layers: of each layer, by its path; empty where the network was compiled, which fuses them
    """

    device: str
    forward: float
    step: float | None
    layers: Mapping[str, float]

    def of(self, row: Row) -> float | None:
        """Of a layer, or several together."""
        found = [self.layers[node.path] for node in row.nodes if node.path in self.layers]
        return sum(found) if len(found) == len(row.nodes) else None

    @property
    def column(self) -> Column:
        """That of a table."""
        return Column("measured", "measured", lambda row, _: self.of(row), seconds, True)


class MeasuredNumbers(Numbers):
    """The numbers of boxes, the seconds behind them."""

    def __init__(self, summary: Summary, show: str | None, measured: MeasuredTimes) -> None:
        super().__init__(summary, show)
        self.measured = measured

    def number(self, box: Box) -> str:
        """The column's, and how long it took."""
        found = self.measured.of(self.row(box))
        return ", ".join(
            filter(None, (super().number(box), "" if found is None else seconds(found)))
        )


def measured_times(found: object, summary: Summary) -> MeasuredTimes:
    """The times in a document. Raises ValueError, which says why, where it is no profile, or one
    of another network, or batch."""
    document = _mapping(found, "it")
    batch = _mapping(document.get("setting"), "`setting`").get("batch")
    if batch != summary.batch:
        raise ValueError(f"it was measured with a batch of {batch}, this page has {summary.batch}")
    layers = document.get("layers")
    if not isinstance(layers, list):
        raise ValueError("`layers` is no list")
    rows = [_mapping(layer, "a layer") for layer in layers]
    _must_be_of(summary, rows)
    step = document.get("step")
    return MeasuredTimes(
        str(_mapping(document.get("setting"), "`setting`").get("device", "")),
        _seconds(document.get("forward"), "median"),
        None if step is None else _seconds(step, "median"),
        {str(row["path"]): _seconds(row, "forward") for row in rows},
    )


def _must_be_of(summary: Summary, rows: list[Mapping[str, Any]]) -> None:
    """Raises ValueError where the layers are not those of a network."""
    made = {row.node.path: times(row.node.shape) for row in summary.rows}
    found = {str(row.get("path")): str(row.get("output")) for row in rows}
    for path in dict.fromkeys([*found, *made]) if found else ():
        if path not in made:
            raise ValueError(f"it has a layer `{path}`, this network has none")
        if path not in found:
            raise ValueError(f"it has no layer `{path}`, this network has one")
        if found[path] != made[path]:
            raise ValueError(f"its `{path}` makes {found[path]}, this network's {made[path]}")


def _mapping(value: object, name: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{name} is no mapping, as `profile --format json` writes it")
    return value


def _seconds(value: object, name: str) -> float:
    number = _mapping(value, "a time").get(name)
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise ValueError(f"`{name}` is no number of seconds")
    if not 0 <= number <= LONGEST:
        raise ValueError(f"`{name}` is no number of seconds that anything takes")
    return float(number)
