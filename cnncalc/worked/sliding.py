"""Windows over numbers: convolutions and pools."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, product
from math import inf, nan, prod

from cnncalc.layers.base import Shape
from cnncalc.layers.convolution.conv import Conv
from cnncalc.layers.pooling.pool import AvgPool, LpPool, MaxPool
from cnncalc.layers.windows import Slide
from cnncalc.worked.array import Array, flat
from cnncalc.worked.given_weights import Weights, vector, weight
from cnncalc.worked.working import Place, Sum, Working, divided, none, own

Slides = Sequence[Slide]


def conv(layer: Conv, given: Array, weights: Weights) -> Working:
    """Each output is a sum of products, channel by channel, row by row, and a bias."""
    slides = layer.slides(given.shape)
    kernels = weight(layer, given.shape, weights)
    bias = vector(layer, given.shape, weights, "bias", 0.0)
    reads = channels_read(layer, given.shape)
    first = [0, *accumulate(len(row) for row in reads)]
    kernel = tuple(slide.kernel for slide in slides)
    padded = framed(given, slides, layer.padding_mode)
    channels = padded.channels()

    def row(place: Place) -> Array:
        start, stop = first[place[0]], first[place[0] + 1]
        area = prod(kernel)
        return Array((stop - start, *kernel), kernels.numbers[start * area : stop * area])

    def total(place: Place) -> Sum:
        taken = [flat(padded.shape[1:], tap) for tap in taps(slides, place[1:])]
        values = [channels[channel][tap] for channel in reads[place[0]] for tap in taken]
        terms = list(zip(values, row(place).numbers, strict=True))
        more = (bias.numbers[place[0]],) if bias else ()
        return Sum("products", terms, sum(x * w for x, w in terms) + sum(more), more)

    output = layer.output_shape(given.shape)
    return Working(
        given.shape, output, padded, window(slides), lambda place: reads[place[0]], row, total
    )


def channels_read(layer: Conv, shape: Shape) -> list[Sequence[int]]:
    """Of each filter, the channels that it reads."""
    if layer.table is not None:
        return list(layer.table)
    each, filters = shape[0] // layer.groups, layer.filters // layer.groups
    starts = [number // filters * each for number in range(layer.filters)]
    return [range(start, start + each) for start in starts]


def max_pool(layer: MaxPool, given: Array, weights: Weights) -> Working:
    """The largest of the inputs in a window; padding is none."""
    return _pooled(
        layer, given, lambda values, room: Sum("largest", _each(values), max(values, default=-inf))
    )


def avg_pool(layer: AvgPool, given: Array, weights: Weights) -> Working:
    """The mean of what is in a window, zeros of the padding among it or not."""

    def mean(values: Sequence[float], room: int) -> Sum:
        count = room if layer.count_padding else len(values)
        return Sum("mean", _each(values), divided(sum(values), count), (count,))

    return _pooled(layer, given, mean)


def lp_pool(layer: LpPool, given: Array, weights: Weights) -> Working:
    """(sum of x^p)^(1/p), or of the mean."""
    area = prod(slide.kernel for slide in layer.slides(given.shape))
    count = area if layer.reduce == "mean" else 1

    def norm(values: Sequence[float], room: int) -> Sum:
        powers = sum(power(x, layer.norm) for x in values)
        value = power(powers / count, 1 / layer.norm)
        return Sum("norm", _each(values), value, (layer.norm, count))

    return _pooled(layer, given, norm)


def power(x: float, exponent: float) -> float:
    """x^exponent: infinite where it is too large, none of a negative number's root."""
    try:
        found = x**exponent
    except OverflowError:
        return inf
    return nan if isinstance(found, complex) else float(found)


Reduce = Callable[[Sequence[float], int], Sum]


def _pooled(layer: MaxPool | AvgPool | LpPool, given: Array, reduce: Reduce) -> Working:
    """`reduce` takes the inputs in a window, and how many places there are in it with padding."""
    slides = layer.slides(given.shape)
    padded = framed(given, slides)
    inside = [range(slide.before, slide.before + slide.size) for slide in slides]
    channels = padded.channels()

    def total(place: Place) -> Sum:
        numbers, found = channels[place[0]], list(taps(slides, place[1:]))
        values = [numbers[flat(padded.shape[1:], tap)] for tap in found if _inside(inside, tap)]
        return reduce(values, _counted(slides, found))

    output = layer.output_shape(given.shape)
    return Working(given.shape, output, padded, window(slides), own, none, total)


def _inside(inside: Sequence[range], tap: Place) -> bool:
    """Whether a place of the padded map is one of the input."""
    return all(index in along for along, index in zip(inside, tap, strict=True))


def _counted(slides: Slides, found: Sequence[Place]) -> int:
    """Places of the window in the input and the padding that was asked for: a last window that
    was added by rounding up reaches beyond both."""
    ends = [slide.before + slide.size + slide.after for slide in slides]
    return sum(all(index < end for index, end in zip(tap, ends, strict=True)) for tap in found)


def _each(values: Sequence[float]) -> list[tuple[float]]:
    return [(value,) for value in values]


# -- windows --------------------------------------------------------------------------------


def taps(slides: Slides, position: Sequence[int]) -> Iterator[Place]:
    """The places in the padded map that the output at a position reads, row by row."""
    starts = [slide.stride * index for slide, index in zip(slides, position, strict=True)]
    return product(
        *(
            range(start, start + slide.extent, slide.dilation)
            for slide, start in zip(slides, starts, strict=True)
        )
    )


def window(slides: Slides) -> Callable[[Place], Sequence[Place]]:
    """Of an output, the places in the padded map that it reads."""
    return lambda place: list(taps(slides, place[1:]))


SOURCES: dict[str, Callable[[int, int], int]] = {
    "reflect": lambda index, size: size - 1 - abs(size - 1 - abs(index)),
    "replicate": lambda index, size: min(max(index, 0), size - 1),
    "circular": lambda index, size: index % size,
}
"""Of the ways to pad with the map itself: which place of it stands at one before or behind it."""


def framed(given: Array, slides: Slides, mode: str = "zeros") -> Array:
    """The input with its padding around it, as far as a window reaches."""
    channels, *sizes = given.shape
    ends = [max(slide.after, slide.overhang) for slide in slides]
    frame = [
        range(-slide.before, slide.size + end) for slide, end in zip(slides, ends, strict=True)
    ]
    found = [_source(mode, place, sizes) for place in product(*frame)]
    numbers = [
        0.0 if place is None else channel[place] for channel in given.channels() for place in found
    ]
    return Array((channels, *map(len, frame)), numbers)


def _source(mode: str, place: Place, sizes: Sequence[int]) -> int | None:
    """Which number of the map stands at a place; None for a zero."""
    if mode in SOURCES:
        moved = [SOURCES[mode](index, size) for index, size in zip(place, sizes, strict=True)]
        return flat(tuple(sizes), moved)
    inside = all(0 <= index < size for index, size in zip(place, sizes, strict=True))
    return flat(tuple(sizes), place) if inside else None
