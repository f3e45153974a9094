"""Lanes beside the boxes for what passes rows by: the short ways inside, the long ones outside."""

from __future__ import annotations

from collections.abc import Sequence


def lanes(
    right: Sequence[float], passing: Sequence[tuple[int, int]], gap: float
) -> tuple[list[float], list[float]]:
    """Where each way runs down that passes the rows from the first to the last of a pair; and how
    far each row then reaches. `right`: how far it does without."""
    skyline = _Skyline(right)
    found = [0.0] * len(passing)
    shortest = sorted(
        range(len(passing)), key=lambda n: (passing[n][1] - passing[n][0], passing[n])
    )
    for number in shortest:
        first, last = passing[number]
        found[number] = skyline.highest(first, last + 1) + gap
        skyline.raise_to(first, last + 1, found[number])
    return found, [skyline.highest(row, row + 1) for row in range(len(right))]


class _Skyline:
    """Heights, of which the highest in a range is asked for, and a range is raised: a tree of
    ranges, each with what all of it was raised to, and the highest in it."""

    def __init__(self, heights: Sequence[float]) -> None:
        self.size = 1
        while self.size < len(heights):
            self.size *= 2
        lowest = min(heights, default=0.0)
        self.top = [lowest] * (2 * self.size)
        self.all = [lowest] * (2 * self.size)
        for place, height in enumerate(heights):
            self.top[self.size + place] = self.all[self.size + place] = height
        for range_ in range(self.size - 1, 0, -1):
            self.top[range_] = max(self.top[2 * range_], self.top[2 * range_ + 1])

    def highest(self, begin: int, end: int) -> float:
        """The highest from `begin` to before `end`."""
        first, last = begin + self.size, end + self.size - 1
        found = max(self.top[range_] for range_ in _covering(first, last))
        around = (self.all[range_] for edge in (first, last) for range_ in _around(edge))
        return max([found, *around])

    def raise_to(self, begin: int, end: int, height: float) -> None:
        """Raise all of a range to a height, where it is lower."""
        first, last = begin + self.size, end + self.size - 1
        for range_ in _covering(first, last):
            self.all[range_] = max(self.all[range_], height)
            self.top[range_] = max(self.top[range_], height)
        for edge in (first, last):
            for range_ in _around(edge):
                self.top[range_] = max(self.top[range_], height)


def _covering(first: int, last: int) -> list[int]:
    """The largest ranges that make up that from one leaf to another."""
    found = []
    while first <= last:
        if first % 2:
            found.append(first)
            first += 1
        if last % 2 == 0:
            found.append(last)
            last -= 1
        first, last = first // 2, last // 2
    return found


def _around(leaf: int) -> list[int]:
    """The ranges that hold a leaf, from the smallest."""
    found = []
    while leaf > 1:
        leaf //= 2
        found.append(leaf)
    return found
