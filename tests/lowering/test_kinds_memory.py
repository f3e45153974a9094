"""The peaks of memory of every kind of layer by itself, to the byte, against every tensor that
PyTorch makes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pytest

from cnncalc.analysis.memory import Optimizer
from cnncalc.layers.base import Kept, ShapeError, Stage
from cnncalc.network.graph import Graph
from tests.layers.cases import Case, named, of_each_kind
from tests.layers.test_kept import EVERY
from tests.lowering.compared import faults
from tests.lowering.placed import WAYS, Way, placed

pytestmark = pytest.mark.torch


def operations(case: Case) -> set[str]:
    """What a layer is made of, in training and at rest, whatever the sizes and numbers are."""
    layer, shapes = case
    found = {"training": layer.stages(*shapes), "rest": layer.stages_at_rest(*shapes)}
    return {f"{when}: {sizeless(stage)}" for when, stages in found.items() for stage in stages}


def sizeless(stage: Stage) -> str:
    def some(kept: Kept) -> Kept:
        return kept._replace(each=bool(kept.each), fixed=bool(kept.fixed))

    groups = {
        name: tuple(map(some, getattr(stage, name))) for name in ("keeps", "besides", "behind")
    }
    return re.sub(r"\d+", "", str(stage._replace(makes=some(stage.makes), **groups)))


def few(cases: Iterable[Case]) -> Iterator[Case]:
    """Cases of a kind in which each operation of all of them is: always the one of most that are
    in none before it."""
    left = {case: operations(case) for case in cases}
    while left:
        most = max(left, key=lambda case: len(left[case]))
        yield most
        made = left.pop(most)
        left = {case: rest for case, found in left.items() if (rest := found - made)}


def of_every_operation() -> Iterator[Case]:
    kinds = dict.fromkeys(layer.kind for layer, _ in EVERY)
    for kind in kinds:
        yield from few(case for case in EVERY if case[0].kind == kind)


def faulty(case: Case, ways: Iterable[Way], *optimizers: Optimizer) -> dict[str, tuple[int, int]]:
    """Where a figure is not the one that was seen, wherever the layer can stand: both."""
    return {
        f"{way}, {where}": both
        for way in ways
        for graph in standing(case, way)
        for where, both in faults(graph, *optimizers).items()
    }


def standing(case: Case, way: Way) -> Iterator[Graph]:
    """The network, if it can stand there."""
    try:
        yield placed(*case, way)
    except ShapeError:  # it makes what it cannot read
        assert way == "twice"


@of_each_kind(of_every_operation())
def test_the_peaks_of_each_operation(case: Case) -> None:
    """Behind layers that train."""
    assert not faulty(case, ["between"], "momentum"), named(case)


@pytest.mark.thorough
@of_each_kind(EVERY)
def test_the_peaks_of_each_kind(case: Case) -> None:
    """Optimizers know no kinds: one is enough for most places."""
    found = faulty(case, WAYS, "sgd") | faulty(case, ["between"], "adam")
    assert not found, named(case)
