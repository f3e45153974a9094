"""Networks of mirrored padding, of normalised and standardised weights, against implementations
that share nothing with ours."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
import torch
from torch import Tensor, nn

from cnncalc.analysis import analyze
from cnncalc.language.load import load
from cnncalc.runtime.lower import lower
from tests.lowering import independent_normed as normed
from tests.lowering.independent import Tensors

pytestmark = pytest.mark.torch

CLASSES = 1000

NETWORKS: dict[str, tuple[Callable[..., Tensor], int]] = {
    "cyclegan_generator": (normed.cyclegan_generator, 64),
    "sagan_discriminator": (normed.sagan_discriminator, 128),
    "bit_r50x1": (normed.bit_r50x1, 96),
    "weightnorm_cnn_both": (normed.weightnorm_cnn, 32),
}


def prepared(spec: str) -> nn.Module:
    """In doubles and in inference; what begins as 0 is drawn, so that it shows."""
    network = lower(load(spec), seed=1).double().eval()
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for name, tensor in network.state_dict().items():
            if "group_norm.weight" in name:
                tensor.uniform_(0.5, 1.5, generator=generator)
            if name.rpartition(".")[2] in ("bias", "running_mean") or "sigma" in name:
                tensor.normal_(0.0, 0.5, generator=generator)
    return network


def given(spec: str, side: int) -> list[Tensor]:
    generator = torch.Generator().manual_seed(3)
    image = torch.randn(2, 3, side, side, generator=generator, dtype=torch.float64)
    label = torch.randint(CLASSES, (2, 1), generator=generator).double()
    return [image, label] if "sagan" in spec else [image]


@pytest.mark.parametrize("spec", NETWORKS)
def test_inference(spec: str) -> None:
    function, side = NETWORKS[spec]
    network, inputs = prepared(spec), given(spec, side)
    tensors = Tensors(network.state_dict().values())
    with torch.no_grad():
        found, expected = network(*inputs), function(tensors, *inputs)
    assert tensors.done()
    assert float((found - expected).abs().max() / expected.abs().max()) < 1e-10
    assert expected.std() > 1e-3


def conv(arriving: int, filters: int, kernel: int, bias: bool = True) -> int:
    return filters * arriving * kernel * kernel + filters * bias


def pair(arriving: int, filters: int) -> int:
    """Two convolutions of 3x3 in a row."""
    return conv(arriving, filters, 3) + conv(filters, filters, 3)


def test_sagan_discriminator_from_its_table() -> None:
    widths = [3, 64, 128, 256, 512, 1024]
    steps = list(pairwise(widths))
    blocks = sum(pair(*step) + conv(*step, 1) for step in steps) + pair(1024, 1024)
    attention = sum(128 * filters for filters in (128 // 2, 128 // 8, 128 // 8)) + 64 * 128 + 1
    scores = (1024 + 1) + CLASSES * 1024
    assert analyze(load("sagan_discriminator")).totals.params.total == blocks + attention + scores


def test_cyclegan_generator_from_its_table() -> None:
    edges = conv(3, 64, 7) + conv(64, 3, 7)
    down = conv(64, 128, 3) + conv(128, 256, 3)
    up = conv(256, 128, 3) + conv(128, 64, 3)
    total = edges + down + 9 * pair(256, 256) + up
    assert analyze(load("cyclegan_generator")).totals.params.total == total
    assert f"{total / 1e6:.3f} M" == "11.378 M", "as the authors' code prints it"
