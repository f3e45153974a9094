"""Numbers as slides and people write them, to arrays."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cnncalc.later_patterns import pattern
from cnncalc.layers.base import Shape
from cnncalc.layers.fields import counted
from cnncalc.worked.array import Array

Nested = float | Sequence["Nested"]

LONGEST = 2**20
"""Characters of a literal."""

_LITERAL = pattern(r"[\s\d.,;/|+\-eE\[\]]+")
_NUMBER = pattern(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
_TOKEN = pattern(r"[\[\]]|[^\s,\[\]]+")
_BETWEEN_CHANNELS = pattern(r"\||\n[ \t\r]*\n")
_DEEPEST = 4


class ValuesError(Exception):
    """Numbers that cannot be read, or do not fit: what is so, and what to type."""

    def __init__(self, fact: str, hint: str = "") -> None:
        super().__init__(fact)
        self.fact = fact
        self.hint = hint


def is_literal(text: str) -> bool:
    """Whether a text is numbers, and no name of a file."""
    is_path = text.lstrip(".").startswith("/")
    return not is_path and bool(_LITERAL.fullmatch(text)) and any(map(str.isdigit, text))


def literal(text: str) -> Array:
    """Numbers: in brackets, as Python writes them; `1 0 1; 0 1 0`, rows by `;`, `/` or line;
    `101 010 101`, rows of digits; `56 231 24 2`, a vector. Between channels stands `|` or an empty
    line.

    Rows alone are a map of one channel. Raises ValuesError.
    """
    if len(text) > LONGEST:
        raise ValuesError(f"more than {LONGEST:,} characters", "write them into a file")
    if "[" in text:
        return _from_nested(_bracketed(text))
    channels = [_rows(part) for part in _BETWEEN_CHANNELS.split(text.strip())]
    if len(channels) == 1 and len(channels[0]) == 1:
        row = channels[0][0]
        return Array((len(row),), row)
    return _from_nested(channels)


def _rows(text: str) -> list[list[float]]:
    rows = [row for row in re.split(r"[;/\n]", text) if row.strip()]
    if len(rows) == 1:
        tokens = rows[0].split()
        length = len(tokens[0]) if tokens else 0
        if length > 1 and len(tokens) > 1 and all(_is_digits(t, length) for t in tokens):
            return [[float(digit) for digit in token] for token in tokens]
    return [[_number(token) for token in re.split(r"[\s,]+", row.strip(" \t\r,"))] for row in rows]


def _is_digits(token: str, length: int) -> bool:
    return token.isdigit() and token.isascii() and len(token) == length


def _number(token: str) -> float:
    if not _NUMBER.fullmatch(token):
        raise ValuesError(f"`{token}` is no number", "`1 0 1; 0 1 0`, or `[[1, 0, 1], [0, 1, 0]]`")
    value = float(token)
    if value in (float("inf"), float("-inf")):
        raise ValuesError(f"`{token}` is too large")
    return value


def _bracketed(text: str) -> Nested:
    """Nested lists; brackets are counted, and nothing is evaluated."""
    stack: list[list[Nested]] = [[]]
    for token in _TOKEN.findall(text):
        if token == "[":
            if len(stack) > _DEEPEST:
                raise ValuesError(f"more than {_DEEPEST} brackets within each other")
            stack.append([])
        elif token == "]":
            if len(stack) == 1:
                raise ValuesError("a `]` too many")
            done = stack.pop()
            stack[-1].append(done)
        else:
            stack[-1].append(_number(token))
    if len(stack) > 1:
        raise ValuesError("a `[` without its `]`")
    if len(stack[0]) != 1:
        raise ValuesError("one list is wanted", "brackets around all of it")
    return stack[0][0]


def _from_nested(nested: Nested) -> Array:
    """Two levels are a map of one channel; of three the first are channels."""
    shape = _shape(nested)
    numbers = list(_flattened(nested))
    return Array((1, *shape) if len(shape) == 2 else shape, numbers)


def _shape(nested: Nested) -> Shape:
    if isinstance(nested, float):
        return ()
    if not nested:
        raise ValuesError("an empty list")
    shapes = [_shape(part) for part in nested]
    if len(set(shapes)) > 1:
        raise ValuesError(_uneven(nested, shapes), "rows of one length")
    return (len(nested), *shapes[0])


def _uneven(nested: Sequence[Nested], shapes: list[Shape]) -> str:
    other = next(number for number, shape in enumerate(shapes) if shape != shapes[0])
    here, there = nested[0], nested[other]
    if isinstance(here, float) or isinstance(there, float):
        return "numbers and lists side by side"
    return f"row 0 has {counted(len(here), 'number')}, row {other} has {len(there)}"


def _flattened(nested: Nested) -> Iterator[float]:
    if isinstance(nested, float):
        yield nested
        return
    for part in nested:
        yield from _flattened(part)
