"""Windows over numbers: convolutions and pools."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, product
from math import prod

from cnncalc.layers.base import Shape
from cnncalc.layers.conv import Conv
from cnncalc.layers.pool import AvgPool, LpPool, MaxPool, in_torch
from cnncalc.layers.windows import Slide
from cnncalc.worked.array import Array, flat, places
from cnncalc.worked.weights import Weights, vector, weight
from cnncalc.worked.working import Place, Sum, Working, none, own

Slides = Sequence[Slide]


def conv(layer: Conv, given: Array, weights: Weights) -> Working:
    """Each output is a sum of products, channel by channel, row by row, and a bias."""
    slides = layer.slides(given.shape)
    kernels = weight(layer, given.shape, weights)
    bias = vector(layer, given.shape, weights, "bias", 0.0)
    reads = channels_read(layer, given.shape)
    first = [0, *accumulate(len(row) for row in reads)]
    kernel = tuple(slide.kernel for slide in slides)
    padded = framed(given, slides)
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
    return _pooled(layer, given, lambda values, room: Sum("largest", _each(values), max(values)))


def avg_pool(layer: AvgPool, given: Array, weights: Weights) -> Working:
    """The mean of what is in a window, zeros of the padding among it or not."""

    def mean(values: Sequence[float], room: int) -> Sum:
        count = room if layer.count_padding else len(values)
        return Sum("mean", _each(values), sum(values) / count, (count,))

    return _pooled(layer, given, mean)


def lp_pool(layer: LpPool, given: Array, weights: Weights) -> Working:
    """(sum of x^p)^(1/p)."""

    def norm(values: Sequence[float], room: int) -> Sum:
        return Sum("norm", _each(values), root(sum(x**layer.norm for x in values)), (layer.norm,))

    def root(value: float) -> float:
        return float(value ** (1 / layer.norm))

    return _pooled(layer, given, norm)


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
        return reduce(values, _counted(slides, found) if in_torch(slides) else len(found))

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


def framed(given: Array, slides: Slides) -> Array:
    """The input with zeros around it, as far as a window reaches."""
    channels, *sizes = given.shape
    ends = [max(slide.after, slide.overhang) for slide in slides]
    grown = [s.before + s.size + end for s, end in zip(slides, ends, strict=True)]
    shape = (channels, *grown)
    numbers = [0.0] * prod(shape)
    starts = (0, *(slide.before for slide in slides))
    for place, value in zip(places((channels, *sizes)), given.numbers, strict=True):
        moved = [index + start for index, start in zip(place, starts, strict=True)]
        numbers[flat(shape, moved)] = value
    return Array(shape, numbers)
