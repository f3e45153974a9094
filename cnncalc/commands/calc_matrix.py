"""`cnncalc calc --matrix`: one layer as one matrix."""

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
from cnncalc.layers.base import times
from cnncalc.network.graph import Graph
from cnncalc.report.worked.one_matrix import one_matrix
from cnncalc.streams import terminal_width
from cnncalc.worked.array import Array
from cnncalc.worked.as_matrix import as_matrix
from cnncalc.worked.given_weights import Weights
from cnncalc.worked.literals import ValuesError
from cnncalc.worked.work import work


def calc_matrix(
    layer: str,
    shape: str | None,
    values: str | None,
    given: Mapping[str, str | None],
    at: str | None = None,
    output: str | None = None,
    force: bool = False,
) -> int:
    """Print the matrix that `layer` multiplies what arrives with, and beside it `values` and what
    comes of them. Raises UsageError."""
    check_output(output, force)
    numbers = numbers_of("values", values) if values else None
    if shape is None and numbers is None:
        raise UsageError("--matrix wants `--input 1x4x4`, what arrives, or `--values`, its numbers")
    diagnostics = Diagnostics()
    graph = read_layer(layer, shape or times(numbers.shape if numbers else ()), diagnostics)
    report(diagnostics)
    if graph is None:
        return PROBLEMS
    _show(graph, shaped(numbers, graph) if numbers else None, weights_of(given), at, output)
    return SOUND


def _show(
    graph: Graph, numbers: Array | None, given: dict[str, Array], at: str | None, output: str | None
) -> None:
    if len(graph.layers) != 1:
        raise UsageError("--matrix wants one layer")
    (node,) = graph.layers
    layer, shape = node.layer, node.shapes[0]
    assert layer is not None
    own = {weight.name for weight in layer.weights(shape)}
    must_be_used({name: given[name] for name in given if name not in own})
    weights = Weights(given)
    try:
        matrix = as_matrix(layer, shape, weights)
        made = work(layer, numbers, weights).outputs() if numbers else None
    except ValuesError as error:
        raise refused(f"`{node.kind}`", error) from None
    place = place_of(at, node.shape)
    sys.stdout.write(one_matrix(node, matrix, place, numbers, made, terminal_width()))
    if output:
        write(matrix, output)
