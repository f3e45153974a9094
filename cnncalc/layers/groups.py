"""Parts of the channels, as groups are, that are read by filters, or compete, by themselves."""

from collections.abc import Iterator
from math import gcd

from cnncalc.layers.base import Problem, Shape, ShapeError
from cnncalc.layers.fields import arriving, counted


def check_groups(filters: int, groups: int) -> Iterator[Problem]:
    """Groups share the filters out evenly."""
    if filters % groups:
        fact = f"{groups} groups do not divide {counted(filters, 'filter')}"
        yield Problem("groups", fact, f"`groups: {gcd(filters, groups)}`")


def grouped_channels(shape: Shape, groups: int) -> int:
    """Channels each group reads. Raises ShapeError."""
    return shared_out(shape[0], groups, "groups", "groups")


def shared_out(count: int, parts: int, called: str, field: str, of: str = "channel") -> int:
    """How many of those that arrive each part gets, of as many as a field says. Raises
    ShapeError."""
    if count % parts:
        fact = f"{parts} {called} do not divide {arriving(count, of)}"
        hint = f"`{field}: {gcd(count, parts)}`"
        raise ShapeError(fact, hint, field=field, code="CNN404")
    return count // parts
