"""What the device reaches at best: one large matrix product, one large copy, one tiny operation."""

from __future__ import annotations

from collections.abc import Callable

import torch

from cnncalc.analysis.measured import Ceilings
from cnncalc.runtime.profile.device import Device

SIDE = {"cpu": 1024, "cuda": 8192}
"""Of the square matrices."""

COPIED = {"cpu": 2**27, "cuda": 2**30}
"""Bytes: more than any cache holds."""

BEST_OF = 20


def ceilings(device: Device) -> Ceilings:
    """The best of several rounds of each, for the numbers that the network is computed with."""
    kind = device.torch_device.type
    side = SIDE[kind]
    with torch.inference_mode():
        with torch.device(device.torch_device):  # for tensors only: it slows every operation down
            left, right = torch.randn(2, side, side).to(device.type)
            source = torch.zeros(COPIED[kind] // 2, dtype=torch.uint8)
            target = torch.empty_like(source)
            one = torch.ones(1, dtype=device.type)
        product = _best(device, lambda: left @ right)
        copy = _best(device, lambda: target.copy_(source))
        launch = _best(device, lambda: [one.relu() for _ in range(100)]) / 100
    return Ceilings(2 * side**3 / product, 2 * source.numel() / copy, launch)


def _best(device: Device, action: Callable[[], object]) -> float:
    """The shortest of the rounds, after two to warm up."""
    return min([device.seconds(action) for _ in range(2 + BEST_OF)][2:])
