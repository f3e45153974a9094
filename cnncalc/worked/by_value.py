"""Layers that read no window: fully connected ones, activations, norms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import exp, log

from cnncalc.layers.base import Layer, Shape
from cnncalc.layers.convolution.linear import Linear
from cnncalc.layers.norms.norm import BatchNorm
from cnncalc.layers.pointwise.bends import root
from cnncalc.layers.pointwise.competing import Competing, LogSoftmax, Softmax
from cnncalc.worked.array import Array
from cnncalc.worked.given_weights import Weights, vector, weight
from cnncalc.worked.literals import ValuesError
from cnncalc.worked.working import Place, Sum, Working, divided, none, own


def linear(layer: Linear, given: Array, weights: Weights) -> Working:
    """Each output is the dot product of a row of the weight with what arrives, and a bias."""
    rows = weight(layer, given.shape, weights)
    bias = vector(layer, given.shape, weights, "bias", 0.0)
    features = given.shape[0]

    def row(place: Place) -> Sequence[float]:
        return rows.numbers[features * place[0] : features * (place[0] + 1)]

    def total(place: Place) -> Sum:
        terms = list(zip(along(given, place[1:]), row(place), strict=True))
        more = (bias.numbers[place[0]],) if bias else ()
        return Sum("products", terms, sum(x * w for x, w in terms) + sum(more), more)

    def read(place: Place) -> Array:
        ones = (1,) * (len(given.shape) - 1)
        return in_row(Array((features, *ones), row(place)))

    output = layer.output_shape(given.shape)
    return _across(given, output, total, read)


def curve(layer: Layer, given: Array, weights: Weights) -> Working:
    """Each number by itself."""

    def total(place: Place) -> Sum:
        x = given.at(place)
        return Sum("curve", ((x,),), layer.bent(x))

    return _each(given, total)


def of_channels(layer: Competing, given: Array) -> None:
    """Raises ValuesError unless all channels at a position compete."""
    if layer.count(given.shape) != given.shape[0] or layer.axis(given.shape):
        fact = f"`{layer.kind}` is worked out by hand over the channels alone"
        raise ValuesError(fact, f"`- {layer.kind}`")


def softmax(layer: Softmax, given: Array, weights: Weights) -> Working:
    """exp(x) over the sum of all of them at the position."""
    of_channels(layer, given)

    def total(place: Place) -> Sum:
        x, values = given.at(place), along(given, place[1:])
        largest = max(values)
        value = exp(x - largest) / sum(exp(each - largest) for each in values)
        return Sum("share", [(each,) for each in values], value, (x,))

    return _across(given, given.shape, total)


def log_softmax(layer: LogSoftmax, given: Array, weights: Weights) -> Working:
    """x less the logarithm of that sum."""
    of_channels(layer, given)

    def total(place: Place) -> Sum:
        x, values = given.at(place), along(given, place[1:])
        largest = max(values)
        value = x - largest - log(sum(exp(each - largest) for each in values))
        return Sum("logarithm", [(each,) for each in values], value, (x,))

    return _across(given, given.shape, total)


def batch_norm(layer: BatchNorm, given: Array, weights: Weights) -> Working:
    """(x - mean) / sqrt(variance + eps), scaled and shifted: in training by the statistics of what
    arrives, else by those given, at first 0 and 1."""
    scale = vector(layer, given.shape, weights, "weight", 1.0)
    shift = vector(layer, given.shape, weights, "bias", 0.0)
    means, variances = _statistics(layer, given, weights)

    def total(place: Place) -> Sum:
        x, channel = given.at(place), place[0]
        mean, variance = means[channel], variances[channel]
        factor = scale.numbers[channel] if scale else 1.0
        summand = shift.numbers[channel] if shift else 0.0
        value = divided(x - mean, root(variance + layer.eps)) * factor + summand
        return Sum("standard", ((x,),), value, (mean, variance, layer.eps, factor, summand))

    return _each(given, total)


def _statistics(
    layer: BatchNorm, given: Array, weights: Weights
) -> tuple[Sequence[float], Sequence[float]]:
    if weights.training or not layer.track:
        if len(given.numbers) == given.shape[0]:
            raise ValuesError(
                "one number for a channel has no variance", "a map, or a batch of them"
            )
        pairs = [moments(numbers) for numbers in given.channels()]
        return [mean for mean, _ in pairs], [variance for _, variance in pairs]
    mean = vector(layer, given.shape, weights, "running_mean", 0.0)
    variance = vector(layer, given.shape, weights, "running_var", 1.0)
    assert mean
    assert variance
    return mean.numbers, variance.numbers


def moments(numbers: Sequence[float]) -> tuple[float, float]:
    """Mean and variance, over n."""
    mean = sum(numbers) / len(numbers)
    return mean, sum((x - mean) * (x - mean) for x in numbers) / len(numbers)


def along(given: Array, position: Sequence[int]) -> list[float]:
    """What all channels have at a position."""
    return [given.at((channel, *position)) for channel in range(given.shape[0])]


def in_row(found: Array) -> Array:
    """A vector as the row of one channel; anything else as it is."""
    return Array((1, 1, *found.shape), found.numbers) if len(found.shape) == 1 else found


def _across(
    given: Array,
    output: Shape,
    total: Callable[[Place], Sum],
    weights: Callable[[Place], Array | None] = none,
) -> Working:
    """What reads all channels at a position."""
    padded = in_row(given)
    row = [(0, place) for place in range(given.shape[0])]
    vector = len(given.shape) == 1
    return Working(
        given.shape,
        output,
        padded,
        lambda place: row if vector else [place[1:]],
        lambda place: range(padded.shape[0]),
        weights,
        total,
    )


def _each(given: Array, total: Callable[[Place], Sum]) -> Working:
    """What reads each number by itself."""
    vector = len(given.shape) == 1
    return Working(
        given.shape,
        given.shape,
        in_row(given),
        lambda place: [(0, place[0])] if vector else [place[1:]],
        (lambda place: (0,)) if vector else own,
        none,
        total,
    )
