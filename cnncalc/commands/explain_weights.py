"""`cnncalc explain --weights`: a layer with the weights that a file has for it, and its filters as
a picture."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from cnncalc.analysis import analyze
from cnncalc.commands import PROBLEMS, SOUND
from cnncalc.commands.calc_options import check_output, write
from cnncalc.commands.explain import of_layer
from cnncalc.commands.graphs import graph_of
from cnncalc.commands.options import UsageError, arguments, need_torch, shapes
from cnncalc.report.explanation.found_weights import found_weights
from cnncalc.worked.array import Array
from cnncalc.worked.array_files import FORMATS


def explain_weights(
    spec: str,
    layer: str | None,
    settings: list[str],
    inputs: Sequence[str],
    weights: str | None,
    output: str | None,
    force: bool,
) -> int:
    """Print the layer's arithmetic and what the file has for it; 1 where the spec has errors.
    Raises UsageError."""
    if weights is None:
        raise UsageError("--output draws filters: it wants --weights, a file that has them")
    if layer is None:
        raise UsageError("--weights wants a layer, too: `cnncalc explain lenet5 C1 --weights FILE`")
    if not os.path.isfile(weights):
        raise UsageError(f"there is no file of weights `{weights}`")
    need_torch("--weights")
    check_output(output, force)
    if output and Path(output).suffix.lower() not in FORMATS:
        raise UsageError(f"--output draws a picture, {', '.join(FORMATS)}, got `{output}`")
    graph = graph_of(spec, arguments(settings), shapes(inputs))
    if graph is None:
        return PROBLEMS
    text = of_layer(analyze(graph), layer)
    node = next((node for node in graph.layers if node.path == layer), None)
    if node is None:
        raise UsageError(f"`{layer}` is a group: --weights wants a layer of it")
    from cnncalc.runtime.converted_weights import WeightsError
    from cnncalc.runtime.filter_picture import filter_picture, layer_weight
    from cnncalc.runtime.reading import ReadError
    from cnncalc.runtime.weights.weight_files import tensors_in

    try:
        weight = layer_weight(graph, node, tensors_in(Path(weights)))
        picture = filter_picture(node, weight) if output else None
    except ReadError as error:
        raise UsageError(f"`{weights}` {error}") from None
    except WeightsError as error:
        raise UsageError(f"`{weights}`: {error}") from None
    found = Array(tuple(weight.shape), weight.flatten().tolist())
    sys.stdout.write(text + found_weights(found, weights))
    if output and picture is not None:
        write(Array(tuple(picture.shape), picture.flatten().tolist()), output)
    return SOUND
