"""What layers take on a machine, learned of networks that were measured there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations, repeat
from operator import mul
from typing import NamedTuple

from cnncalc.analysis.measured import Profile
from cnncalc.analysis.roofline import ALL, NOTHING, Work, features, told
from cnncalc.machine import Ceilings, Cost, HeldOut, Machine, Rates

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
    found = {}
    for network in networks:
        others = costs([other for other in networks if other is not network], ceilings)
        parts = [told(sample.work, ceilings, others) or 0.0 for sample in network.samples]
        found[network.name] = sum(parts) / network.seconds - 1
    return found


def costs(networks: Iterable[Lesson], ceilings: Ceilings) -> dict[str, Cost]:
    """The costs of each sort of layer, and of all. Layers' seconds are those of the whole, shared
    out as they were measured, for measuring them takes time, too."""
    sorts: dict[str, list[Sample]] = {ALL: []}
    homes: dict[str, set[str]] = {ALL: set()}
    for network in networks:
        whole = sum(sample.seconds for sample in network.samples)
        for sample in network.samples:
            if sample.work is not NOTHING and sample.seconds > 0:
                fair = sample._replace(seconds=sample.seconds * network.seconds / whole)
                for sort in (sample.work.sort, ALL):
                    sorts.setdefault(sort, []).append(fair)
                    homes.setdefault(sort, set()).add(network.name)
    return {
        sort: _fitted(samples, ceilings)
        for sort, samples in sorts.items()
        if len(samples) >= FEWEST and len(homes[sort]) >= min(OF, len(homes[ALL]))
    }


def _fitted(samples: Sequence[Sample], ceilings: Ceilings) -> Cost:
    """The costs, none below 0, that are off by the least in sum: squares, each over the seconds."""
    rows = [features(sample.work, ceilings) for sample in samples]
    times = [sample.seconds for sample in samples]
    compute, memory, each = _non_negative(rows, times)
    return Cost(compute, memory, each, len(samples))


def _non_negative(rows: Sequence[tuple[float, ...]], times: Sequence[float]) -> tuple[float, ...]:
    """The factors of the best fit among those that use some of the columns and are all above 0."""
    columns = range(len(rows[0]))
    best, error = (0.0,) * len(columns), sum(times)
    for count in range(1, len(columns) + 1):
        for chosen in combinations(columns, count):
            found = _least_squares(rows, times, chosen)
            if found and min(found) > 0:
                factors = [0.0] * len(columns)
                for column, factor in zip(chosen, found, strict=True):
                    factors[column] = factor
                off = _error(rows, times, factors)
                if off < error:
                    best, error = tuple(factors), off
    return best


def _error(
    rows: Sequence[tuple[float, ...]], times: Sequence[float], factors: Sequence[float]
) -> float:
    sums = [sum(map(mul, row, factors)) for row in rows]
    return float(sum((found - time) ** 2 / time for found, time in zip(sums, times, strict=True)))


def _least_squares(
    rows: Sequence[tuple[float, ...]], times: Sequence[float], chosen: Sequence[int]
) -> list[float] | None:
    """The factors of the chosen columns; None where these say the same, or nothing."""
    scale = [max(row[column] for row in rows) for column in chosen]
    if min(scale) <= 0:
        return None
    scaled = [[row[c] / s for c, s in zip(chosen, scale, strict=True)] for row in rows]
    weights = [1 / time for time in times]
    matrix = [
        [
            *(
                sum(map(_weighted, scaled, weights, repeat(i), repeat(j)))
                for j in range(len(chosen))
            ),
            sum(row[i] for row in scaled),
        ]
        for i in range(len(chosen))
    ]
    found = _solved(matrix)
    return [value / s for value, s in zip(found, scale, strict=True)] if found else None


def _weighted(row: Sequence[float], weight: float, left: int, right: int) -> float:
    return row[left] * row[right] * weight


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
