"""The numbers of a whole network, as a list of terms: what each is, and what it counts."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.network.metrics import METRICS
from cnncalc.numbers import seconds
from cnncalc.report.page.chapter import Chapter
from cnncalc.report.page.markup import Markup, joined, tag
from cnncalc.report.page.shell import Section
from cnncalc.report.table.columns import COLUMNS, WRITTEN, missing
from cnncalc.report.table.footnotes import footnotes
from cnncalc.report.table.table import entering, leaving

SHOWN = (
    "params",
    "macs",
    "flops",
    "activations",
    "size",
    "inference_memory",
    "training_memory",
    "weight_layers",
    "layers",
)
"""The metrics that are told, beside the field."""


def totals(chapter: Chapter) -> Section:
    """What arrives and leaves, every total, and what the numbers mean."""
    graph = chapter.summary.graph
    shapes = f"{entering(graph)} \N{RIGHTWARDS ARROW} {leaving(graph)}"
    notes = footnotes(chapter.numbers, ("params", "macs", "field"), None)
    measured = chapter.measured
    body = [
        *([tag("p", " ".join(graph.about.split()))] if graph.about else []),
        tag("p", shapes, class_="shapes"),
        tag("dl", *_terms(chapter), class_="totals"),
        *([tag("p", f"Measured on {measured.device}.", class_="said")] if measured else []),
        tag(
            "details",
            tag("summary", "What the numbers mean"),
            tag("ul", *(tag("li", note) for note in notes)),
        ),
    ]
    return Section(chapter.anchor("totals"), "Totals", joined(body), chapter.prefix)


def _terms(chapter: Chapter) -> Iterator[Markup]:
    whole = chapter.summary.whole
    for name in SHOWN:
        found = chapter.numbers.of_whole(name)
        if found:
            shown = WRITTEN[METRICS[name].form](found[0])
            yield _term(METRICS[name].title, tag("data", shown, value=found[0]), name)
        elif whole.stated:
            yield _term(METRICS[name].title, missing(whole), name)
    field = COLUMNS["field"].shown(whole, chapter.numbers)
    if field:
        yield _term("field", field, "field")
    if measured := chapter.measured:
        yield _term("forward, measured", seconds(measured.forward), "forward")
        if measured.step is not None:
            yield _term("step, measured", seconds(measured.step), "step")


def _term(title: str, text: str, name: str) -> Markup:
    return tag("div", tag("dt", title), tag("dd", text), data_metric=name)
