"""The Pareto front, against every pair of its candidates."""

from __future__ import annotations

from random import Random

from cnncalc.analysis.pareto import Costs, front


def beats(one: Costs, other: Costs) -> bool:
    return one[0] <= other[0] and one[1] <= other[1] and one != other


def by_pairs(costs: list[Costs]) -> set[int]:
    return {
        number
        for number, each in enumerate(costs)
        if not any(beats(other, each) for other in costs)
    }


def test_it_is_what_no_other_beats() -> None:
    """Of few values, so that many cost the same one way or both, and of many."""
    draw = Random(17)
    for _ in range(2000):
        most = draw.choice((2, 4, 1000))
        count = draw.randrange(12)
        costs = [(draw.randrange(most), draw.randrange(-most, most)) for _ in range(count)]
        found = front(costs)
        assert set(found) == by_pairs(costs)
        assert len(set(found)) == len(found)
        assert [*found] == sorted(found, key=lambda number: costs[number][0])


def test_nothing_has_no_front() -> None:
    assert front([]) == ()


def test_equals_are_all_on_it() -> None:
    assert front([(1, 1), (1, 1), (2, 2)]) == (0, 1)
