"""`cnncalc calc --values`: one layer, or several in a row, on given numbers."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from math import prod
from pathlib import Path

from cnncalc.commands import PROBLEMS, SOUND
from cnncalc.commands.options import UsageError, report
from cnncalc.commands.output import check_free, whole
from cnncalc.diagnostics import Diagnostics
from cnncalc.language.single import read_layer
from cnncalc.layers.base import Layer, Shape, times
from cnncalc.network.graph import Graph
from cnncalc.report.worked.to_text import to_text
from cnncalc.streams import terminal_width
from cnncalc.worked.array import Array
from cnncalc.worked.array_files import can_write, read_values, write_values
from cnncalc.worked.given_weights import Weights
from cnncalc.worked.literals import ValuesError, is_literal, literal
from cnncalc.worked.named_filters import FILTERS
from cnncalc.worked.work import work
from cnncalc.worked.working import Place, Working

PARAMETERS = {"kernel": "weight", "bias": "bias", "mean": "running_mean", "variance": "running_var"}
"""The options, and what the layers call it."""


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
) -> int:
    """Print what `layer` makes of `values`, and how one output comes about. Raises UsageError."""
    if want is not None:
        raise UsageError("--want is of sizes, and goes without numbers")
    if values is None:
        raise UsageError('these options go with --values: "101 010 101", or a file')
    check_free(output, force)
    if output and not can_write(Path(output).suffix.lower()):
        raise UsageError(f"--output writes .csv, .npy or a picture, got `{output}`")
    numbers = _numbers("values", values)
    shape = times(numbers.shape) if shape is None else shape
    diagnostics = Diagnostics()
    graph = read_layer(layer, shape, diagnostics)
    report(diagnostics)
    if graph is None:
        return PROBLEMS
    weights = {PARAMETERS[name]: _numbers(name, text) for name, text in given.items() if text}
    _run(graph, _shaped(numbers, graph), weights, training, at, output)
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
        place = _place(at, working.output)
        texts.append(to_text(node.kind, working, place, numbers, terminal_width()))
    if given:
        name = next(option for option, own in PARAMETERS.items() if own in given)
        raise UsageError(f"--{name}: no layer here has one")
    sys.stdout.write("\n".join(texts))
    if output:
        _write(numbers, output)


def _worked(kind: str, layer: Layer, numbers: Array, weights: Weights) -> Working:
    try:
        return work(layer, numbers, weights)
    except ValuesError as error:
        raise _refused(f"`{kind}`", error) from None


def _write(numbers: Array, output: str) -> None:
    try:
        with whole(output) as path:
            write_values(numbers, path, Path(output).suffix.lower())
    except ValuesError as error:
        raise _refused("--output", error) from None
    except ModuleNotFoundError as error:
        raise _missing("--output", error) from None


def _numbers(option: str, text: str) -> Array:
    """An option's numbers: of a literal, a filter's name, a file. Raises UsageError."""
    try:
        if is_literal(text):
            return literal(text)
        if option == "kernel" and text in FILTERS:
            return FILTERS[text]
        return read_values(text)
    except ValuesError as error:
        names = f"; or one of {', '.join(FILTERS)}" if option == "kernel" else ""
        raise _refused(f"--{option}", error, names) from None
    except ModuleNotFoundError as error:
        raise _missing(f"--{option}", error) from None


def _refused(what: str, error: ValuesError, more: str = "") -> UsageError:
    hint = f": {error.hint}" if error.hint else ""
    return UsageError(f"{what}: {error.fact}{hint}{more}")


def _missing(what: str, error: ModuleNotFoundError) -> UsageError:
    name = error.name or "a package"
    return UsageError(f"{what} needs {name}: pip install 'cnncalc[pictures]'")


def _shaped(numbers: Array, graph: Graph) -> Array:
    """The numbers in the shape of the input. Raises UsageError."""
    (node,) = graph.inputs.values()
    if len(numbers.numbers) != prod(node.shape):
        shapes = times(numbers.shape), times(node.shape)
        raise UsageError(f"--values has {shapes[0]} numbers, --input wants {shapes[1]}")
    return Array(node.shape, numbers.numbers)


def _place(at: str | None, shape: Shape) -> Place:
    """`1,0`: a row and a column of the first channel; with one more in front, of that channel.
    Raises UsageError."""
    if at is None:
        return (0,) * len(shape)
    if not re.fullmatch(r"\d{1,9}( *, *\d{1,9})*", at):
        raise UsageError(f"--at wants an output, like `1,0`, got `{at}`")
    place = tuple(map(int, at.split(",")))
    place = (0, *place) if len(place) == len(shape) - 1 else place
    if len(place) != len(shape) or any(i >= size for i, size in zip(place, shape, strict=True)):
        last = ",".join(str(size - 1) for size in shape)
        raise UsageError(f"--at wants one of the outputs, {times(shape)}: up to `{last}`")
    return place
