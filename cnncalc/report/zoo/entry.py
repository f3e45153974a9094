"""A network of the zoo as a line of the list: its numbers, its year and its source."""

from __future__ import annotations

from cnncalc.analysis import Summary
from cnncalc.later_patterns import pattern
from cnncalc.network.published import Published, percent
from cnncalc.numbers import exact, rounded
from cnncalc.records import NamedTuple
from cnncalc.report.table.columns import field

_YEAR = pattern(r"\b(19|20)\d\d\b")

HEAD = ("name", "params", "MACs", "field", "year", "top-1", "top-5", "network and source")
LEFT = (0, 7)


class Entry(NamedTuple):
    """A network of the zoo. `macs` counts multiply-accumulates of one sample; `top1` and `top5` are
    errors as printed, in percent."""

    name: str
    params: int
    macs: int
    field: str
    year: str
    top1: float | None
    top5: float | None
    network: str
    source: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The entry as a line of the list."""
        title = f"{self.network}: {self.source}" if self.source else self.network
        counts = exact(self.params), rounded(self.macs), self.field
        return self.name, *counts, self.year, percent(self.top1), percent(self.top5), title


def entry(name: str, summary: Summary) -> Entry:
    """What the list says of one network."""
    graph, totals = summary.graph, summary.totals
    local = totals.receptive
    errors = graph.published or Published()
    years = _YEAR.search(graph.source)
    return Entry(
        name,
        totals.params.total,
        totals.ops.macs,
        field(local) if local else "all",
        years.group() if years else "",
        errors.top1,
        errors.top5,
        graph.name,
        graph.source,
    )
