"""What the channels of a value reach; those that reach the same are kept once."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from cnncalc.records import NamedTuple

NOTHING = float("-inf")


class Reached(NamedTuple):
    """What each position of each channel reaches along one axis.

    rows: 2 x rows x positions: the last input, and the negative of the first
    of: for each channel its row
    """

    rows: Tensor
    of: Tensor

    @property
    def length(self) -> int:
        """How many positions there are."""
        return self.rows.shape[2]

    @property
    def whole(self) -> Tensor:
        """2 x 1 x positions: all channels together."""
        return self.rows if self.rows.shape[1] == 1 else self.rows.amax(1, keepdim=True)

    @property
    def each(self) -> Tensor:
        """2 x channels x positions."""
        return self.rows[:, self.of]

    def nothing(self, channels: int) -> Reached:
        """As many positions that reach nothing."""
        return alike(self.rows.new_full((2, 1, self.length), NOTHING), channels)

    def times(self, channels: int) -> Reached:
        """A single channel as many; otherwise as it is."""
        if len(self.of) == channels:
            return self
        return Reached(self.rows, self.of.expand(channels))


def alike(row: Tensor, channels: int) -> Reached:
    """Channels that all reach the same."""
    return Reached(row, torch.zeros(channels, dtype=torch.long))


def ramp(first: int, stop: int, channels: int) -> Reached:
    """Positions that reach themselves."""
    positions = torch.arange(first, stop, dtype=torch.float64)
    return alike(torch.stack([positions, -positions])[:, None], channels)


def all_of(each: Tensor) -> Reached:
    """Channels each by itself. each: 2 x channels x positions."""
    return Reached(each, torch.arange(each.shape[1]))


def largest(one: Reached, other: Reached) -> Reached:
    """What either reaches, channel by channel."""
    if one.rows.shape[1] == other.rows.shape[1] == 1:
        return Reached(torch.maximum(one.rows, other.rows), one.of)
    count = other.rows.shape[1]
    pairs, of = torch.unique(one.of * count + other.of, return_inverse=True)
    rows = torch.maximum(one.rows[:, pairs // count], other.rows[:, pairs % count])
    return Reached(rows, of)


def concatenated(parts: Sequence[Reached]) -> Reached:
    """The channels behind one another."""
    rows: list[Tensor] = []
    of, count = [], 0
    for part in parts:
        known = next((place for place, row in enumerate(rows) if row is part.rows), None)
        if known is None:
            of.append(part.of + count)
            rows.append(part.rows)
            count += part.rows.shape[1]
        else:
            of.append(part.of + sum(row.shape[1] for row in rows[:known]))
    return used(Reached(torch.cat(rows, 1), torch.cat(of)))


def used(x: Reached) -> Reached:
    """Without rows that no channel has."""
    rows, of = torch.unique(x.of, return_inverse=True)
    return x if len(rows) == x.rows.shape[1] else Reached(x.rows[:, rows], of)
