"""What the device reaches at best: one large matrix product, one large copy, one tiny operation."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import torch
from torch.nn.functional import conv2d

from cnncalc.analysis.measured import Ceilings
from cnncalc.runtime.profile.device import Device

SIDES = {"cpu": (512, 1024), "cuda": (8192,)}
"""Of the square matrices."""

COPIED = {"cpu": 2**27, "cuda": 2**30}
"""Bytes: more than any cache holds."""

BEST_OF = 20
LASTING = 0.2
"""Rounds, and seconds of them altogether, at least."""


@cache
def ceilings(device: Device) -> Ceilings:
    """The best of several rounds of each, for the numbers that the network is computed with:
    measured once, for all networks of a run."""
    kind = device.torch_device.type
    with torch.inference_mode():
        with torch.device(device.torch_device):  # for tensors only: it slows every operation down
            source = torch.zeros(COPIED[kind] // 2, dtype=torch.uint8)
            target = torch.empty_like(source)
            one = torch.ones(1, dtype=device.type)
        copy = _best(device, lambda: target.copy_(source))
        launch = _best(device, lambda: [one.relu() for _ in range(100)]) / 100
        product = max(_products(device, side) for side in 2 * SIDES[kind])  # the first wake it up
    return Ceilings(product, 2 * source.numel() / copy, launch)


def _products(device: Device, side: int) -> float:
    """Operations per second in a product of two square matrices. PyTorch has two libraries for that
    on a CPU, of which one makes convolutions: the faster one counts."""
    left, right = torch.randn(2, side, side, device=device.torch_device).to(device.type)
    best = _best(device, lambda: left @ right)
    if not device.cuda:
        channels = right.reshape(1, side, side // 32, 32)
        best = min(best, _best(device, lambda: conv2d(channels, left[:, :, None, None])))
    return 2 * side**3 / best


def _best(device: Device, action: Callable[[], object]) -> float:
    """The shortest of the rounds, after two to warm up."""
    for _ in range(2):
        device.seconds(action)
    times: list[float] = []
    while len(times) < BEST_OF or sum(times) < LASTING:
        times.append(device.seconds(action))
    return min(times)
