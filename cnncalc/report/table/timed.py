"""What a machine makes of a network: the columns of time, and what they mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from cnncalc.analysis.roofline import Expected
from cnncalc.analysis.summary import Row
from cnncalc.layers.fields import counted
from cnncalc.machine import Machine, Rates
from cnncalc.network.graph import Node
from cnncalc.numbers import seconds
from cnncalc.records import NamedTuple
from cnncalc.report.table.columns import COLUMNS, Column
from cnncalc.text import line


class Timed(NamedTuple):
    """A network on a machine, with one kind of numbers."""

    machine: Machine
    dtype: str
    expected: Mapping[Node, Expected]

    @property
    def rates(self) -> Rates:
        """The machine's, for these numbers."""
        return self.machine.rates[self.dtype]

    def of(self, row: Row) -> list[Expected]:
        """What its layers take."""
        return [self.expected[node] for node in row.nodes]

    def time(self, row: Row) -> float | None:
        """The seconds that it will take; None where nothing was learned."""
        parts = [each.seconds for each in self.of(row)]
        known = [part for part in parts if part is not None]
        return sum(known) if len(known) == len(parts) else None

    def bound(self, row: Row) -> float:
        """The least seconds."""
        return sum(each.least.seconds for each in self.of(row))

    def binds(self, row: Row) -> str:
        """What most of these are bound by; empty where nothing runs."""
        spent: Counter[str] = Counter()
        for each in self.of(row):
            spent[each.least.binds] += round(each.least.seconds * 1e12)
        return spent.most_common(1)[0][0] if spent else ""

    def numbers(self, row: Row) -> dict[str, Any]:
        """All of it, exact, by name."""
        return {
            "time": self.time(row),
            "bound": self.bound(row),
            "binds": self.binds(row) or None,
        }

    def columns(self, beside: Collection[str]) -> list[Column]:
        """Time, its bound, what binds, and the intensity where it is not there anyway."""
        own = [
            Column("time", "time", lambda row, _: self.time(row), _shown, adds=True),
            Column("bound", "bound", lambda row, _: self.bound(row), _shown, adds=True),
            Column("binds", "binds", lambda row, _: self.binds(row), left=True),
        ]
        return own if "intensity" in beside else [*own, COLUMNS["intensity"]]

    def notes(self) -> list[str]:
        """What the times are, and how far they were off."""
        machine, rates = self.machine, self.rates
        threads = f", {counted(machine.threads, 'thread')}" if machine.kind == "cpu" else ""
        place = f"{line(machine.device)}{threads}, {self.dtype}, PyTorch {line(machine.torch)}"
        names = len(rates.learned)
        known = f"time: a forward pass on {place}, learned of {counted(names, 'network')} there"
        if rates.held_out:
            off = rates.held_out
            shares = f"{off.mean:.0%} wrong on average, {off.worst:.0%} at most"
            known += f"; left out, each was told {shares}"
        else:
            known += "; how far it is off is not known: that takes three networks"
        notes = [f"{known}.", MEANING]
        if rates.ceilings.disturbed:
            notes.append("disturbed: others used the processor while the machine was measured.")
        return notes


MEANING = (
    "bound: no run there takes less; binds: whether that is its products (compute), its bytes "
    "(memory) or the start of an operation."
)


def _shown(value: float) -> str:
    return seconds(value) if value else ""
