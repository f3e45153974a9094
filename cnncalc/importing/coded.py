"""Which number of a weight stands where in what a model makes of it by moving alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy

from cnncalc.importing.program_values import Computed, Held

if TYPE_CHECKING:
    from numpy.typing import NDArray

VIEWED = ("view", "reshape", "_unsafe_view", "unsqueeze", "squeeze", "flatten", "unflatten")
SAME = ("contiguous", "clone", "detach", "alias", "to", "_to_copy", "type_as")


def learned_in(value: Any) -> Held | None:
    """The one parameter that a tensor is made of; None where there are several, or none."""
    found = {each.tensor.name: each for each in _held(value) if each.trained}
    return next(iter(found.values())) if len(found) == 1 else None


def _held(value: Any) -> Iterator[Held]:
    if isinstance(value, Held):
        yield value
    elif isinstance(value, Computed):
        for each in value.arguments.values():
            yield from _held(each)
    elif isinstance(value, tuple):
        for each in value:
            yield from _held(each)


def coded(value: Any, table: Held) -> NDArray[Any] | None:
    """For each number of a tensor, the place in the parameter of the one that it is, as this lies;
    None where some are computed."""
    if isinstance(value, Held):
        return _codes(value, table)
    if not isinstance(value, Computed):
        return None
    given = value.arguments
    source = coded(given.get("self", given.get("input")), table)
    if source is None:
        return None
    if value.operator in VIEWED:
        return source.reshape(value.sizes)
    if value.operator in SAME:
        return source
    if value.operator == "expand":
        return numpy.broadcast_to(source, value.sizes)
    return _moved(value.operator, source, given)


def _codes(value: Held, table: Held) -> NDArray[Any] | None:
    if value.tensor.name != table.tensor.name or value.part():
        return None
    count = int(numpy.prod(value.tensor.sizes))
    numbers = numpy.arange(count).reshape(value.tensor.sizes)
    return value._replace(tensor=value.tensor._replace(values=lambda: numbers)).array()


def _moved(operator: str, source: NDArray[Any], given: Mapping[str, Any]) -> NDArray[Any] | None:
    if operator == "permute":
        return source.transpose(given["dims"])
    if operator == "transpose":
        return source.swapaxes(given["dim0"], given["dim1"])
    if operator == "index":
        return _indexed(source, given["indices"])
    if operator == "index_select":
        places = _array(given["index"])
        return None if places is None else source.take(places, given["dim"])
    return None


def _indexed(source: NDArray[Any], indices: Any) -> NDArray[Any] | None:
    arrays = [slice(None) if each is None else _array(each) for each in indices]
    if any(each is None for each in arrays):
        return None
    found: NDArray[Any] = source[tuple(arrays)]
    return found


def _array(value: Any) -> NDArray[Any] | None:
    return value.array() if isinstance(value, Held) and not value.trained else None
