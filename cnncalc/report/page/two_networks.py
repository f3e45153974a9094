"""Two networks on a page, beside each other: what its sections are made of."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from cnncalc.analysis.difference import Difference
from cnncalc.analysis.named_numbers import NamedNumbers
from cnncalc.analysis.told_apart import Paired, ToldApart, paired, told_apart
from cnncalc.report.comparison.comparison import Comparison
from cnncalc.report.page.chapter import Chapter


class TwoNetworks:
    """Two networks, layer by layer. Their parts are told by number: the line of the table that has
    the layer, for both the same; groups are numbered behind."""

    def __init__(self, comparison: Comparison, before: Chapter, after: Chapter) -> None:
        self.comparison = comparison
        self.before, self.after = before, after

    @property
    def difference(self) -> Difference:
        """What is different."""
        return self.comparison.differences[0]

    @cached_property
    def lines(self) -> tuple[Paired, ...]:
        """Every layer once."""
        return paired(self.difference)

    @cached_property
    def told(self) -> ToldApart:
        """What became of the layers."""
        return told_apart(self.difference)

    @cached_property
    def numbers(self) -> tuple[NamedNumbers, NamedNumbers]:
        """Of both."""
        return NamedNumbers(self.before.summary), NamedNumbers(self.after.summary)

    @cached_property
    def old(self) -> OneOfTwo:
        """Where the parts of the earlier one are told."""
        rows = ((number, line.before) for number, line in enumerate(self.lines))
        return OneOfTwo(
            {row.node.path: number for number, row in rows if row}, self.before, self.lines
        )

    @cached_property
    def new(self) -> OneOfTwo:
        """Where the parts of the later one are told."""
        rows = ((number, line.after) for number, line in enumerate(self.lines))
        return OneOfTwo(
            {row.node.path: number for number, row in rows if row}, self.after, self.lines
        )


class OneOfTwo:
    """One of two networks: its layers lead to their lines of the table."""

    def __init__(
        self, layers: Mapping[str, int], chapter: Chapter, lines: tuple[Paired, ...]
    ) -> None:
        self.layers, self.chapter, self.lines = layers, chapter, lines

    @cached_property
    def parts(self) -> dict[str, int]:
        """The numbers of layers and groups, by path."""
        groups = (line.path for line in self.chapter.lines if line.path not in self.layers)
        return {path: len(self.lines) + n for n, path in enumerate(groups)} | {**self.layers}

    def place_of(self, part: int) -> str | None:
        """The anchor of a layer's line."""
        return pair_anchor(part) if part < len(self.lines) else None

    def findings_of(self, part: int) -> list[int]:
        """They are told elsewhere."""
        return []


def pair_anchor(number: int) -> str:
    """The anchor of a line."""
    return f"pair-{number}"
