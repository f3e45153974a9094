"""What layers take on a machine, learned of networks that were measured there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from itertools import combinations
from math import sqrt
from operator import add

from cnncalc.analysis.measured import Profile
from cnncalc.analysis.roofline import ALL, NOTHING, Work, features, of_role, told
from cnncalc.machine import Ceilings, Cost, HeldOut, Machine, Rates
from cnncalc.records import NamedTuple

FEWEST = 5
OF = 2
"""Layers of a sort of which something can be learned, and networks that they are of."""


def machine(profiles: Sequence[Profile]) -> Machine:
    """What profiles of one device and one kind of numbers teach, their layers measured."""
    setting = profiles[0].setting
    rates = learned([lesson(each) for each in profiles], profiles[0].ceilings)
    dtype = setting.autocast or setting.dtype
    return Machine(setting.device, setting.kind, setting.threads, setting.torch, {dtype: rates})


def lesson(profile: Profile) -> Lesson:
    """What a profile teaches: each layer, and the whole."""
    samples = tuple(Sample(layer.work, layer.forward) for layer in profile.layers.values())
    return Lesson(profile.summary.graph.name, samples, profile.forward.median)


class Sample(NamedTuple):
    """A layer's work, and the seconds that it took."""

    work: Work
    seconds: float


class Lesson(NamedTuple):
    """A network that was measured: its layers, and the seconds of the whole."""

    name: str
    samples: tuple[Sample, ...]
    seconds: float


def learned(networks: Sequence[Lesson], ceilings: Ceilings) -> Rates:
    """The costs that fit what was measured, and how far those of all other networks are off each,
    where there are two more at least."""
    apart = left_out(networks, ceilings) if len(networks) > 2 else {}
    shares = [abs(share) for share in apart.values()]
    held = HeldOut(sum(shares) / len(shares), max(shares), len(shares)) if shares else None
    names = tuple(network.name for network in networks)
    return Rates(ceilings, costs(networks, ceilings), names, held)


def left_out(networks: Sequence[Lesson], ceilings: Ceilings) -> dict[str, float]:
    """By how much of its time each network is told wrong from the others: -0.1 is a tenth less."""
    parts = [_sums(network, ceilings) for network in networks]
    found = {}
    for number, network in enumerate(networks):
        others = _costs(parts[:number] + parts[number + 1 :])
        times = [told(sample.work, ceilings, others) or 0.0 for sample in network.samples]
        found[network.name] = sum(times) / network.seconds - 1
    return found


def costs(networks: Iterable[Lesson], ceilings: Ceilings) -> dict[str, Cost]:
    """The costs of each sort of layer, of all that do the same for a network, and of all. Layers'
    seconds are those of the whole, shared out as they were measured, for measuring them takes time,
    too."""
    return _costs([_sums(network, ceilings) for network in networks])


class _Sums(NamedTuple):
    """What a fit needs of layers: how many they are, and for each pair of their features and their
    seconds the sum of the products, each over the layer's seconds."""

    layers: int
    products: tuple[tuple[float, ...], ...]

    def plus(self, other: _Sums) -> _Sums:
        """Of both together."""
        rows = zip(self.products, other.products, strict=True)
        return _Sums(self.layers + other.layers, tuple(tuple(map(add, *row)) for row in rows))


def _sums(network: Lesson, ceilings: Ceilings) -> dict[str, _Sums]:
    """Those of a network's layers, by sort."""
    whole = sum(sample.seconds for sample in network.samples)
    found: dict[str, _Sums] = {}
    for work, measured in network.samples:
        if work is not NOTHING and measured > 0:
            seconds = measured * network.seconds / whole
            row = (*features(work, ceilings), seconds)
            each = _Sums(1, tuple(tuple(a * b / seconds for b in row) for a in row))
            for sort in (work.sort, of_role(work), ALL):
                found[sort] = found[sort].plus(each) if sort in found else each
    return found


def _costs(parts: Sequence[Mapping[str, _Sums]]) -> dict[str, Cost]:
    """Of what enough layers of enough networks showed."""
    sorts = dict.fromkeys(sort for part in parts for sort in part)
    found = {}
    for sort in sorts:
        homes = [part[sort] for part in parts if sort in part]
        together = reduce(_Sums.plus, homes)
        if together.layers >= FEWEST and len(homes) >= min(OF, len(parts)):
            found[sort] = Cost(*_non_negative(together.products), together.layers)
    return found


def _non_negative(products: Sequence[Sequence[float]]) -> tuple[float, float, float, float]:
    """The factors of the best fit among those that use some of the features and are all above 0."""
    columns = range(len(products) - 1)
    best, error = [0.0] * len(columns), 0.0
    for count in range(1, len(columns) + 1):
        for chosen in combinations(columns, count):
            found = _least_squares(products, chosen)
            if found and min(found) > 0:
                # how much less the squares are than with none
                off = -sum(f * products[c][-1] for c, f in zip(chosen, found, strict=True))
                if off < error:
                    best, error = [0.0] * len(columns), off
                    for column, factor in zip(chosen, found, strict=True):
                        best[column] = factor
    compute, memory, fresh, each = best
    return compute, memory, fresh, each


def _least_squares(
    products: Sequence[Sequence[float]], chosen: Sequence[int]
) -> list[float] | None:
    """The factors of the chosen columns; None where these say the same, or nothing."""
    scale = [sqrt(products[column][column]) for column in chosen]
    if min(scale) <= 0:
        return None
    matrix = [
        [*(products[i][j] / s / r for j, r in zip(chosen, scale, strict=True)), products[i][-1] / s]
        for i, s in zip(chosen, scale, strict=True)
    ]
    found = _solved(matrix)
    return [value / s for value, s in zip(found, scale, strict=True)] if found else None


def _solved(matrix: list[list[float]]) -> list[float] | None:
    """The unknowns of linear equations, each a row with its right side last."""
    rows = [list(row) for row in matrix]
    for place in range(len(rows)):
        pivot = max(range(place, len(rows)), key=lambda number: abs(rows[number][place]))
        if abs(rows[pivot][place]) < 1e-12 * abs(matrix[place][place]):
            return None
        rows[place], rows[pivot] = rows[pivot], rows[place]
        for number in range(len(rows)):
            if number != place:
                factor = rows[number][place] / rows[place][place]
                rows[number] = [
                    a - factor * b for a, b in zip(rows[number], rows[place], strict=True)
                ]
    return [row[-1] / row[place] for place, row in enumerate(rows)]
