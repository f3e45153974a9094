"""The table of the course: what networks cost, and how often they are wrong."""

from __future__ import annotations

from cnncalc.analysis import Summary
from cnncalc.network.published import Published, percent
from cnncalc.numbers import exact
from tests.test_networks import SPECS, summary

IMAGENET = (1000,)
"""What a network puts out that tells the classes of ImageNet."""


def errors_table() -> str:
    """Networks of ImageNet whose first guess was published with one crop, the cheapest first."""
    found = sorted(filter(_comparable, map(summary, SPECS)), key=lambda one: one.totals.ops.macs)
    head = "| network | weight layers | params | MACs | top-1 error | top-5 error |"
    rule = "| --- | ---: | ---: | ---: | ---: | ---: |"
    return "\n".join([head, rule, *map(_line, found)])


def _comparable(found: Summary) -> bool:
    published = found.graph.published
    of_one = published and published.top1 is not None and not published.protocol
    return bool(of_one) and found.graph.output.shape == IMAGENET


def _line(found: Summary) -> str:
    graph, totals = found.graph, found.totals
    published = graph.published or Published()
    cells = [
        graph.name,
        exact(totals.weight_layers),
        exact(totals.params.total),
        exact(totals.ops.macs),
        percent(published.top1),
        percent(published.top5),
    ]
    return f"| {' | '.join(cells)} |"
