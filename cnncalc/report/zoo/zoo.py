"""The zoo as a list: a network a line, with its numbers, its year and its source."""

from __future__ import annotations

import re
from typing import NamedTuple

from cnncalc.analysis import Summary
from cnncalc.numbers import exact, rounded
from cnncalc.report.table.columns import field
from cnncalc.text import json_document, line, markdown

_YEAR = re.compile(r"\b(19|20)\d\d\b")

HEAD = ("name", "params", "MACs", "field", "year", "network and source")
LEFT = (0, 5)


class Entry(NamedTuple):
    """A network of the zoo. `macs` counts multiply-accumulates of one sample."""

    name: str
    params: int
    macs: int
    field: str
    year: str
    network: str
    source: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The entry as a line of the list."""
        title = f"{self.network}: {self.source}" if self.source else self.network
        return self.name, exact(self.params), rounded(self.macs), self.field, self.year, title


def entry(name: str, summary: Summary) -> Entry:
    """What the list says of one network."""
    graph, totals = summary.graph, summary.totals
    local = totals.receptive
    years = _YEAR.search(graph.source)
    return Entry(
        name,
        totals.params.total,
        totals.ops.macs,
        field(local) if local else "all",
        years.group() if years else "",
        graph.name,
        graph.source,
    )


def to_text(entries: list[Entry], width: int | None) -> str:
    """Aligned columns; with a `width`, the source is cut to what is left of it."""
    rows = [HEAD, *(tuple(map(line, entry.cells)) for entry in entries)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEAD))]
    aligned = (
        "   ".join(
            cell.ljust(size) if i in LEFT else cell.rjust(size)
            for i, (cell, size) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
    return "".join(f"{_cut(text, width)}\n" for text in aligned)


def _cut(text: str, width: int | None) -> str:
    return text if width is None or len(text) <= width else f"{text[: width - 3]}..."


def to_markdown(entries: list[Entry]) -> str:
    """A table."""
    rules = ("---", "---:", "---:", "---:", "---:", "---")
    rows = [HEAD, rules, *(tuple(map(markdown, entry.cells)) for entry in entries)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def to_json(entries: list[Entry]) -> str:
    """A list of objects."""
    return json_document([entry._asdict() for entry in entries])
