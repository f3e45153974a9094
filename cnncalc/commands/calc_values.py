"""`cnncalc calc --values`: one layer, or several in a row, on given numbers."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from cnncalc.commands import PROBLEMS, SOUND
from cnncalc.commands.calc_options import (
    check_output,
    must_be_used,
    numbers_of,
    place_of,
    refused,
    shaped,
    weights_of,
    write,
)
from cnncalc.commands.graphs import report
from cnncalc.commands.options import UsageError
from cnncalc.diagnostics import Diagnostics
from cnncalc.language.single import read_layer
from cnncalc.layers.base import Layer, times
from cnncalc.network.graph import Graph
from cnncalc.report.worked.to_text import to_text
from cnncalc.streams import terminal_width
from cnncalc.worked.array import Array
from cnncalc.worked.given_weights import Weights
from cnncalc.worked.literals import ValuesError
from cnncalc.worked.work import work
from cnncalc.worked.working import Working


def calc_values(
    layer: str,
    shape: str | None,
    values: str | None,
    given: Mapping[str, str | None],
    at: str | None = None,
    training: bool = False,
    output: str | None = None,
    force: bool = False,
    want: str | None = None,
    matrix: bool = False,
) -> int:
    """Print what `layer` makes of `values`, and how one output comes about. Raises UsageError."""
    if matrix:
        raise UsageError("--matrix goes without --training and --want")
    if want is not None:
        raise UsageError("--want is of sizes, and goes without numbers")
    if values is None:
        raise UsageError('these options go with --values: "101 010 101", or a file')
    check_output(output, force)
    numbers = numbers_of("values", values)
    shape = times(numbers.shape) if shape is None else shape
    diagnostics = Diagnostics()
    graph = read_layer(layer, shape, diagnostics)
    report(diagnostics)
    if graph is None:
        return PROBLEMS
    _run(graph, shaped(numbers, graph), weights_of(given), training, at, output)
    return SOUND


def _run(
    graph: Graph,
    numbers: Array,
    given: dict[str, Array],
    training: bool,
    at: str | None,
    output: str | None,
) -> None:
    """Layer after layer; what is given is the first's that has such."""
    texts = []
    for seed, node in enumerate(graph.layers):
        assert node.layer is not None
        if len(node.inputs) > 1:
            raise UsageError(
                f"--values goes through layers in a row, and `{node.kind}` joins several"
            )
        own = {weight.name for weight in node.layer.weights(*node.shapes)}
        taken = {name: given.pop(name) for name in list(given) if name in own}
        working = _worked(node.kind, node.layer, numbers, Weights(taken, training, seed))
        numbers = working.outputs()
        place = place_of(at, working.output)
        texts.append(to_text(node.kind, working, place, numbers, terminal_width()))
    must_be_used(given)
    sys.stdout.write("\n".join(texts))
    if output:
        write(numbers, output)


def _worked(kind: str, layer: Layer, numbers: Array, weights: Weights) -> Working:
    try:
        return work(layer, numbers, weights)
    except ValuesError as error:
        raise refused(f"`{kind}`", error) from None
