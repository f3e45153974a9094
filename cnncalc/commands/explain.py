"""`cnncalc explain`: a layer's arithmetic, a kind's page, a code's page."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from itertools import chain

from cnncalc import zoo
from cnncalc.analysis import Row, Summary, analyze
from cnncalc.commands import PROBLEMS, SOUND
from cnncalc.commands.formats import EXPLAIN, EXPLAINED, Format, show_all
from cnncalc.commands.graphs import graph_of
from cnncalc.commands.options import UsageError, arguments, one_format, shapes
from cnncalc.diagnostics import Diagnostics, did_you_mean
from cnncalc.language.text.repair import suggestion
from cnncalc.later_patterns import pattern
from cnncalc.layers import LAYERS
from cnncalc.report.explanation.layer import explanation
from cnncalc.streams import terminal_width

_CODE = pattern(r"CNN\d{3}\Z", re.IGNORECASE)


def explain(
    topic: str,
    layer: str | None,
    settings: list[str],
    inputs: Sequence[str] = (),
    flops: bool = False,
    form: str = "text",
) -> int:
    """Print what is asked for; 1 where the spec has errors. Raises UsageError."""
    chosen = one_format(form, EXPLAIN)
    if flops:
        return counts_of(topic, layer, settings, inputs, chosen)
    if chosen != EXPLAIN[0] and layer is None:
        raise UsageError(f"--format {chosen.name} is of a layer, or of the counts of --flops")
    if layer is None and not _is_spec(topic):
        sys.stdout.write(page(topic))
        return SOUND
    graph = graph_of(topic, arguments(settings), shapes(inputs))
    if graph is None:
        return PROBLEMS
    summary = analyze(graph)
    if chosen != EXPLAIN[0] and layer is not None:
        show_all(one_format(form, EXPLAINED), (summary, [row_of(summary, layer)]))
    else:
        sys.stdout.write(of_layer(summary, layer) if layer is not None else of_spec(summary))
    return SOUND


def counts_of(
    topic: str, layer: str | None, settings: list[str], inputs: Sequence[str], form: Format
) -> int:
    """Print what every tool counts for a network. Raises UsageError."""
    if layer is not None or not _is_spec(topic):
        raise UsageError("--flops is of a network: `cnncalc explain SPEC --flops`")
    graph = graph_of(topic, arguments(settings), shapes(inputs))
    if graph is None:
        return PROBLEMS
    from cnncalc.analysis.conventions.compared import tally

    show_all(form, tally(graph))
    return SOUND


def explain_drawn(
    spec: str,
    layer: str | None,
    settings: list[str],
    inputs: Sequence[str],
    output: str,
    force: bool,
) -> int:
    """Print a layer's arithmetic, and draw its window. Raises UsageError."""
    from cnncalc.commands.draw import Asked, draw

    if layer is None:
        raise UsageError("--draw wants a layer, too: `cnncalc explain lenet5 C1 --draw FILE`")
    code = draw(spec, settings, Asked("window", layer=layer), None, output, force, inputs)
    return code or explain(spec, layer, settings, inputs)


def _is_spec(topic: str) -> bool:
    """Whether it is a spec, and no word: a word comes first, unless it is written as a path."""
    if "/" in topic or topic.endswith((".yaml", ".yml")) or topic == "-":
        return True
    from cnncalc.topics.every_topic import find

    return topic not in LAYERS and find(topic) is None and zoo.find(topic) is not None


def of_spec(summary: Summary) -> str:
    """What a spec says of itself."""
    from cnncalc.report.explanation.about import about

    return about(summary)


def page(topic: str) -> str:
    """The page of a kind, a code or a word. Raises UsageError."""
    from cnncalc.report.explanation.pages import code_page, codes_page, kind_page, kinds_page

    if topic in ("kinds", "codes"):
        return kinds_page() if topic == "kinds" else codes_page()
    if topic in LAYERS:
        return kind_page(LAYERS[topic])
    if _CODE.match(topic):
        return code_page(known_code(topic.upper()))
    return _word(topic)


def _word(topic: str) -> str:
    """The page of a word. Raises UsageError."""
    from cnncalc.report.explanation.topic_page import topic_page, topics_page
    from cnncalc.topics.every_topic import find, words

    if topic == "topics":
        return topics_page()
    if found := find(topic):
        return topic_page(found)
    hint = suggestion(topic, LAYERS, Diagnostics()) or did_you_mean(topic, words())
    hint = hint or "`cnncalc explain kinds` and `explain topics` list them, `explain SPEC` a spec"
    raise UsageError(f"there is no layer kind, word or code `{topic}`; {hint}")


def known_code(code: str) -> str:
    """The code, if there is such a one. Raises UsageError."""
    from cnncalc.checking.every_code import CODES

    if code not in CODES:
        raise UsageError(f"there is no diagnostic {code}; `cnncalc explain codes` lists them")
    return code


def of_layer(summary: Summary, path: str) -> str:
    """One layer explained; of a group, the table of its parts. Raises UsageError."""
    if path in summary.graph.groups:
        from cnncalc.report.table.columns import SHOWN
        from cnncalc.report.table.table import part_table
        from cnncalc.report.table.to_text import to_text

        return to_text(part_table(summary, SHOWN, path), width=terminal_width())
    return explanation(summary, row_of(summary, path), terminal_width())


def row_of(summary: Summary, path: str) -> Row:
    """The numbers of a layer. Raises UsageError where it is none."""
    for row in summary.rows:
        if row.node.path == path:
            return row
    if path in summary.graph.groups:
        raise UsageError(f"`{path}` is a group of layers: --format json wants one of them")
    known = chain((row.node.path for row in summary.rows), summary.graph.groups)
    hint = did_you_mean(path, known) or "`cnncalc analyze SPEC --depth all` shows their names"
    raise UsageError(f"`{summary.graph.path}` has no layer `{path}`; {hint}")
