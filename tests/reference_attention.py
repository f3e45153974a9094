"""Attention by its formulas, in numpy: N x features x steps, or N x features x groups x steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np

from tests.reference_numpy import Array, attended, softmax


def by_head(
    q: Array, k: Array, v: Array, heads: int, key_heads: int, added: Array | None = None
) -> Array:
    """What the heads make of features x steps. added: heads x queries x keys, to the scores."""
    found = []
    keys, values = np.split(k, key_heads), np.split(v, key_heads)
    for number, own in enumerate(np.split(q, heads)):
        shared = number // (heads // key_heads)
        scores = own.T @ keys[shared] / np.sqrt(len(own))
        if added is not None:
            scores = scores + added[number]
        found.append(values[shared] @ softmax(scores.T[None])[0])
    return np.concatenate(found)


def projected(x: Array, weights: Iterator[Array], bias: bool = True) -> Array:
    """W x + b for each step."""
    made = next(weights) @ x
    return made + next(weights)[:, None] if bias else made


def grouped(x: Array, weights: Sequence[Array], heads: int, key_heads: int) -> Array:
    """Fewer heads of keys and values than of queries (Ainslie 2023)."""
    found = []
    for sample in x:
        each = iter(weights)
        q, k, v = (projected(sample, each) for _ in range(3))
        found.append(projected(by_head(q, k, v, heads, key_heads), each))
    return np.stack(found)


def crossed(x: Array, keys: Array, weights: Sequence[Array], heads: int) -> Array:
    """Queries of one sequence, keys and values of another, weights stacked."""
    stacked, biases, out, bias = weights
    parts = list(zip(np.split(stacked, 3), np.split(biases, 3), strict=True))
    found = []
    for sample, other in zip(x, keys, strict=True):
        read = zip((sample, other, other), parts, strict=True)
        q, k, v = (weight @ given + own[:, None] for given, (weight, own) in read)
        found.append(out @ attended(q, k, v, heads) + bias[:, None])
    return np.stack(found)


def normed(
    x: Array,
    weights: Sequence[Array],
    heads: int,
    eps: float,
    key_heads: int = 0,
    centred: bool = True,
) -> Array:
    """Queries and keys of each head brought to one scale (Dehghani 2023, equation 1).

    centred: whether their means are taken away before, and biases added behind
    """
    key_heads = key_heads or heads
    found = []
    for sample in x:
        each = iter(weights)
        q, k, v = (projected(sample, each) for _ in range(3))
        made = []
        for part, count in ((q, heads), (k, key_heads)):
            factors = next(each)[:, None]
            shift = next(each)[:, None] if centred else 0.0
            scaled = [scale(own, eps, centred) * factors + shift for own in np.split(part, count)]
            made.append(np.concatenate(scaled))
        found.append(projected(by_head(*made, v, heads, key_heads), each))
    return np.stack(found)


def scale(own: Array, eps: float, centred: bool) -> Array:
    """Each column to a mean square of 1, and to a mean of 0 before."""
    own = own - own.mean(0) if centred else own
    return own / np.sqrt((own**2).mean(0) + eps)


def alibi(x: Array, weights: Sequence[Array], heads: int) -> Array:
    """Of each score m times the distance is taken, m = 2^(-8 h / heads) (Press 2022)."""
    steps = np.arange(x.shape[2])
    distance = np.abs(steps[:, None] - steps)
    added = np.array([-(2.0 ** (-8 * (h + 1) / heads)) * distance for h in range(heads)])
    return with_added(x, weights, heads, added)


def with_added(x: Array, weights: Sequence[Array], heads: int, added: Array) -> Array:
    """With numbers added to the scores."""
    found = []
    for sample in x:
        each = iter(weights)
        q, k, v = (projected(sample, each) for _ in range(3))
        found.append(projected(by_head(q, k, v, heads, heads, added), each))
    return np.stack(found)


def with_arriving(x: Array, biases: Array, weights: Sequence[Array], heads: int) -> Array:
    """With what arrives for each sample added to the scores."""
    each = zip(x, biases, strict=True)
    return np.concatenate([with_added(own[None], weights, heads, bias) for own, bias in each])


def relative(size: tuple[int, int], table: Array) -> Array:
    """What each head learns for the offset between two positions of a window (Liu 2021, equation
    4): heads x positions x positions."""
    positions = list(product(*map(range, size)))
    high, wide = size
    added = np.empty((table.shape[1], len(positions), len(positions)))
    for i, (row, column) in enumerate(positions):
        for j, (other_row, other_column) in enumerate(positions):
            down, right = row - other_row + high - 1, column - other_column + wide - 1
            added[:, i, j] = table[down * (2 * wide - 1) + right]
    return added


def together(size: tuple[int, int], whole: tuple[int, int], shift: int) -> Array:
    """Which positions of each window are within a window of each other on the map, before it was
    rolled up and to the left: windows x positions x positions."""
    rows, columns = (np.roll(np.arange(side), -shift) for side in whole)
    windows = []
    for top, left in product(*(range(0, side, one) for side, one in zip(whole, size, strict=True))):
        places = [
            (rows[top + row], columns[left + column]) for row, column in product(*map(range, size))
        ]
        windows.append([[near(a, b, size) for b in places] for a in places])
    return np.array(windows)


def near(a: tuple[int, int], b: tuple[int, int], size: tuple[int, int]) -> bool:
    """Whether two places of a map are within a window of each other."""
    return all(abs(int(i) - int(j)) < side for i, j, side in zip(a, b, size, strict=True))


def swin(
    x: Array, weights: Sequence[Array], heads: int, size: tuple[int, int], whole: tuple[int, int]
) -> Array:
    """Shifted windows: N x features x windows x positions."""
    table, *rest = weights
    added = relative(size, table)
    visible = together(size, whole, 1)
    sides = [
        with_added(x[:, :, window], rest, heads, np.where(visible[window], added, -np.inf))
        for window in range(x.shape[2])
    ]
    return np.stack(sides, 2)


def unprojected(q: Array, k: Array, v: Array, heads: int) -> Array:
    """Of queries, keys and values that arrive."""
    return np.stack([attended(*each, heads) for each in zip(q, k, v, strict=True)])


def waves(features: int, steps: int, base: float) -> Array:
    """sin(pos / base^(2i/d)) at 2i, the cosine at 2i + 1 (Vaswani 2017, section 3.5), as single
    precision keeps them."""
    found = np.empty((features, steps))
    for feature in range(features):
        angles = np.arange(steps) / base ** (feature // 2 * 2 / features)
        found[feature] = np.cos(angles) if feature % 2 else np.sin(angles)
    return found.astype(np.float32).astype(np.float64)


def by_offset(x: Array, size: tuple[int, int]) -> Array:
    """For each query and key of a window what stands at their offset, row by row."""
    places = list(np.ndindex(*size))
    found = np.zeros((*x.shape[:2], len(places), len(places)))
    for i, (row, column) in enumerate(places):
        for j, (down, across) in enumerate(places):
            offset = (row - down + size[0] - 1) * (2 * size[1] - 1) + column - across + size[1] - 1
            found[:, :, i, j] = x[:, :, offset]
    return found


def by_distance(x: Array, size: tuple[int, int]) -> Array:
    """The same of offsets without a sign."""
    places = list(np.ndindex(*size))
    found = np.zeros((*x.shape[:2], len(places), len(places)))
    for i, (row, column) in enumerate(places):
        for j, (down, across) in enumerate(places):
            found[:, :, i, j] = x[:, :, abs(row - down) * size[1] + abs(column - across)]
    return found
