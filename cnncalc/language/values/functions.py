"""The functions that expressions can call."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from cnncalc.language.values.values import (
    ExpressionError,
    UnknownLayerError,
    UnknownValueError,
    Value,
    Word,
    named,
    number,
)


def divisible(value: float, by: int = 8) -> int:
    """The multiple of `by` nearest to `value`, but not more than a tenth below it: how MobileNets
    round their channels (Sandler et al. 2018, the authors' code)."""
    if not isinstance(by, int) or by < 1:
        raise ValueError("`by` is a whole number of at least 1")
    rounded = max(by, int(value + by / 2) // by * by)
    return rounded + by if rounded < 0.9 * value else rounded


def _round(value: float, digits: int = 0) -> int | float:
    """To the nearest whole number, or to so many decimals; a half goes to the even neighbour."""
    if not isinstance(digits, int) or not 0 <= digits <= 15:
        raise ValueError("`round` keeps 0 to 15 decimals")
    return round(value, digits) if digits else round(value)


def _sqrt(value: float) -> float:
    if value < 0:
        raise ValueError("a negative number has no root")
    return math.sqrt(value)


def _axis_of(axis: int, what: str) -> Callable[[Any], int]:
    def size(word: Any) -> int:
        if isinstance(word, Word) and word.layer is None:
            raise UnknownLayerError(word)
        if not isinstance(word, Word) or word.layer is None:
            message = f"`{what}(...)` wants the name of a layer, got {named(word)}"
            raise ExpressionError("CNN504", message)
        shape = word.layer.shape
        if shape is None:
            raise UnknownValueError
        if axis < 0 and len(shape) <= -axis:
            sizes = "x".join(map(str, shape))
            raise ExpressionError("CNN504", f"`{word}` is {sizes}, it has no {what}")
        return shape[axis]

    return size


def _range(*bounds: int) -> tuple[int, ...]:
    """Whole numbers from 0 or `start`, up to what is just not among them."""
    if not all(isinstance(bound, int) for bound in bounds):
        raise ValueError("`range` counts in whole numbers")
    if bounds[2:] == (0,):
        raise ValueError("a `range` has no step of 0")
    counted = range(*bounds)
    if len(counted) > MOST:
        raise ValueError(f"a `range` of more than {MOST:,} numbers")
    return tuple(counted)


def _length(values: Any) -> int:
    if not isinstance(values, tuple):
        raise ExpressionError("CNN504", f"`len` counts what is in a list, got {named(values)}")
    return len(values)


def _sum(*values: float) -> float:
    return sum(values)


def _runs(word: Any) -> tuple[Word, ...]:
    """What each run of a repeated item gives, as `NAME` alone is what its last one does."""
    if not isinstance(word, Word):
        message = f"`all(...)` wants the name of an item that repeats, got {named(word)}"
        raise ExpressionError("CNN504", message)
    if word.layer is None:
        raise UnknownLayerError(word)
    return tuple([Word.at(word, word.span, run, word.names) for run in word.layer.runs])


MOST = 10_000
"""Numbers in a `range`."""

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "min": min,
    "max": max,
    "sum": _sum,
    "len": _length,
    "range": _range,
    "round": _round,
    "ceil": math.ceil,
    "floor": math.floor,
    "sqrt": _sqrt,
    "int": int,
    "divisible": divisible,
    "channels": _axis_of(0, "channels"),
    "height": _axis_of(-2, "height"),
    "width": _axis_of(-1, "width"),
    "all": _runs,
}
_OF_ANYTHING = ("channels", "height", "width", "all", "len")
_OF_LISTS = ("min", "max", "sum")
OPTIONS = {"divisible": "by"}


def call(name: str, given: list[Value], options: dict[str | None, Value]) -> Any:
    """What a function makes of its arguments. Raises ExpressionError."""
    if name in _OF_LISTS and len(given) == 1 and isinstance(given[0], tuple):
        given = list(given[0])
    if name not in _OF_ANYTHING:
        given = [number(value, name) for value in given]
    numbers: dict[str, int | float] = {}
    for option, value in options.items():
        if option is None or option != OPTIONS.get(name):
            raise ExpressionError("CNN504", f"`{name}` has no option `{option or '**'}`")
        numbers[option] = number(value, name)
    try:
        return FUNCTIONS[name](*given, **numbers)
    except TypeError:
        arguments = f"{len(given)} argument{'' if len(given) == 1 else 's'}"
        raise ExpressionError("CNN504", f"`{name}` does not take {arguments}") from None
