"""A layer of stated numbers: what it states is counted, and nothing else is known."""

from __future__ import annotations

import pytest

from cnncalc.analysis import analyze
from cnncalc.analysis.memory import inference, training
from cnncalc.analysis.named_numbers import STATED, NamedNumbers
from cnncalc.language.load import loads
from cnncalc.layers import LAYERS
from cnncalc.layers.base import Layer
from cnncalc.lowering.source import source
from cnncalc.network.graph import Graph
from cnncalc.network.metrics import METRICS
from cnncalc.network.stated import StatedError

SPEC = """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3}
  - name: odd
    foreign: {module: "some.pkg:Router", output: 8x15x15, params: 4_160, macs: 5_000_000_000,
      buffers: 3}
  - conv: {filters: 16, kernel: 3}
  - global_avg_pool
  - linear: 10
"""


def network(text: str = SPEC) -> Graph:
    return loads(text)


def foreign(**fields: object) -> Layer:
    return LAYERS["foreign"](**{"module": "A", "output": (8,), "params": 0, "macs": 0, **fields})


def test_what_it_states_is_counted() -> None:
    totals = analyze(network()).totals
    assert totals.params.total == (16 * 27 + 16) + 4_160 + (16 * 8 * 9 + 16) + (160 + 10)
    assert totals.params.buffers == 3
    assert totals.ops.macs == 16 * 30 * 30 * 27 + 5_000_000_000 + 16 * 13 * 13 * 72 + 160


@pytest.mark.parametrize("metric", METRICS)
def test_what_it_does_not_state_is_unknown_in_it_and_in_all(metric: str) -> None:
    numbers = NamedNumbers(analyze(network()))
    odd = next(row for row in numbers.summary.rows if row.stated)
    assert (numbers.of(metric, odd) is None) == (metric not in STATED)
    assert (numbers.of_whole(metric) is None) == (metric not in STATED)


def test_what_is_before_it_is_known_and_the_field_behind_it_is_not() -> None:
    numbers = NamedNumbers(analyze(network()))
    first, _, behind, *_ = numbers.summary.rows
    assert numbers.of("receptive_field", first) == (3, 3)
    assert numbers.of("receptive_field", behind) is None
    assert numbers.of("flops", behind) is not None


def test_several_branches_are_read() -> None:
    text = SPEC.replace("buffers: 3", "second: input, third: input")
    odd = network(text).find("odd")
    assert odd is not None
    assert [node.path for node in odd.inputs] == ["conv", "input", "input"]


def test_a_further_output_has_no_numbers_of_its_own() -> None:
    (problem,) = foreign(number=2, params=7).check()
    assert problem.field == "params"
    assert not list(foreign(number=2).check())


@pytest.mark.parametrize(
    "asked",
    [source, inference, training],
)
def test_nothing_runs_it_and_nothing_guesses(asked: object) -> None:
    with pytest.raises(StatedError, match=r"1 `foreign` layer, .*`odd` \(some.pkg:Router\)"):
        asked(network())  # type: ignore[operator]
