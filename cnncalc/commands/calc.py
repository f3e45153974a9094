"""`cnncalc calc`: one layer, without a file."""

from __future__ import annotations

import sys

from cnncalc.analysis import analyze
from cnncalc.commands import PROBLEMS, SOUND
from cnncalc.commands.options import UsageError, report, report_misread
from cnncalc.diagnostics import Diagnostics
from cnncalc.language.single import read_layer
from cnncalc.report.explanation.layer import explanation
from cnncalc.streams import terminal_width


def calc(layer: str, shape: str | None) -> int:
    """Print the arithmetic of `layer` on an input of `shape`; 1 where it cannot read it. Raises
    UsageError."""
    if shape is None:
        raise UsageError("calc wants `--input 3x32x32`, what arrives, or `--values`, its numbers")
    diagnostics = Diagnostics()
    graph = read_layer(layer, shape, diagnostics)
    report(diagnostics)
    if graph is None:
        return PROBLEMS
    report_misread(graph)
    summary = analyze(graph)
    width = terminal_width()
    sys.stdout.write("\n".join(explanation(summary, row, width) for row in summary.rows))
    return SOUND
