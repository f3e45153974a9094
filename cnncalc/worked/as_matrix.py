"""A layer as one matrix: a row for each output, a column for each number that arrives."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from cnncalc.layers.base import Layer, Shape
from cnncalc.worked.array import Array, places
from cnncalc.worked.given_weights import Weights
from cnncalc.worked.literals import ValuesError
from cnncalc.worked.work import work
from cnncalc.worked.working import Sum

MOST = 4_000_000
"""Numbers of a matrix."""


def as_matrix(layer: Layer, shape: Shape, weights: Weights) -> Array:
    """What its sums multiply each number that arrives with; 0 where they do not read it. Numbers
    that say their own place, from 1, tell which: padding is 0. Raises ValuesError."""
    size, outputs = prod(shape), layer.output_shape(shape)
    if size * prod(outputs) > MOST:
        raise ValuesError(f"a matrix of {prod(outputs):,} x {size:,}", f"at most {MOST:,} numbers")
    working = work(layer, Array(shape, [float(place) for place in range(1, size + 1)]), weights)
    rows = [_row(size, _factors(working.sum(place))) for place in places(working.output)]
    return Array((1, len(rows), size), [number for row in rows for number in row])


def _row(size: int, factors: Iterator[tuple[float, float]]) -> list[float]:
    row = [0.0] * (size + 1)
    for place, factor in factors:
        row[int(place)] += factor
    return row[1:]


def _factors(found: Sum) -> Iterator[tuple[float, float]]:
    """Each number that a sum reads, and what it is multiplied with."""
    if found.how == "products":
        yield from ((x, factor) for x, factor in found.terms)
    elif found.how == "mean":
        yield from ((x, 1 / found.more[0]) for (x,) in found.terms)
    else:
        raise ValuesError("no matrix", "`conv`, `linear` and `avg_pool` are one")
