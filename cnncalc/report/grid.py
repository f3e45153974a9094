"""Rows of cells under each other, in plain text and in Markdown; whoever has the cells encodes
them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

GAP = "   "


def aligned(rows: Sequence[Sequence[str]], left: Collection[int]) -> list[str]:
    """A line for each row: the columns at the places `left` to the left, the others to the
    right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [GAP.join(_padded(row, widths, left)).rstrip() for row in rows]


def _padded(row: Sequence[str], widths: list[int], left: Collection[int]) -> Iterator[str]:
    for place, (cell, width) in enumerate(zip(row, widths, strict=True)):
        yield cell.ljust(width) if place in left else cell.rjust(width)


def markdown_table(rows: Sequence[Sequence[str]], left: Collection[int]) -> str:
    """A table of GitHub-flavoured Markdown under the first row."""
    head, *others = rows
    rules = ["---" if place in left else "---:" for place in range(len(head))]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, rules, *others])
