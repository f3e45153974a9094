"""Reads and analyses one spec: prints `graph` and its layers, or the codes of what is wrong."""

from __future__ import annotations

import sys

from cnncalc.analysis import analyze
from cnncalc.diagnostics import Diagnostics
from cnncalc.language.load import read
from cnncalc.report.findings.to_text import render


def outcome(path: str) -> str:
    """What comes of the spec at `path`."""
    diagnostics = Diagnostics()
    graph = read(path, diagnostics)
    if graph:
        analyze(graph)
        return f"graph {len(graph.layers)}"
    render(diagnostics)
    return " ".join(sorted({diagnostic.code for diagnostic in diagnostics}))


if __name__ == "__main__":
    sys.stdout.write(outcome(sys.argv[1]))
