"""Groups: channels that are read by filters, or brought to one scale, of their own."""

from collections.abc import Iterator
from math import gcd

from cnncalc.layers.base import Problem, Shape, ShapeError
from cnncalc.layers.fields import arriving, counted


def check_groups(filters: int, groups: int) -> Iterator[Problem]:
    """Groups share the filters out evenly."""
    if filters % groups:
        yield Problem("groups", f"{groups} groups do not divide {counted(filters, 'filter')}")


def grouped_channels(shape: Shape, groups: int) -> int:
    """Channels each group reads. Raises ShapeError."""
    if shape[0] % groups:
        fact = f"{groups} groups do not divide {arriving(shape[0])}"
        hint = f"`groups: {gcd(shape[0], groups)}`"
        raise ShapeError(fact, hint, field="groups", code="CNN404")
    return shape[0] // groups
