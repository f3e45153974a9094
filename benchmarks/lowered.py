"""The forward pass of a lowered network, against the same network written by hand."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import torch

import cnncalc
from benchmarks.handwritten import resnet
from benchmarks.measure import Result, Spread, between, ratio

KEEPING = {"MALLOC_TRIM_THRESHOLD_": str(2**32), "MALLOC_MMAP_THRESHOLD_": str(2**30)}
"""So that the C library keeps the memory it has got: what it gives back and asks for anew is
chance, and up to a fifth of the time."""


def lowered(rounds: int) -> Iterator[Result]:
    """ResNet-50, one image of 224x224 on the CPU, the same weights in both."""
    command = [sys.executable, "-m", "benchmarks.lowered", str(3 * rounds)]
    environment = {**os.environ, **KEEPING}
    printed = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    name = "forward of the lowered ResNet-50 / of one written by hand"
    yield between(name, Spread(*map(float, printed.stdout.split())), 0.95, 1.05)


def measured(rounds: int) -> Spread:
    """The ratio, in this process."""
    ours = cnncalc.lower(cnncalc.load("resnet50")).eval()
    theirs = resnet(3, 4, 6, 3).eval()
    weights = zip(theirs.state_dict().values(), ours.state_dict().values(), strict=True)
    image = torch.randn(1, 3, 224, 224)
    with torch.inference_mode():
        for written, drawn in weights:
            written.copy_(drawn)
        assert torch.equal(ours(image), theirs(image)), "both must be the same network"
        return ratio(lambda: ours(image), lambda: theirs(image), rounds)


if __name__ == "__main__":
    print(*measured(int(sys.argv[1])))
