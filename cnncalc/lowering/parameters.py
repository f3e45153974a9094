"""What differs between the parts that one class is for becomes an argument of its constructor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Container, Mapping, Sequence
from typing import Any

from cnncalc.lowering.code import Expression, Infix, Name, Subscript, Value
from cnncalc.network.names import Either, variable
from cnncalc.records import NamedTuple

Column = tuple[Any, ...]
"""One value for each part."""

CHANNELS = ("in_channels", "in_features", "num_features", "num_channels", "channels")


SIZES = Subscript(Name("tuple"), (Name("int"), Value(...)))
"""The type of a size with a number for each axis."""


_TYPES: Mapping[str, Expression] = {"tuple": SIZES, "NoneType": Value(None)}


class Parameter(NamedTuple):
    """An argument of a constructor.

    column: what it is for each part; default: (the value,) where most parts agree
    """

    name: str
    column: Column
    default: tuple[Any, ...] = ()

    @property
    def annotation(self) -> Expression:
        """Its type."""
        found = {type(value).__name__ for value in self.column}
        types = [_TYPES.get(name, Name(name)) for name in sorted(found)]
        return types[0] if len(types) == 1 else Infix("|", tuple(types))


def parametrised(
    slots: Sequence[tuple[str, Column]],
    known: Mapping[str, Column],
    arriving: Mapping[str, Column],
    taken: Container[str],
) -> tuple[list[Expression], list[Parameter]]:
    """What to write for each slot, a keyword and its values, and the arguments this takes.

    known: what the spec calls the values it gives, by name; arriving: the channels that arrive;
    taken: names with another meaning where the arguments are used
    """
    known = _renamed(known, taken)
    arriving = {name: column for name, column in arriving.items() if name not in known}
    candidates = {n: column for n, column in {**arriving, **known}.items() if _varies(column)}
    used: dict[str, Column] = {}
    written: list[Expression] = []
    for keyword, column in slots:
        if not _varies(column):
            written.append(Value(column[0]))
            continue
        found = _fit(keyword, column, {**candidates, **used}, arriving)
        if found is None:
            name = variable(keyword or "size", Either(candidates, used, known, taken))
            used[name] = column
            found = name, Name(name)
        name, expression = found
        used.setdefault(name, candidates.get(name, column))
        written.append(expression)
    order = [*arriving, *known, *used]
    names = sorted(used, key=order.index)
    return written, [_parameter(name, used[name], place) for place, name in enumerate(names)]


def _renamed(columns: Mapping[str, Column], taken: Container[str]) -> dict[str, Column]:
    """The columns under names that an argument can have."""
    found: dict[str, Column] = {}
    for name, column in columns.items():
        found[variable(name, Either(found, taken))] = column
    return found


def _parameter(name: str, column: Column, place: int) -> Parameter:
    value, count = Counter(column).most_common(1)[0]
    common = place > 1 and 2 * count >= len(column)
    return Parameter(name, column, (value,) if common else ())


def _fit(
    keyword: str, column: Column, candidates: Mapping[str, Column], arriving: Collection[str]
) -> tuple[str, Expression] | None:
    """The candidate that a slot always is, or is a multiple or a part of: its name, and the
    expression."""
    order = sorted(candidates, key=lambda name: (name in arriving) != (keyword in CHANNELS))
    for name in order:
        if _same(candidates[name], column):
            return name, Name(name)
    for name in order:
        if factor := _ratio(column, candidates[name]):
            return name, Infix("*", (Value(factor), Name(name)))
    for name in order:
        if part := _ratio(candidates[name], column):
            return name, Infix("//", (Name(name), Value(part)))
    for name in order:
        if _whole(candidates[name]) and _same(tuple(v // 2 for v in candidates[name]), column):
            return name, Infix("//", (Name(name), Value(2)))
    return None


def _varies(column: Column) -> bool:
    return any(value != column[0] or type(value) is not type(column[0]) for value in column)


def _same(left: Column, right: Column) -> bool:
    return all(type(a) is type(b) and a == b for a, b in zip(left, right, strict=True))


def _whole(column: Column) -> bool:
    return all(type(value) is int for value in column)


def _ratio(left: Column, right: Column) -> int | None:
    """The whole number that the left is always of the right, above 1."""
    if not _whole(left) or not _whole(right) or not all(right):
        return None
    factor, rest = divmod(left[0], right[0])
    if rest or factor < 2 or any(a != factor * b for a, b in zip(left, right, strict=True)):
        return None
    return int(factor)
