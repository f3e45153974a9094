"""`cnncalc calc`: one layer, without a file."""

from __future__ import annotations

import re
import sys

from cnncalc.analysis import analyze
from cnncalc.commands import PROBLEMS, SOUND
from cnncalc.commands.formats import EXPLAINED, show_all
from cnncalc.commands.graphs import report, report_misread
from cnncalc.commands.options import UsageError, one_format
from cnncalc.diagnostics import Diagnostics
from cnncalc.language.single import read_layer
from cnncalc.network.graph import Graph


def calc(
    layer: str, shape: str | None, want: str | None = None, form: str = EXPLAINED[0].name
) -> int:
    """Print the arithmetic of `layer` on an input of `shape`, or what makes its output of the sizes
    that are wanted; 1 where it cannot read it, or nothing does. Raises UsageError."""
    chosen = one_format(form, EXPLAINED)
    if want is not None and chosen != EXPLAINED[0]:
        raise UsageError(f"--format {form} is of a layer: --want goes without")
    if shape is None:
        raise UsageError("calc wants `--input 3x32x32`, what arrives, or `--values`, its numbers")
    diagnostics = Diagnostics()
    graph = read_layer(layer, shape, diagnostics)
    report(diagnostics)
    if graph is None:
        return PROBLEMS
    report_misread(graph)
    if want is not None:
        return _wanted(graph, want)
    summary = analyze(graph)
    show_all(chosen, (summary, summary.rows))
    return SOUND


def _wanted(graph: Graph, want: str) -> int:
    from cnncalc.report.worked.wanted_sizes import wanted
    from cnncalc.worked.literals import ValuesError
    from cnncalc.worked.wanted import ways

    if not re.fullmatch(r"[1-9]\d{0,5}(x[1-9]\d{0,5}){0,2}", want):
        raise UsageError(f"--want wants sizes, like `16x16`, got `{want}`")
    if len(graph.layers) != 1:
        raise UsageError("--want wants one layer")
    (node,) = graph.layers
    sizes = tuple(map(int, want.split("x")))
    assert node.layer is not None
    try:
        found = ways(node.layer, node.shapes[0], sizes)
    except ValuesError as error:
        raise UsageError(f"--want: {error.fact}") from None
    sys.stdout.write(wanted(node.layer, node.shapes[0], sizes, found))
    return SOUND if found else PROBLEMS
