"""`cnncalc explain`: a layer's arithmetic, a kind's page, a code's page."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from itertools import chain

from cnncalc import zoo
from cnncalc.analysis import Summary, analyze
from cnncalc.commands import PROBLEMS, SOUND
from cnncalc.commands.options import UsageError, arguments, graph_of, shapes
from cnncalc.diagnostics import Diagnostics, did_you_mean
from cnncalc.language.text.repair import suggestion
from cnncalc.layers import LAYERS
from cnncalc.report.explanation.layer import explanation
from cnncalc.streams import terminal_width

_CODE = re.compile(r"CNN\d{3}\Z", re.IGNORECASE)


def explain(topic: str, layer: str | None, settings: list[str], inputs: Sequence[str] = ()) -> int:
    """Print what is asked for; 1 where the spec has errors. Raises UsageError."""
    if layer is None:
        sys.stdout.write(page(topic))
        return SOUND
    graph = graph_of(topic, arguments(settings), shapes(inputs))
    if graph is None:
        return PROBLEMS
    sys.stdout.write(of_layer(analyze(graph), layer))
    return SOUND


def page(topic: str) -> str:
    """The page of a kind or a code. Raises UsageError."""
    from cnncalc.report.explanation.pages import code_page, codes_page, kind_page, kinds_page

    if topic in ("kinds", "codes"):
        return kinds_page() if topic == "kinds" else codes_page()
    if topic in LAYERS:
        return kind_page(LAYERS[topic])
    if _CODE.match(topic):
        return code_page(known_code(topic.upper()))
    if "." in topic or "/" in topic or topic == "-" or zoo.find(topic):
        raise UsageError(f"name a layer of the spec: `cnncalc explain {topic} LAYER`")
    hint = suggestion(topic, LAYERS, Diagnostics())
    hint = hint or "`cnncalc explain kinds` lists them, `cnncalc explain SPEC LAYER` opens a spec"
    raise UsageError(f"there is no layer kind `{topic}`; {hint}")


def known_code(code: str) -> str:
    """The code, if there is such a one. Raises UsageError."""
    from cnncalc.checking.every_code import CODES

    if code not in CODES:
        raise UsageError(f"there is no diagnostic {code}; `cnncalc explain codes` lists them")
    return code


def of_layer(summary: Summary, path: str) -> str:
    """One layer explained; of a group, the table of its parts. Raises UsageError."""
    for row in summary.rows:
        if row.node.path == path:
            return explanation(summary, row, terminal_width())
    if path in summary.graph.groups:
        from cnncalc.report.table.columns import SHOWN
        from cnncalc.report.table.table import part_table
        from cnncalc.report.table.to_text import to_text

        return to_text(part_table(summary, SHOWN, path), width=terminal_width())
    known = chain((row.node.path for row in summary.rows), summary.graph.groups)
    hint = did_you_mean(path, known) or "`cnncalc analyze SPEC --depth all` shows their names"
    raise UsageError(f"`{summary.graph.path}` has no layer `{path}`; {hint}")
