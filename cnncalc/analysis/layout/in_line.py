"""Where boxes stand within their rows: in line with what they are tied to, none on another."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

from cnncalc.records import NamedTuple

SWEEPS = 6


class Tie(NamedTuple):
    """An edge between boxes of neighbouring rows, and where on each, from its middle, it is."""

    source: int
    source_at: float
    target: int
    target_at: float


def in_line(
    rows: Sequence[Sequence[int]], widths: Sequence[float], gap: float, ties: Sequence[Tie]
) -> list[float]:
    """The middle of each box, from left to right."""
    middles = [0.0] * len(widths)
    above: dict[int, list[Tie]] = {}
    below: dict[int, list[Tie]] = {}
    for tie in ties:
        above.setdefault(tie.target, []).append(tie)
        below.setdefault(tie.source, []).append(tie)
    for sweep in range(SWEEPS + 1):
        down = sweep % 2 == 0
        for row in rows if down else reversed(rows):
            wanted = [_wanted(n, middles, above if down else below, down) for n in row]
            for number, middle in zip(row, _apart(row, wanted, widths, gap), strict=True):
                middles[number] = middle
    return middles


def _wanted(number: int, middles: Sequence[float], ties: dict[int, list[Tie]], down: bool) -> float:
    """Where a box would stand straight below, or above, what it is tied to."""
    places = [
        middles[tie.source] + tie.source_at - tie.target_at
        if down
        else middles[tie.target] + tie.target_at - tie.source_at
        for tie in ties.get(number, ())
    ]
    if not places:
        return middles[number]
    places.sort()
    half = len(places) // 2
    return places[half] if len(places) % 2 else (places[half - 1] + places[half]) / 2


def _apart(
    row: Sequence[int], wanted: Sequence[float], widths: Sequence[float], gap: float
) -> list[float]:
    """The places nearest to those wanted, by least squares, that keep the order and leave a gap:
    isotonic regression, by pooling neighbours that violate it (Ayer et al. 1955)."""
    steps = ((widths[one] + widths[other]) / 2 + gap for one, other in pairwise(row))
    shifts = list(accumulate(steps, initial=0.0))[: len(row)]
    pools: list[tuple[float, int]] = []
    for place, shift in zip(wanted, shifts, strict=True):
        total, count = place - shift, 1
        while pools and pools[-1][0] / pools[-1][1] > total / count:
            before, several = pools.pop()
            total, count = total + before, count + several
        pools.append((total, count))
    found = [total / count for total, count in pools for _ in range(count)]
    return [place + shift for place, shift in zip(found, shifts, strict=True)]
