"""What the device reaches at best: one large matrix product, one large copy, one tiny operation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

import torch
from torch.nn.functional import conv2d

from cnncalc.analysis.measured import Ceilings
from cnncalc.runtime.exhaustion import ran_out
from cnncalc.runtime.profile.device import Clock, Device, UnavailableError
from cnncalc.runtime.profile.held import Hold

SIDES = {"cpu": (512, 1024, 512, 1024), "cuda": (512, 1024, 2048, 4096, 8192)}
"""Of the square matrices; on a CPU the first wake it up."""

COPIED = {"cpu": (2**27,), "cuda": (2**24, 2**26, 2**28, 2**30)}
"""Bytes: the last more than any cache holds. What lasts long moves more than that, too."""

LONG = {"product": 0.004, "copy": 0.001}
"""Seconds after which a GPU's matrices, or copies, are large enough."""

LEAST = 32
"""Bytes, or the side of a matrix: with less there is no memory to speak of."""

AGAIN = 20
"""Copies in a row."""

BEST_OF = 20
LASTING = 0.2
"""Rounds, and seconds of them altogether, at least."""


def ceilings(device: Device) -> Ceilings:
    """The best of several rounds of each, for the numbers that the network is computed with: of a
    CPU measured once, for all networks of a run. Of a GPU's memory at most half of what is free
    then is taken, and given back. Raises UnavailableError where hardly any is."""
    return _measured(device) if device.cuda else _measured_once(device)


@cache
def _measured_once(device: Device) -> Ceilings:
    return _measured(device)


def _measured(device: Device) -> Ceilings:
    kind = device.torch_device.type
    try:
        with torch.inference_mode():
            bandwidth = _rates(device, COPIED[kind], _copies, LONG["copy"])[-1]
            one = torch.ones(1, dtype=device.type, device=device.torch_device)
            launch = _best(device, lambda: [one.relu() for _ in range(100)]) / 100
            cached = _in_cache(device) if device.cuda else None
            flops = max(_rates(device, SIDES[kind], _products, LONG["product"]))
    except Exception as error:
        if not ran_out(error):
            raise
        raise UnavailableError(f"{device.name} has no memory free: others hold it") from None
    return Ceilings(flops, bandwidth, launch, cached)


class Rate(NamedTuple):
    """What is done in a second, and in how many it was done once."""

    each: float
    seconds: float


def _rates(
    device: Device,
    sizes: Sequence[int],
    measure: Callable[[Device, int], Rate],
    long: float,
) -> list[float]:
    """The rates of several sizes; a GPU needs none behind one that lasts long."""
    found = []
    for size in sizes:
        rate = _of_what_fits(device, size, measure)
        found.append(rate.each)
        _give_back(device)
        if device.cuda and rate.seconds >= long:
            break
    return found


def _of_what_fits(device: Device, size: int, measure: Callable[[Device, int], Rate]) -> Rate:
    """Of a size, or of a half or a quarter and so on of it."""
    while True:
        try:
            return measure(device, size)
        except Exception as error:
            if not ran_out(error) or size <= LEAST:
                raise
        _give_back(device)
        size //= 2


def _leave(device: Device, needed: int) -> None:
    """Raises OutOfMemoryError where more than half of a GPU's free memory is needed: others who
    use it need some, too."""
    if device.cuda and needed > torch.cuda.mem_get_info(device.torch_device)[0] // 2:
        raise torch.OutOfMemoryError


def _give_back(device: Device) -> None:
    """What was freed, to all who use a GPU."""
    if device.cuda:
        torch.cuda.empty_cache()


def _copies(device: Device, size: int) -> Rate:
    """Bytes read and written."""
    _leave(device, size)
    source = torch.zeros(size // 2, dtype=torch.uint8, device=device.torch_device)
    target = torch.empty_like(source)
    seconds = _best(device, lambda: target.copy_(source))
    return Rate(2 * source.numel() / seconds, seconds)


def _in_cache(device: Device) -> float | None:
    """Bytes read and written in a second, of a GPU's cache half of which they fill."""
    cache = torch.cuda.get_device_properties(device.torch_device).L2_cache_size
    rate = _of_what_fits(device, cache // 2, _copies_again) if cache else None
    _give_back(device)
    return rate.each if rate else None


def _copies_again(device: Device, size: int) -> Rate:
    """Of the same bytes, many times, all in the queue: starting one takes longer than the copy."""
    _leave(device, size)
    source = torch.zeros(size // 2, dtype=torch.uint8, device=device.torch_device)
    target = torch.empty_like(source)

    def action() -> None:
        for _ in range(AGAIN):
            target.copy_(source)

    clock, hold = Clock(device), Hold(device, action)
    seconds = min(clock.seconds(action, hold) for _ in range(BEST_OF)) / AGAIN
    return Rate(2 * source.numel() / seconds, seconds)


def _products(device: Device, side: int) -> Rate:
    """Operations in a product of two square matrices. PyTorch has two libraries for that on a CPU,
    of which one makes convolutions: the faster one counts."""
    _leave(device, 3 * side**2 * torch.float32.itemsize)  # drawn in that
    left, right = torch.randn(2, side, side, device=device.torch_device).to(device.type)
    seconds = _best(device, lambda: left @ right)
    if not device.cuda:
        channels = right.reshape(1, side, side // 32, 32)
        seconds = min(seconds, _best(device, lambda: conv2d(channels, left[:, :, None, None])))
    return Rate(2 * side**3 / seconds, seconds)


def _best(device: Device, action: Callable[[], object]) -> float:
    """The shortest of the rounds, after two to warm up."""
    clock = Clock(device)
    for _ in range(2):
        clock.seconds(action)
    times: list[float] = []
    while len(times) < BEST_OF or sum(times) < LASTING:
        times.append(clock.seconds(action))
    return min(times)
