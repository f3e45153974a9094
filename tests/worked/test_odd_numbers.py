"""Numbers of any size, through every layer that is worked out: none is an error."""

from __future__ import annotations

from random import Random

import pytest

from cnncalc.layers.base import ShapeError
from cnncalc.worked.array import Array
from cnncalc.worked.given_weights import Weights
from cnncalc.worked.literals import ValuesError
from cnncalc.worked.work import work
from tests.inside import inside
from tests.layers.cases import CASES, Case, of_each_kind

ODD = (0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 1e-300, -1e-300, 1e300, -1e300, 1e154, 709.8, -745.2, 1e9)
"""Powers, squares, exponentials of them leave the range of floats; some have no root."""

WORKED = [case for case in CASES if case[0].resolve().working]


@of_each_kind(WORKED)
def test_no_number_is_an_error(case: Case) -> None:
    layer, (shape, *_) = case
    for seed in range(3):
        random = Random(seed)
        count = 1
        for size in shape:
            count *= size
        given = Array(shape, [random.choice(ODD) for _ in range(count)])
        weights = {
            each.name: Array(each.shape, [random.choice(ODD) for _ in range(each.size)])
            for each in layer.weights(shape)
            if each.shape
        }
        try:
            found = work(layer, given, Weights(weights, training=seed == 2)).outputs()
        except (ValuesError, ShapeError):
            continue
        assert all(isinstance(value, float | int) for value in found.numbers)


@pytest.mark.parametrize(
    "arguments",
    [
        ["lp_pool: {kernel: 2, norm: 3}", "--values", "-1 -2; -3 -4"],
        ["lp_pool: {kernel: 2, norm: 50}", "--values", "1e300 1; 2 3"],
        ["batch_norm: {eps: 0}", "--values", "1 2; 3 4", "--variance", "0"],
        ["batch_norm", "--values", "1 2; 3 4", "--variance", "-9"],
        ["softplus: 0", "--values", "1 2 3"],
        [
            "max_pool: {kernel: 2, dilation: 5, padding: 1}",
            "--values",
            "1 2 3 4;1 2 3 4;1 2 3 4;1 2 3 4",
        ],
    ],
)
def test_as_a_command(arguments: list[str]) -> None:
    assert inside("calc", *arguments).returncode == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["relu", "--values", "1", "--input", "3x99999x99999"],
        ["relu", "--values", "1 2 | "],
        ["relu", "--values", ";"],
        ["{relu: , when: in_channels > 9}", "--input", "3x8x8", "--want", "8x8"],
        ["{add: {a: [relu], b: [tanh]}}", "--values", "1 2"],
    ],
)
def test_mistakes_are_messages(arguments: list[str]) -> None:
    found = inside("calc", *arguments)
    assert found.returncode in (1, 2)
    assert "Traceback" not in found.stderr
    assert found.stderr
