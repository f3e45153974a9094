"""The forward pass of a lowered network, against the same network written by hand."""

from __future__ import annotations

from collections.abc import Iterator

import torch

import cnncalc
from benchmarks.handwritten import resnet
from benchmarks.measure import Result, between, ratio


def lowered(rounds: int) -> Iterator[Result]:
    """ResNet-50, one image of 224x224 on the CPU, the same weights in both."""
    ours = cnncalc.lower(cnncalc.load("resnet50")).eval()
    theirs = resnet(3, 4, 6, 3).eval()
    weights = zip(theirs.state_dict().values(), ours.state_dict().values(), strict=True)
    image = torch.randn(1, 3, 224, 224)
    with torch.inference_mode():
        for written, drawn in weights:
            written.copy_(drawn)
        assert torch.equal(ours(image), theirs(image)), "both must be the same network"
        value = ratio(lambda: ours(image), lambda: theirs(image), 3 * rounds)
    yield between("forward of the lowered ResNet-50 / of one written by hand", value, 0.95, 1.05)
