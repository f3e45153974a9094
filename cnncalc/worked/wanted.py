"""Which paddings, strides and kernels make a layer's output of a wanted size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnncalc.layers.base import Layer, Shape, ShapeError
from cnncalc.layers.windows import Sliding
from cnncalc.records import NamedTuple
from cnncalc.worked.literals import ValuesError

TRIED: dict[str, Sequence[int | str]] = {
    "padding": ("half", "same", *range(33)),
    "output_padding": range(9),
    "stride": range(1, 65),
    "kernel": range(1, 65),
    "scale": range(1, 65),
    "factor": range(1, 65),
}
"""The fields that decide how large an output is, and what is tried of them."""

PAIR = "stride", "padding"
"""Fields that are tried together where none of them does it alone."""


class Way(NamedTuple):
    """Fields that give the wanted size.

    fields: by name, a value for all axes, or one for each
    rest: per axis, how far the last window stops short of the padded input's end
    lost: per axis, how much of the input is never read
    sides: per axis, the padding before and after, where they differ on one
    """

    fields: dict[str, object]
    rest: tuple[int, ...]
    lost: tuple[int, ...]
    sides: tuple[tuple[int, int], ...] = ()


def ways(layer: Layer, shape: Shape, want: tuple[int, ...]) -> list[Way]:
    """The ways that change one field; stride and padding together, where neither does it alone.
    Raises ValuesError where no field decides the size."""
    layer = layer.resolve()
    own = [name for name in TRIED if name in layer.fields]
    if not own:
        raise ValuesError(f"no field of `{layer.kind}` decides how large its output is")
    if len(want) != len(layer.output_shape(shape)) - 1:
        axes = len(layer.output_shape(shape)) - 1
        raise ValuesError(f"{len(want)} sizes are wanted, the output has {axes}")
    found = [way for name in own for way in _by_one(layer, shape, want, name)]
    if set(PAIR) <= set(own) and not any(name in way.fields for way in found for name in PAIR):
        found = [*_by_two(layer, shape, want), *found]
    return found


def _by_one(layer: Layer, shape: Shape, want: tuple[int, ...], name: str) -> Iterator[Way]:
    """A value for all axes; where none serves them all, one for each."""
    serving: list[list[object]] = [[] for _ in want]
    for value in TRIED[name]:
        sizes = _sizes(_changed(layer, {name: value}), shape)
        for axis, pair in enumerate(zip(sizes, want, strict=False)):
            if pair[0] == pair[1]:
                serving[axis].append(value)
    common: list[object] = [v for v in serving[0] if all(v in values for values in serving)]
    numbers = [[v for v in values if isinstance(v, int)] for values in serving]
    if not common and all(numbers):
        common = [tuple(values[0] for values in numbers)]
    for each in common:
        way = _way(layer, shape, {name: each})
        if not _is_all_padding(_changed(layer, way.fields), shape):
            yield way


def _by_two(layer: Layer, shape: Shape, want: tuple[int, ...]) -> Iterator[Way]:
    """A stride for all axes and a padding; where there is none, one of each for every axis."""
    found = False
    for stride in TRIED["stride"]:
        for way in _by_one(_changed(layer, {"stride": stride}), shape, want, "padding"):
            found = True
            yield way._replace(fields={"stride": stride, **way.fields})
    if not found and (pairs := _by_axis(layer, shape, want)):
        strides, paddings = zip(*pairs, strict=True)
        yield _way(layer, shape, {"stride": strides, "padding": paddings})


def _by_axis(layer: Layer, shape: Shape, want: tuple[int, ...]) -> list[tuple[int, int]]:
    """The smallest stride of each axis that gives its size, and a padding; none where one axis has
    none."""
    serving: dict[int, tuple[int, int]] = {}
    for stride in range(1, 65):
        for padding in range(9):
            changed = _changed(layer, {"stride": stride, "padding": padding})
            if _is_all_padding(changed, shape):
                break
            for axis, (size, wanted) in enumerate(zip(_sizes(changed, shape), want, strict=False)):
                if size == wanted:
                    serving.setdefault(axis, (stride, padding))
    return [serving[axis] for axis in sorted(serving)] if len(serving) == len(want) else []


def _changed(layer: Layer, fields: dict[str, object]) -> Layer:
    return type(layer)(**{**layer.values(), **fields})


def _sizes(layer: Layer, shape: Shape) -> tuple[int, ...]:
    """The sizes of its output; none where it cannot read the shape."""
    try:
        return () if list(layer.check()) else layer.output_shape(shape)[1:]
    except ShapeError:
        return ()


def _is_all_padding(layer: Layer, shape: Shape) -> bool:
    """Whether some window reads nothing of the input."""
    slides = layer.slides(shape) if isinstance(layer, Sliding) else ()
    return any(max(slide.before, slide.after) >= slide.extent for slide in slides)


def _way(layer: Layer, shape: Shape, fields: dict[str, object]) -> Way:
    changed = _changed(layer, fields)
    slides = changed.slides(shape) if isinstance(changed, Sliding) else ()
    sides = tuple((slide.before, slide.after) for slide in slides)
    uneven = sides if any(before != after for before, after in sides) else ()
    return Way(fields, changed.rest(shape), changed.lost(shape), uneven)
