"""A row that is read, in a network of one scale."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import ceil

from cnncalc.importing.formats.ultralytics.detection_heads import DetectionSettings
from cnncalc.importing.formats.ultralytics.module_parts import YamlModule
from cnncalc.importing.formats.ultralytics.yaml_rows import YamlRow
from cnncalc.importing.program import PassedTensor
from cnncalc.records import NamedTuple

Given = PassedTensor | Sequence[PassedTensor] | Mapping[str, PassedTensor]
"""What a row gives: a map, several, or the outputs of the network."""


class NetworkScale(NamedTuple):
    """What a network of one letter has of the file's: `depth` times the repeats, `width` times the
    channels, of which no more than `most` are counted before."""

    letter: str = ""
    depth: float = 1.0
    width: float = 1.0
    most: float = float("inf")

    def channels(self, told: int) -> int:
        """A multiple of 8."""
        return ceil(min(told, self.most) * self.width / 8) * 8

    def repeats(self, told: int) -> int:
        """At least one."""
        return max(round(told * self.depth), 1) if told > 1 else told


class RowReading(NamedTuple):
    """A row that is read: where it stands in the network, what it reads, how the network is scaled,
    how it detects."""

    above: YamlModule
    name: int
    row: YamlRow
    seen: Sequence[PassedTensor]
    scaling: NetworkScale
    detection: DetectionSettings

    @property
    def first(self) -> PassedTensor:
        """What it reads first, an image. Raises FormatError."""
        if len(self.seen[0].sizes) != 4:
            raise self.row.wrong("reads an image")
        return self.seen[0]

    @property
    def filters(self) -> int:
        """How wide it is: its first argument, scaled."""
        return self.scaling.channels(self.row[0].whole())

    @property
    def repeats(self) -> int:
        """How many modules are in it."""
        return self.scaling.repeats(self.row.repeats)

    def here(self) -> YamlModule:
        """Its module."""
        return self.above.part(self.name, self.row.kind)

    def divided(self, groups: int, *channels: int) -> int:
        """So many groups. Raises FormatError where channels do not make them."""
        if any(count % groups for count in channels):
            counts = " and ".join(map(str, channels))
            raise self.row.wrong(f"{counts} channels make no {groups} groups")
        return groups

    def kept_part(self, heads: Callable[[int], int]) -> float:
        """Which part of the channels a module of as many filters as arrive works on, its second
        argument, in how many `heads`. Raises FormatError."""
        part, arriving = self.row[1].real(0.5), self.first.sizes[1]
        if arriving != self.filters:
            raise self.row.wrong(f"{arriving} channels arrive, and {self.filters} are wanted")
        hidden = int(arriving * part)
        self.divided(heads(hidden), hidden)
        return part
