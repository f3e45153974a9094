"""How a tool counts: which modules or functions it knows, and what each takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal

from cnncalc.analysis.conventions.called import Function, Module, Run
from cnncalc.records import NamedTuple

Rule = Callable[[Any], int]
"""What a module or a call takes."""

Rules = Mapping[str, Rule]

Unit = Literal["MACs", "FLOPs"]


class Taken(NamedTuple):
    """What a tool counts for something that runs: in all, and of it for biases.

    places: how often it is multiplied by the number of places at which its module stands: once,
        where the module keeps the count, and the tool adds it up at each; twice, where it hooks
        itself to the module at each, too
    """

    whole: int
    biases: int = 0
    places: int = 0


class Convention(NamedTuple):
    """A tool's way to count.

    version: that it was held against; unit: what it calls its total
    takes: what it counts for what runs; missed: the modules or functions in it that it says it
        passes over; stops: whether it ends with an error there
    says: how it counts, of each sort that it counts in a way of its own
    """

    name: str
    version: str
    unit: Unit
    takes: Callable[[Run], Iterable[Taken]]
    says: Mapping[str, str]
    missed: Callable[[Run], Iterable[str]] = lambda run: ()
    stops: Callable[[Run], bool] = lambda run: False


def by_rule(
    found: Iterable[Module | Function], rules: Rules, biases: Rules, places: int = 0
) -> Iterator[Taken]:
    """What rules by name take; nothing for what has none."""
    for each in found:
        if rule := rules.get(each.name):
            bias = biases.get(each.name)
            yield Taken(rule(each), bias(each) if bias else 0, places)
