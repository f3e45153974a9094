"""Of things with two costs each, those that nothing else beats: the Pareto front."""

from __future__ import annotations

from collections.abc import Sequence

Costs = tuple[float, float]
"""What something costs in two ways; less is better. What should be large is given as its
negative."""


def front(costs: Sequence[Costs]) -> tuple[int, ...]:
    """Which are on the front, by their numbers, the least of the first cost first: no other costs
    at most as much both ways, and less one way. Of several that cost the same, all are.

    A sort and a sweep: of those that cost no more the first way, what counts is the least of the
    second.
    """
    found: list[int] = []
    for number in sorted(range(len(costs)), key=lambda each: (costs[each], each)):
        last = costs[found[-1]] if found else None
        if last is None or costs[number] == last or costs[number][1] < last[1]:
            found.append(number)
    return tuple(found)
