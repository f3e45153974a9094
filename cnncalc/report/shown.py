"""Values in, whatever they are of; what `print`, a notebook or a program gets of each out.

`cnncalc/display.py` leads here. Most are what a command prints, so each renderer is loaded when a
value needs it.
"""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from cnncalc.analysis import Row, Summary, analyze
from cnncalc.analysis.memory_use import Use
from cnncalc.diagnostics import Diagnostic
from cnncalc.evaluation import Evaluation, Prediction
from cnncalc.language.load import SpecError
from cnncalc.layers.base import times
from cnncalc.network.graph import Graph, Node
from cnncalc.numbers import exact, rounded
from cnncalc.report.comparison.comparison import Comparison
from cnncalc.text import line
from cnncalc.trained import Trained, TrainedPair
from cnncalc.verification import Verification

FIRST = 5
"""Faults that an error shows; of more, only the number is told."""


# -- text -----------------------------------------------------------------------------------


@singledispatch
def text(value: object) -> str:
    """What `print` shows, without a line feed at its end."""
    raise TypeError(f"nothing shows a {type(value).__name__}")


@text.register(Summary)
def _(summary: Summary) -> str:
    from cnncalc.report.table.columns import SHOWN
    from cnncalc.report.table.outline import fitting_depth
    from cnncalc.report.table.table import table
    from cnncalc.report.table.to_text import to_text

    return to_text(table(summary, SHOWN, fitting_depth(summary))).removesuffix("\n")


@text.register(Use)
def _(use: Use) -> str:
    from cnncalc.report.memory.to_text import to_text

    return to_text(use).removesuffix("\n")


@text.register(Graph)
def _(graph: Graph) -> str:
    from cnncalc.report.table.to_outline import graph_text

    return graph_text(analyze(graph))


@text.register(Node)
def _(node: Node) -> str:
    reads = f"{' + '.join(map(times, node.shapes))} -> " if node.inputs else ""
    return line(f"{node.path}   {node.kind}   {reads}{times(node.shape)}")


@text.register(Row)
def _(row: Row) -> str:
    from cnncalc.report.table.columns import field_of

    several = f" and {row.layers - 1:,} more" if row.layers > 1 else ""
    field = field_of(row)
    cells = [
        row.node.path + several,
        row.node.kind,
        times(row.node.shape),
        _several(exact(row.params.total), "param"),
        _several(rounded(row.ops.macs), "MAC"),
        *([f"field {field}"] if field else []),
    ]
    return line("   ".join(cells))


def _several(number: str, word: str) -> str:
    return f"{number} {word}{'' if number == '1' else 's'}"


@text.register(Comparison)
def _(comparison: Comparison) -> str:
    from cnncalc.report.comparison.to_text import to_text

    return to_text([comparison]).removesuffix("\n")


@text.register(Evaluation)
def _(found: Evaluation) -> str:
    from cnncalc.report.evaluation.to_text import to_text

    return to_text(found).removesuffix("\n")


@text.register(Prediction)
def _(prediction: Prediction) -> str:
    from cnncalc.report.prediction.to_text import one_line

    return one_line(prediction)


@text.register(Trained)
@text.register(TrainedPair)
def _(trained: Trained | TrainedPair) -> str:
    return "\n".join(map(line, trained.lines))


@text.register(Verification)
def _(verification: Verification) -> str:
    from cnncalc.report.verification.to_text import to_text

    return to_text(verification).removesuffix("\n")


@text.register(Diagnostic)
def _(diagnostic: Diagnostic) -> str:
    from cnncalc.report.findings.to_concise import concise

    return concise(diagnostic)


@text.register(SpecError)
def _(error: SpecError) -> str:
    from cnncalc.report.findings.to_text import render

    return render(error.diagnostics, FIRST)


# -- html -----------------------------------------------------------------------------------


@singledispatch
def html(value: object) -> str:
    """What a notebook shows."""
    raise TypeError(f"no page shows a {type(value).__name__}")


@html.register(Summary)
def _(summary: Summary) -> str:
    """The table, and the graph with its parts shut."""
    from cnncalc.report.picture.graph_style import graph_style
    from cnncalc.report.picture.image_tag import image_tag
    from cnncalc.report.picture.wish import Wish
    from cnncalc.report.table.columns import SHOWN
    from cnncalc.report.table.outline import fitting_depth
    from cnncalc.report.table.table import table
    from cnncalc.report.table.to_html import to_html

    image = image_tag(graph_style(summary, Wish(depth=1)))
    return f"{to_html(table(summary, SHOWN, fitting_depth(summary)))}<div>{image}</div>\n"


# -- pictures -------------------------------------------------------------------------------


def svg(graph: Graph) -> str:
    """What a notebook draws of a network: the graph that `cnncalc draw` draws."""
    from cnncalc.report.picture.graph_style import graph_style
    from cnncalc.report.picture.to_svg import to_svg

    return to_svg(graph_style(analyze(graph)))


# -- documents ------------------------------------------------------------------------------


@singledispatch
def document(value: object) -> dict[str, Any]:
    """The JSON document of a value."""
    raise TypeError(f"no document says what a {type(value).__name__} is")


@document.register(Summary)
def _(summary: Summary) -> dict[str, Any]:
    from cnncalc.report.table.outline import outline
    from cnncalc.report.table.to_json import document

    return document(summary, outline(summary, None))


@document.register(Use)
def _(use: Use) -> dict[str, Any]:
    from cnncalc.report.memory.to_json import document

    return document(use)


@document.register(Comparison)
def _(comparison: Comparison) -> dict[str, Any]:
    from cnncalc.report.comparison.to_json import document

    return document([comparison])


@document.register(Verification)
def _(verification: Verification) -> dict[str, Any]:
    from cnncalc.report.verification.to_json import document

    return document(verification)
