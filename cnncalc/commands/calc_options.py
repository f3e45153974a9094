"""The numbers that the options of `cnncalc calc` bring, and where those go that come of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import prod
from pathlib import Path

from cnncalc.commands.options import UsageError
from cnncalc.commands.output import check_free, whole
from cnncalc.layers.base import Shape, times
from cnncalc.network.graph import Graph
from cnncalc.worked.array import Array
from cnncalc.worked.array_files import can_write, read_values, write_values
from cnncalc.worked.literals import ValuesError, is_literal, literal
from cnncalc.worked.named_filters import FILTERS
from cnncalc.worked.working import Place

PARAMETERS = {"kernel": "weight", "bias": "bias", "mean": "running_mean", "variance": "running_var"}
"""The options, and what the layers call it."""


def numbers_of(option: str, text: str) -> Array:
    """An option's numbers: of a literal, a filter's name, a file. Raises UsageError."""
    try:
        if is_literal(text):
            return literal(text)
        if option == "kernel" and text in FILTERS:
            return FILTERS[text]
        return read_values(text)
    except ValuesError as error:
        names = f"; or one of {', '.join(FILTERS)}" if option == "kernel" else ""
        raise refused(f"--{option}", error, names) from None
    except ModuleNotFoundError as error:
        raise _missing(f"--{option}", error) from None


def shaped(numbers: Array, graph: Graph) -> Array:
    """The numbers in the shape of the input. Raises UsageError."""
    (node,) = graph.inputs.values()
    if len(numbers.numbers) != prod(node.shape):
        shapes = times(numbers.shape), times(node.shape)
        raise UsageError(f"--values has {shapes[0]} numbers, --input wants {shapes[1]}")
    return Array(node.shape, numbers.numbers)


def place_of(at: str | None, shape: Shape) -> Place:
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


def write(numbers: Array, output: str) -> None:
    try:
        with whole(output) as path:
            write_values(numbers, path, Path(output).suffix.lower())
    except ValuesError as error:
        raise refused("--output", error) from None
    except ModuleNotFoundError as error:
        raise _missing("--output", error) from None


def refused(what: str, error: ValuesError, more: str = "") -> UsageError:
    hint = f": {error.hint}" if error.hint else ""
    return UsageError(f"{what}: {error.fact}{hint}{more}")


def _missing(what: str, error: ModuleNotFoundError) -> UsageError:
    name = error.name or "a package"
    return UsageError(f"{what} needs {name}: pip install 'cnncalc[pictures]'")


def weights_of(given: Mapping[str, str | None]) -> dict[str, Array]:
    """What the options give, by the name that layers have for it. Raises UsageError."""
    return {PARAMETERS[name]: numbers_of(name, text) for name, text in given.items() if text}


def must_be_used(given: Mapping[str, Array]) -> None:
    """Raises UsageError where something is left that no layer took."""
    if given:
        name = next(option for option, own in PARAMETERS.items() if own in given)
        raise UsageError(f"--{name}: no layer here has one")


def check_output(output: str | None, force: bool) -> None:
    """Raises UsageError where the file is there, or no form of file has that ending."""
    check_free(output, force)
    if output and not can_write(Path(output).suffix.lower()):
        raise UsageError(f"--output writes .csv, .npy or a picture, got `{output}`")
