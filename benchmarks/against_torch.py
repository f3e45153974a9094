"""From text to all numbers, against PyTorch counting the same network on the meta device."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

import cnncalc
from benchmarks.handwritten import resnet
from benchmarks.measure import Result, Spread, at_least, seconds

SPEC = "specs/resnet/resnet152.yaml"


class Taken(NamedTuple):
    """Seconds: of PyTorch's count; of reading the text, and of the numbers then."""

    counting: float
    reading: float
    analysis: float


def against_torch(rounds: int) -> Iterator[Result]:
    """The model is built beforehand; our graph is read anew each time, and timed by itself."""
    with torch.device("meta"):
        model, image = resnet(3, 8, 36, 3), torch.empty(1, 3, 224, 224)
    macs = cnncalc.analyze(cnncalc.load(SPEC)).totals.ops.macs
    assert count(model, image) == 2 * macs, "both must count the same network"
    runs = [taken(model, image) for _ in range(rounds + 1)][1:]
    yield at_least(
        "FlopCounterMode on a built ResNet-152 / text to all numbers",
        Spread.of(run.counting / (run.reading + run.analysis) for run in runs),
        32,
    )
    yield at_least(
        "FlopCounterMode on a built ResNet-152 / graph to all numbers",
        Spread.of(run.counting / run.analysis for run in runs),
        60,
    )


def count(model: nn.Module, image: Tensor) -> int:
    """The FLOPs of a forward pass, as PyTorch counts them."""
    with FlopCounterMode(display=False) as counter:
        model(image)
    return counter.get_total_flops()


def taken(model: nn.Module, image: Tensor) -> Taken:
    """A round of all three."""
    counting = seconds(lambda: count(model, image))
    graphs: list[cnncalc.Graph] = []
    reading = seconds(lambda: graphs.append(cnncalc.load(SPEC)))
    return Taken(counting, reading, seconds(lambda: cnncalc.analyze(graphs[0])))
