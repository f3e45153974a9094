"""What networks take, to the byte, whose maps lie position by position, as a linear layer leaves
them: what follows copies them, or leaves them so, and with them their gradients."""

from __future__ import annotations

import pytest

from tests.lowering.compared import faults
from tests.lowering.test_lower import written

pytestmark = pytest.mark.torch

LINEAR = "{linear: {units: 7, per: position}}"
PLAIN = "{linear: {units: 6, per: position, bias: false}}"
CONV = "{conv: {filters: 4, kernel: 3, padding: 1}}"

BETWEEN = [
    "",
    CONV,
    "{conv: {filters: 4, kernel: 3, padding: 1, stride: 2, weight_norm: true}}",
    "{conv_transpose: {filters: 4, kernel: 2, stride: 2}}",
    "{max_pool: 2}",
    "{avg_pool: 2}",
    "{upsample: 2}",
    "batch_norm",
    "{group_norm: 1}",
    "instance_norm",
    "relu",
]

ALIKE = [
    "clamp: {min: 0}",
    "flip: width",
    "hard_swish",
    "layer_scale",
    "mean_only_batch_norm",
    "normalize",
    "power: 3",
    "prelu",
    "scale: 2",
    "shift: 1",
    "slice: {stop: 5}",
    "softsign",
    "threshold: 1",
]
"""What leaves maps as they lie."""


@pytest.mark.parametrize("between", BETWEEN)
@pytest.mark.parametrize("first", [LINEAR, f"{CONV}, {PLAIN}"])
def test_behind_a_linear_layer(first: str, between: str) -> None:
    for last in (CONV, PLAIN):
        layers = ", ".join(each for each in (first, between, last) if each)
        found = faults(written(f"input: 8x9x7\nlayers: [{layers}]"), "sgd")
        assert not found, layers


@pytest.mark.parametrize("between", ALIKE)
def test_what_leaves_them_so(between: str) -> None:
    layers = (
        f"{LINEAR}, {{{between}}}, {PLAIN}" if ":" in between else f"{LINEAR}, {between}, {PLAIN}"
    )
    assert not faults(written(f"input: 8x9x7\nlayers: [{layers}]"), "sgd")


@pytest.mark.parametrize("size", ["[8, 1, 9]", "[8, 7, 1]", "[8, 1, 1]", "[8, 1]"])
def test_of_axes_of_one(size: str) -> None:
    """Of a single position the channels lie behind one another anyway."""
    for between in ("relu", "batch_norm", "{scale: 2}"):
        layers = f"{LINEAR}, {between}, {PLAIN}"
        assert not faults(written(f"input: {size}\nlayers: [{layers}]"), "sgd"), between


def test_a_join_of_them() -> None:
    layers = f"{LINEAR}, {{multiply: [[{LINEAR}], []]}}, {PLAIN}"
    assert not faults(written(f"input: 8x9x7\nlayers: [{layers}]"), "sgd")


@pytest.mark.parametrize("size", ["[8, 9]", "[8, 4, 4, 3]"])
def test_of_other_axes(size: str) -> None:
    for between in (CONV, "{max_pool: 2}", "batch_norm"):
        layers = f"{LINEAR}, {between}, {PLAIN}"
        assert not faults(written(f"input: {size}\nlayers: [{layers}]"), "sgd"), between
