"""Statements that are too long for a line, broken as ruff and Black break them."""

from __future__ import annotations

from cnncalc.layers.base import OPERATORS
from cnncalc.lowering.code import WIDTH

OPENING, CLOSING = "([{", ")]}"


def wrapped(statement: str, indent: int) -> list[str]:
    """The lines of a statement."""
    pad = " " * indent
    if indent + len(statement) <= WIDTH:
        return [pad + statement]
    if statement.startswith("def "):
        return _function(statement, indent)
    head, value = _head(statement)
    for operator in OPERATORS.values():
        first, *others = _split(value, f" {operator} ")
        if others:
            inner = [f"{pad}    {operator} {term}" for term in others]
            return [f"{pad}{head}(", f"{pad}    {first}", *inner, f"{pad})"]
    opening = next((n for n, letter in enumerate(value) if letter in OPENING), None)
    if opening is None or value[-1] not in CLOSING:
        return [pad + statement]
    inside = _split(value[opening + 1 : -1], ", ")
    lines = [line for part in inside for line in wrapped(f"{part},", indent + 4)]
    return [f"{pad}{head}{value[: opening + 1]}", *lines, f"{pad}{value[-1]}"]


def _function(head: str, indent: int) -> list[str]:
    """The first line of a function, with a line for each argument."""
    pad = " " * indent
    opening, closing = head.index("("), head.rindex(") ->")
    arguments = _split(head[opening + 1 : closing], ", ")
    inner = [f"{pad}    {argument}," for argument in arguments]
    return [pad + head[: opening + 1], *inner, pad + head[closing:]]


def _head(statement: str) -> tuple[str, str]:
    """What stands before the value: `x = `, `return `, and nothing."""
    if statement.startswith("return "):
        return "return ", statement[len("return ") :]
    name, equals, value = statement.partition(" = ")
    return (name + equals, value) if equals and "(" not in name else ("", statement)


def _split(text: str, separator: str) -> list[str]:
    """The parts of a text between separators that stand in no brackets."""
    parts, depth, start = [], 0, 0
    for place, letter in enumerate(text):
        depth += (letter in OPENING) - (letter in CLOSING)
        if depth == 0 and text.startswith(separator, place):
            parts.append(text[start:place])
            start = place + len(separator)
    return [*parts, text[start:]]
