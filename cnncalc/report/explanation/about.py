"""What a spec says of itself."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import fill

from cnncalc.analysis import Summary
from cnncalc.layers.base import times
from cnncalc.layers.fields import shown
from cnncalc.network.published import Published, errors_said
from cnncalc.network.recipe import GROUPS, Recipe, plain
from cnncalc.numbers import exact
from cnncalc.report.table.footnotes import stated_note
from cnncalc.text import line

WIDTH = 88


def about(summary: Summary) -> str:
    """Its name and totals, what its author tells of it, where its numbers come from, how it trains,
    and what it expects."""
    return "\n\n".join(_parts(summary)) + "\n"


def _parts(summary: Summary) -> Iterator[str]:
    graph, totals = summary.graph, summary.totals
    inputs = " + ".join(times(node.shape) for node in graph.inputs.values())
    yield line(f"{graph.name}   {inputs} -> {times(graph.output.shape)}   {graph.path}")
    if graph.about:
        yield fill(line(" ".join(graph.about.split())), WIDTH)
    if graph.source:
        yield fill(line(f"source: {' '.join(graph.source.split())}"), WIDTH)
    counts = f"{exact(totals.params.total)} params, {exact(totals.ops.macs)} MACs"
    yield f"{counts}, {exact(totals.layers)} layers"
    if graph.stated:
        yield fill(line(stated_note(graph)), WIDTH)
    if graph.published:
        yield fill(line(_printed(graph.published)), WIDTH)
    if graph.recipe:
        yield "\n".join(_trained(graph.recipe))
    if graph.expect:
        yield "\n".join(_expected(summary))
    example = next((row.node.path for row in summary.rows if row.params.total), "LAYER")
    yield line(f"`cnncalc explain {graph.path} {example}` puts the numbers into one layer")


def _printed(published: Published) -> str:
    """`published: top-1 error 23.85 %, top-5 error 7.13 %; source`."""
    rest = [text for text in (published.protocol, published.source) if text]
    return f"published: {'; '.join([', '.join(errors_said(published)), *rest])}"


def _trained(recipe: Recipe) -> Iterator[str]:
    """What its recipe says; of groups of fields, those that are not as they always are."""
    yield "trains by"
    usual = plain(Recipe())
    for name, value in plain(recipe).items():
        if value != usual[name]:
            own = usual[name] if name in GROUPS and usual[name] else {}
            parts = value.items() if isinstance(value, dict) else ((None, value),)
            told = (_field(key, each) for key, each in parts if key not in own or each != own[key])
            yield line(f"  {name} {', '.join(told)}")


def _field(name: str | None, value: object) -> str:
    """`sgd`, `momentum 0.9`."""
    text = shown(tuple(value) if isinstance(value, list) else value)
    return text if name in (None, "kind") else f"{name} {text}"


def _expected(summary: Summary) -> Iterator[str]:
    yield "expects"
    for each in summary.graph.expect:
        where = f"{each.layer}: " if each.layer else ""
        yield line(f"  {where}{each.metric} {each.text or '?'}")
