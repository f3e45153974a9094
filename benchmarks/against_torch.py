"""From text to all numbers, against PyTorch counting the same network on the meta device."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch.utils.flop_counter import FlopCounterMode

import cnncalc
from benchmarks.handwritten import resnet
from benchmarks.measure import Result, at_least, ratio

SPEC = "specs/resnet/resnet152.yaml"


def against_torch(rounds: int) -> Iterator[Result]:
    """The model is built beforehand; our side reads and expands its text each time, or, as theirs
    does, has it."""
    with torch.device("meta"):
        model, image = resnet(3, 8, 36, 3), torch.empty(1, 3, 224, 224)
    read = cnncalc.load(SPEC)

    def count() -> int:
        with FlopCounterMode(display=False) as counter:
            model(image)
        return counter.get_total_flops()

    def load() -> int:
        return cnncalc.analyze(cnncalc.load(SPEC)).totals.ops.macs

    def analyze() -> int:
        return cnncalc.analyze(read).totals.ops.macs

    assert count() == 2 * load() == 2 * analyze(), "all must count the same network"
    name = "FlopCounterMode on a built ResNet-152 / text to all numbers"
    yield at_least(name, ratio(count, load, rounds), 32)
    name = "FlopCounterMode on a built ResNet-152 / all numbers of a read one"
    yield at_least(name, ratio(count, analyze, rounds), 60)
