"""Between which all lies that a layer gives: PyTorch's own, on numbers of every size."""

from __future__ import annotations

from math import inf

import pytest
import torch

from cnncalc.layers import LAYERS
from cnncalc.layers.base import Layer
from cnncalc.layers.pointwise.constant import Clamp
from tests.torch_form import applied, module_of

pytestmark = pytest.mark.torch

NUMBERS = torch.cat([torch.linspace(-60, 60, 4001), torch.tensor([-1e4, 1e4])])
PLAIN = [
    LAYERS[kind]() for kind in LAYERS if not any(f.required for f in LAYERS[kind].fields.values())
]
BENT = [layer for layer in PLAIN if layer.role == "activation"]
BENT = [layer for layer in BENT if not any(layer.check())]
CLAMPED = [Clamp(min=-2.0, max=3.0), Clamp(min=0.5), Clamp(max=-1.0)]


def given(layer: Layer) -> tuple[float, float]:
    """The least and the largest number that its PyTorch form makes of them."""
    numbers = torch.stack([NUMBERS, -NUMBERS])
    form = layer.torch(tuple(numbers.shape))
    found = applied(form, module_of(form).eval(), numbers[None]).detach()
    found = found[found.isfinite()]
    return float(found.min()), float(found.max())


@pytest.mark.parametrize("layer", [*BENT, *CLAMPED], ids=repr)
def test_its_limits_are_those_of_what_it_gives(layer: Layer) -> None:
    least, most = given(layer)
    if layer.limits is None:
        assert least < -9 or most > 9
        return
    below, above = layer.limits
    assert below <= least
    assert most <= above
    assert below == -inf or least == pytest.approx(below, abs=0.02)
    assert above == inf or most == pytest.approx(above, abs=0.02)
