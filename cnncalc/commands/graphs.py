"""The graph of what a command is called with, and what is wrong with it, printed."""

from __future__ import annotations

import os
import sys

from cnncalc.diagnostics import Diagnostics
from cnncalc.language.load import read
from cnncalc.network.axis_order import misread
from cnncalc.network.graph import Graph, nothing_unused


def graph_of(
    spec: str, settings: dict[str, str], inputs: dict[str, str] | None = None
) -> Graph | None:
    """The graph of a spec, or of a model, whose code is run then; None where it has errors, which
    are printed. What the spec defines and never uses only `check` asks for. Raises UsageError."""
    if is_model(spec):
        from cnncalc.commands.model_for_spec import graph_of_model  # few ask, and it takes torch

        return graph_of_model(spec, settings, inputs or {})
    diagnostics = Diagnostics()
    graph = read(spec, diagnostics, settings, inputs)
    report(diagnostics)
    return graph._replace(unused=nothing_unused) if graph else None  # the tree goes


def is_model(name: str) -> bool:
    """Whether what stands for a spec is a model's name: `package.module:callable`,
    `file.py:Class`, a `.pt2` or an `.onnx` file, a file of darknet, Caffe or Keras."""
    if name.endswith((".pt2", ".onnx", ".cfg", ".prototxt")):
        return True
    if name.endswith(".json"):
        return _is_of_keras(name)
    where, colon, attribute = name.rpartition(":")
    if not colon or os.path.exists(name):
        return False
    words = attribute if where.endswith(".py") else f"{where}.{attribute}"
    return all(word.isidentifier() for word in words.split("."))


def _is_of_keras(name: str) -> bool:
    """Whether a JSON file says so: a spec may be one, too."""
    from cnncalc.importing.formats.telling import is_of  # few are

    return is_of(name, "Keras")


def report(diagnostics: Diagnostics) -> None:
    """Print what is wrong to standard error."""
    if len(diagnostics):
        from cnncalc.report.findings.to_text import render  # only where something is wrong

        print(render(diagnostics), file=sys.stderr)  # noqa: T201


def report_misread(graph: Graph) -> None:
    """Print which inputs seem to have their axes in another order, but for those that a comment
    says are meant so."""
    if not any(misread(graph)):
        return
    from cnncalc.analysis.lint.misread_inputs import input_diagnostics  # few inputs are
    from cnncalc.checking.ignores import ignores

    diagnostics = Diagnostics()
    for found in input_diagnostics(graph):
        if not ignores(found):
            diagnostics.add(found)
    report(diagnostics)
