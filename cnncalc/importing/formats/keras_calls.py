"""The calls of a network's layers in an order in which each finds what it reads: as the file has
them, where it has them so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import heappop, heappush
from typing import Any

from cnncalc.records import NamedTuple

Key = tuple[str, int, int]
"""A tensor: its layer, which of its calls, which of what it gives then."""


class KerasCall(NamedTuple):
    """One of a layer; place: which of its calls; sources: what it reads."""

    layer: Mapping[str, Any]
    place: int
    sources: Sequence[Key]


class CallOrder:
    """Calls that wait for tensors: iteration gives each as soon as all that it reads is there."""

    def __init__(self) -> None:
        self.calls: list[KerasCall] = []
        self.lacking: list[int] = []
        self.readers: dict[Key, list[int]] = {}
        self.ready: list[int] = []

    def add(self, layer: Mapping[str, Any], place: int, sources: Sequence[Key]) -> None:
        """Another one, which waits; a call that reads nothing is none."""
        if not sources:
            return
        different = set(sources)
        for key in different:
            self.readers.setdefault(key, []).append(len(self.calls))
        self.calls.append(KerasCall(layer, place, sources))
        self.lacking.append(len(different))

    def give(self, keys: Iterable[Key]) -> None:
        """These tensors are there."""
        for key in keys:
            for reader in self.readers.pop(key, ()):
                self.lacking[reader] -= 1
                if not self.lacking[reader]:
                    heappush(self.ready, reader)

    def __iter__(self) -> Iterator[KerasCall]:
        """Those that wait for nothing more, the first of the file first."""
        while self.ready:
            yield self.calls[heappop(self.ready)]

    @property
    def unread(self) -> list[Mapping[str, Any]]:
        """The layers whose calls still wait."""
        return [call.layer for call, n in zip(self.calls, self.lacking, strict=True) if n]
