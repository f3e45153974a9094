"""What the device reaches at best: products, windows, copies of every size, one tiny operation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, conv2d, gelu, max_pool2d, silu, softmax

from cnncalc.machine import Ceilings, Level
from cnncalc.records import NamedTuple
from cnncalc.runtime.exhaustion import ran_out
from cnncalc.runtime.profile.best import BEST_OF, BRIEF, UNDISTURBED, best
from cnncalc.runtime.profile.by_size import BySize, by_size
from cnncalc.runtime.profile.device import Clock, Device, UnavailableError
from cnncalc.runtime.profile.held import Hold

SIDES = {"cpu": (512, 1024, 512, 1024), "cuda": (512, 1024, 2048, 4096, 8192)}
"""Of the square matrices; on a CPU the first wake it up."""

COPIED = {"cpu": (2**27,), "cuda": (2**24, 2**26, 2**28, 2**30)}
"""Bytes: the last more than any cache holds. What lasts long moves more than that, too."""

LONG = {"product": 0.004, "copy": 0.001, "window": 0.001}
"""Seconds after which a GPU's matrices, or copies, are large enough."""

LEAST = 32
"""Bytes, or the side of a matrix: with less there is no memory to speak of."""

AGAIN = 20
"""Copies in a row."""

WINDOWS = ((64, 56, 3), (128, 28, 3), (256, 28, 3), (64, 56, 5))
"""Of convolutions: channels, sides of the map and of the window."""

POOLED = (64, 56)
POOLS = (1, 2, 3, 5, 9)
"""Channels and sides of a map that is pooled, and the sides of windows."""

STARTS = 100
"""Operations on next to nothing, one after the other."""

CURVES = (torch.exp, torch.sigmoid, torch.tanh, torch.erf, gelu, silu, partial(softmax, dim=1))
CURVED = (2**16, 2**18, 2**20)
SHARED = 64
"""Functions that take an exponential, or what counts as one, of each number; of how many, and in
rows of how many."""

SAMPLES = 1024
"""At most, of which a GPU gets four times as many until they last long."""

LEVELS = (*(2**power for power in (14, 16, 18, 20, 22, 23, 24, 25, 26)),)
"""Bytes that are copied, on a CPU."""

QUICK = 1.5
"""So many times what larger windows do, 3x3 windows do only by a quicker algorithm."""


def ceilings(device: Device, last: bool = False, sized: bool = False) -> Ceilings:
    """The best of several rounds of each, for the numbers that the network is computed with: of a
    CPU measured once, for all networks of a run. Of a GPU's memory at most half of what is free
    then is taken, and given back. Raises UnavailableError where hardly any is.

    last: whether maps have their channels last
    sized: whether products and convolutions of many sizes are measured, too, of a CPU
    """
    measure = measured_now if device.cuda else _measured_once
    return measure(device, last, sized)


@cache
def _measured_once(device: Device, last: bool, sized: bool) -> Ceilings:
    return measured_now(device, last, sized)


def measured_now(device: Device, last: bool = False, sized: bool = False) -> Ceilings:
    """The same, measured whether it was before or not."""
    kind = device.torch_device.type
    UNDISTURBED.clear()
    try:
        with torch.inference_mode():
            bandwidth = _rates(device, COPIED[kind], _copies, LONG["copy"])[-1]
            one = torch.ones(1, dtype=device.type, device=device.torch_device)
            launch = started(device, one.relu)
            cached = _in_cache(device) if device.cuda else None
            flops = max(_rates(device, SIDES[kind], _products, LONG["product"]))
            window = _maps(device, 1, 3, last)[:1, :1]
            start = started(device, lambda: conv2d(window, window))
            norm = started(device, partial(_normed, window, one))
            curves = None if device.cuda else max(_curved(device, each) for each in CURVES)
            windows = [_convolved(device, *each, last) for each in WINDOWS]
            compared = tuple(_pooled(device, max_pool2d, side, last) for side in POOLS)
            added = tuple(_pooled(device, avg_pool2d, side, last) for side in POOLS)
            levels = () if device.cuda else tuple(_level(device, size) for size in LEVELS)
            found = by_size(device, last) if sized and not device.cuda else BySize()
    except Exception as error:
        if not ran_out(error):
            raise
        raise UnavailableError(f"{device.name} has no memory free: others hold it") from None
    *small, large = windows
    winograd = max(small) > QUICK * max(large, flops)
    most = max(large, flops) if winograd else max(windows)
    return Ceilings(
        flops,
        bandwidth,
        launch,
        cached,
        most,
        start,
        norm,
        curves,
        levels,
        compared,
        added,
        winograd=winograd,
        disturbed=not all(UNDISTURBED),
        **found._asdict(),
    )


def started(device: Device, operation: Callable[[], object]) -> float:
    """Seconds of an operation on next to nothing, one of many; a GPU has all of them in its queue:
    to put it there takes the host longer, which nobody waits for where the queue is full."""

    def action() -> None:
        for _ in range(STARTS):
            operation()

    return _queued(device, action) / STARTS


def _normed(maps: Tensor, each: Tensor) -> Tensor:
    """A batch norm in inference."""
    return torch.batch_norm(maps, each, each, each, each, False, 0.1, 1e-5, True)


def _queued(device: Device, action: Callable[[], object]) -> float:
    """The shortest seconds of an action, which a GPU finds in its queue."""
    if not device.cuda:
        return best(device, action, BRIEF)
    clock, hold = Clock(device), Hold(device, action)
    return min(clock.seconds(action, hold) for _ in range(BEST_OF))


def _curved(device: Device, curve: Callable[[Tensor], Tensor]) -> float:
    """Exponentials a second, of numbers that stay in a cache or not."""
    drawn = torch.randn(max(CURVED), device=device.torch_device).to(device.type)
    each = (drawn[:count].view(-1, SHARED) for count in CURVED)
    return max(x.numel() / best(device, partial(curve, x), BRIEF) for x in each)


def _maps(device: Device, channels: int, side: int, last: bool, samples: int = 1) -> Tensor:
    """Maps that are mostly zeros, as behind a rectifier: processors guess those."""
    _leave(device, 3 * samples * channels * side**2 * torch.float32.itemsize)
    maps = torch.randn(samples, channels, side, side, device=device.torch_device) - 1.5
    maps = maps.relu().to(device.type)
    return maps.to(memory_format=torch.channels_last) if last else maps


def _grown(device: Device, measure: Callable[[int], Rate]) -> float:
    """The rate of one sample; of a GPU, of as many as last long, or fit."""
    found, samples = measure(1), 4
    while device.cuda and found.seconds < LONG["window"] and samples <= SAMPLES:
        try:
            found = measure(samples)
        except Exception as error:
            if not ran_out(error):
                raise
            break
        samples *= 4
    _give_back(device)
    return found.each


def _convolved(device: Device, channels: int, side: int, window: int, last: bool) -> float:
    """Operations a second of a convolution, as many as it has without those at the edges."""
    shape = (channels, channels, window, window)
    filters = torch.randn(shape, device=device.torch_device).to(device.type)

    def measure(samples: int) -> Rate:
        maps = _maps(device, channels, side, last, samples)
        seconds = best(device, lambda: conv2d(maps, filters), BRIEF)
        outputs = samples * channels * (side - window + 1) ** 2
        return Rate(2 * outputs * channels * window**2 / seconds, seconds)

    return _grown(device, measure)


def _pooled(device: Device, pool: Callable[..., Tensor], window: int, last: bool) -> Level:
    """Numbers that windows meet in a second, side by side or over each other."""
    channels, side = POOLED

    def measure(stride: int, samples: int) -> Rate:
        maps = _maps(device, channels, side, last, samples)
        seconds = best(device, lambda: pool(maps, window, stride), BRIEF)
        outputs = samples * channels * ((side - window) // stride + 1) ** 2
        return Rate(outputs * window**2 / seconds, seconds)

    strides = {(window + 1) // 2, window}
    return Level(window**2, max(_grown(device, partial(measure, stride)) for stride in strides))


def _level(device: Device, size: int) -> Level:
    """Bytes that are copied, or only read."""
    numbers = size // device.type.itemsize // 2
    source = torch.zeros(numbers, dtype=device.type)
    target = torch.zeros_like(source)
    times = max(1, 2**18 // size)  # so that to start one is little beside it
    copied = best(device, lambda: [target.copy_(source) for _ in range(times)], BRIEF)
    read = best(device, lambda: [source.dot(target) for _ in range(times)], BRIEF)
    return Level(size, size * times / min(copied, read))


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
    seconds = best(device, lambda: target.copy_(source))
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

    seconds = _queued(device, action) / AGAIN
    return Rate(2 * source.numel() / seconds, seconds)


def _products(device: Device, side: int) -> Rate:
    """Operations in a product of two square matrices. PyTorch has two libraries for that on a CPU,
    of which one makes convolutions: the faster one counts."""
    _leave(device, 3 * side**2 * torch.float32.itemsize)  # drawn in that
    left, right = torch.randn(2, side, side, device=device.torch_device).to(device.type)
    seconds = best(device, lambda: left @ right)
    if not device.cuda:
        channels = right.reshape(1, side, side // 32, 32)
        seconds = min(seconds, best(device, lambda: conv2d(channels, left[:, :, None, None])))
    return Rate(2 * side**3 / seconds, seconds)
