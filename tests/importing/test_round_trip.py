"""Our own exported source, imported again, is the network that it was exported from."""

from __future__ import annotations

import pytest

from cnncalc.language.load import load
from cnncalc.runtime.importing.imported_model import of_module
from cnncalc.runtime.lower import lower, samples
from cnncalc.zoo import networks
from tests.importing.other_words import difference
from tests.together import in_groups, slices

QUICK = (
    *("lenet5", "cifar_maxout", "dcgan_digits_generator", "ds_cnn", "gru", "lstm", "mlp"),
    *("unet", "weightnorm_cnn", "neuraltalk", "shufflenet_v1", "resnet20", "mcunet_vww1"),
)
"""Small ones, of many kinds of layers."""

APART = {
    "deepface": "locally connected layers are written out, by windows that overlap",
    "lenet5_1998": "so is subsampling, with a coefficient and a bias of each channel",
    "lstmp": "an LSTM with a projection is exported step by step",
    "mask_rcnn": "so are regions of interest, by places that are computed",
    "neocognitron": "its cells are written out",
    "perceiver": "attention whose weights are used again stays the layers that it is made of",
    "segnet": "so is unpooling, by places that a pool gives",
}
"""Networks that come back in another form, and why."""


def comes_back(name: str) -> None:
    graph = load(name)
    imported = of_module(lower(graph), samples(graph, 2), name)
    assert difference(graph, imported.graph) == ""


@in_groups(slices(QUICK, 7))
def test_a_sample_of_the_zoo(name: str) -> None:
    comes_back(name)


@pytest.mark.thorough
@in_groups(slices([name for name in networks() if name not in APART], 8))
def test_the_zoo(name: str) -> None:
    comes_back(name)
