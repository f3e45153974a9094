"""Inputs whose axes seem to stand in another order."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.analysis.lint.rule import rule
from cnncalc.analysis.lint.subject import Advice, Subject
from cnncalc.diagnostics import Diagnostic
from cnncalc.layers.base import times
from cnncalc.network.axis_order import misread
from cnncalc.network.graph import Graph


@rule(
    "CNN923",
    "warning",
    "an input that seems to have its axes in another order",
    """A shape has its channels first, and no batch axis: what follows them are the sizes of a
    signal, a map or a volume. Four sizes with 1 or 3 in the second place look like a batch of
    images (16x3x224x224), 1, 3 or 4 behind two larger sizes like an image with its channels last
    (224x224x3), two equal sizes under a kernel like a map without its channel (7x7). They are read
    as they are written, and the numbers are those of another network. Where it is meant so, a
    comment says it: `# cnncalc: ignore[CNN923]`.""",
    """
input: 32x32x3
layers:
  - conv: {filters: 10, kernel: 3, padding: 1}
""",
    """
input: 3x32x32
layers:
  - conv: {filters: 10, kernel: 3, padding: 1}
""",
)
def misread_inputs(subject: Subject) -> Iterator[Advice]:
    """Inputs with a batch in front, channels last, or without channels."""
    yield from advice_on_inputs(subject.graph)


def advice_on_inputs(graph: Graph) -> Iterator[Advice]:
    """The same, of a graph that nothing else is asked of."""
    for node, says, instead in misread(graph):
        yield Advice(node.span, f"the input {times(node.shape)} {says}", instead)


def input_diagnostics(graph: Graph) -> Iterator[Diagnostic]:
    """The same, for commands that give no other advice."""
    for span, message, hint, notes in advice_on_inputs(graph):
        yield Diagnostic(misread_inputs.code, span, message, hint, notes, misread_inputs.severity)
