"""What gives a wanted size, as lines to type."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnncalc.layers.base import Layer, Shape, times
from cnncalc.numbers import edge, field_value, is_or_are
from cnncalc.worked.wanted import Way

MOST = 8
"""Ways that are shown of each field."""


def wanted(layer: Layer, shape: Shape, want: Sequence[int], found: Sequence[Way]) -> str:
    """What the layer gives now, and a line for each way to the wanted size."""
    makes = times(layer.output_shape(shape))
    lines = [f"{layer.kind}   {times(shape)} -> {makes}, wanted {times(want)}", ""]
    lines += _nothing_even(found)
    lines += [f"  {text}" for text in _shown(found)] or ["  no padding, stride or kernel gives it"]
    return "\n".join(lines) + "\n"


def _nothing_even(found: Sequence[Way]) -> Iterator[str]:
    """Where equal padding does not come out even."""
    paddings = [way for way in found if set(way.fields) == {"padding"}]
    if paddings and not any(not any(way.rest) and not way.sides for way in paddings):
        yield "  no padding that is equal on both sides comes out even"


def _shown(found: Sequence[Way]) -> Iterator[str]:
    groups: dict[tuple[str, ...], list[Way]] = {}
    for way in sorted(found, key=lambda way: any(way.rest)):  # what comes out even first
        groups.setdefault(tuple(way.fields), []).append(way)
    for ways in groups.values():
        yield from map(_line, ways[:MOST])
        if len(ways) > MOST:
            yield f"and {len(ways) - MOST} more"


def _line(way: Way) -> str:
    fields = ", ".join(f"{name}: {field_value(value)}" for name, value in way.fields.items())
    notes = [*_sides(way), *_rest(way)]
    return f"{fields.ljust(24)}   {'; '.join(notes)}".rstrip()


def _sides(way: Way) -> Iterator[str]:
    if way.sides:
        pairs = dict.fromkeys(f"{before} before and {after} after" for before, after in way.sides)
        yield f"puts {', '.join(pairs)}"


def _rest(way: Way) -> Iterator[str]:
    if any(way.lost):
        unread = f"the last {edge(way.lost)} of the input {is_or_are(way.lost)} never read"
        yield f"rounds down: {unread}"
    elif any(way.rest):
        yield f"rounds down: the last {edge(way.rest)} of padding {is_or_are(way.rest)} not read"
