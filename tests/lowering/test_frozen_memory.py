"""What frozen layers take in training, to the byte, against every tensor that PyTorch makes: they
keep nothing for the gradients of their weights."""

from __future__ import annotations

import pytest

from tests.lowering.compared import faults
from tests.lowering.test_lower import written

pytestmark = pytest.mark.torch

KINDS = """
conv: {filters: 8, kernel: 3}
linear: {units: 8, per: step}
linear: {units: 7, per: step, bias: false}
attention: 2
attention: {heads: 2, bias: false}
attention: {heads: 2, rotary: 100}
rnn: {units: 8, layers: 2}
gru: {units: 6, bidirectional: true}
lstm: {units: 6, projection: 3, layers: 2}
layer_scale: 0.5
prelu: {}
batch_norm: {}
layer_norm: {}
rms_norm: {}
position: {}
class_token: {}
""".strip().splitlines()


@pytest.mark.parametrize("first", ["", "{conv: {filters: 8, kernel: 1}}, "])
@pytest.mark.parametrize("kind", KINDS)
def test_a_frozen_layer(kind: str, first: str) -> None:
    frozen = f"{{{kind}, freeze: true}}"
    text = f"input: [8, 6]\nlayers: [{first}{frozen}, {{conv: {{filters: 8, kernel: 1}}}}]"
    assert not faults(written(text), "sgd")


@pytest.mark.parametrize("first", ["", "{linear: 8}, "])
def test_a_frozen_product(first: str) -> None:
    text = f"input: 9\nlayers: [{first}{{linear: 7, freeze: true}}, {{linear: 4}}]"
    assert not faults(written(text), "sgd")
