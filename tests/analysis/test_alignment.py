"""Two sequences aligned: the pairs are equal and rise, and as many as can be."""

from __future__ import annotations

import random
import time
from itertools import pairwise

import pytest

from cnncalc.analysis.alignment import FARTHEST, aligned
from tests.sampled import sampled


def longest(one: list[int], other: list[int]) -> int:
    """The length of the longest common subsequence, by its textbook table."""
    table = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i, a in enumerate(one):
        for j, b in enumerate(other):
            best = max(table[i][j + 1], table[i + 1][j])
            table[i + 1][j + 1] = table[i][j] + 1 if a == b else best
    return table[-1][-1]


def check(one: list[int], other: list[int]) -> list[tuple[int, int]]:
    pairs = aligned(one, other)
    assert all(one[i] == other[j] for i, j in pairs)
    assert all(a < c and b < d for (a, b), (c, d) in pairwise(pairs))
    return pairs


def words(letters: int, seed: int) -> list[tuple[list[int], list[int]]]:
    """Pairs of sequences of up to 11 tokens."""
    draw = random.Random(seed)
    sizes = [(draw.randrange(12), draw.randrange(12)) for _ in range(500)]
    return [
        ([draw.randrange(letters) for _ in range(n)], [draw.randrange(letters) for _ in range(m)])
        for n, m in sizes
    ]


@pytest.mark.parametrize("letters", [1, 2, 3])
def test_the_shortest_edit_of_what_repeats(letters: int) -> None:
    """Each token comes twice at least, so that nothing is settled by what occurs once."""
    for one, other in words(letters, letters):
        doubled = [token for token in one for _ in range(2)]
        twice = [token for token in other for _ in range(2)]
        assert len(check(doubled, twice)) == longest(doubled, twice)


@pytest.mark.parametrize("letters", [1, 2, 4, 9])
def test_pairs_are_equal_and_rise(letters: int) -> None:
    for one, other in words(letters, letters):
        check(one, other)
        check(one, one[::-1])


def test_an_insertion_moves_all_behind_it() -> None:
    one = [0, 1] * 50
    other = [0, 1] * 20 + [7] + [0, 1] * 30
    assert check(one, other) == [(i, i + (i >= 40)) for i in range(100)]


def test_of_a_longer_run_the_last_are_new() -> None:
    assert check([5, 1, 1], [5, 1, 1, 1, 1]) == [(0, 0), (1, 1), (2, 2)]


def test_beyond_the_followed_edits_it_goes_on() -> None:
    """Every other token differs, more often than one search follows; what is alike is found."""
    one = [token for i in range(4 * FARTHEST) for token in (0, 1, 2 + i % 2)]
    other = [token for i in range(4 * FARTHEST) for token in (0, 1, 4 + i % 2)]
    assert len(check(one, other)) == 2 * 4 * FARTHEST


@pytest.mark.parametrize("letters", sampled([2, 1, 1000, 10**6]))
def test_a_hundred_thousand_take_seconds(letters: int) -> None:
    draw = random.Random(letters)
    one, other = ([draw.randrange(letters) for _ in range(100_000)] for _ in range(2))
    start = time.process_time()
    check(one, other)
    check(one, [-1] * 100_000)
    assert time.process_time() - start < 15
