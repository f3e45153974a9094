"""Every second position of a map along each axis, and all that are between, joined as channels."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.importing.drafts import Draft, Sketch
from cnncalc.importing.passes.sketch_edits import SketchEdits
from cnncalc.layers.axes import place
from cnncalc.layers.base import ShapeError

Positions = tuple[range, ...]


def pixels_by_slices(sketch: Sketch) -> Sketch:
    """As a map whose squares of pixels became channels."""
    edits = SketchEdits(sketch)
    for draft in sketch.layers:
        if draft.kind != "concat" or place(draft.fields.get("axis", "channels"), draft.shape):
            continue
        slices = _slices(draft.inputs)
        new = _unshuffled(draft, slices) if slices else None
        if new is not None:
            gone = [each for each in slices if edits.inside(each, {*slices, draft})]
            edits.replace(draft, [new], gone)
    return edits.done()


def _slices(inputs: Sequence[Draft]) -> set[Draft]:
    """All that lead to the inputs of a join; none where one comes of no slice."""
    found: set[Draft] = set()
    for each in inputs:
        if each.kind != "slice":
            return set()
        while each.kind == "slice":
            found.add(each)
            each = each.inputs[0]
    return found


def _unshuffled(join: Draft, slices: set[Draft]) -> Draft | None:
    """The one layer that gives what they do; None where there is none."""
    sources = {each.inputs[0] for each in slices} - slices
    if len(sources) != 1:
        return None
    (source,) = sources
    taken = [_taken(each, source) for each in join.inputs]
    factor = taken[0][-1].step
    for order in ("rows", "columns"):
        if factor > 1 and taken == _squares(source.shape, factor, order):
            try:
                fields = {"factor": factor, "order": order}
                return Draft("pixel_unshuffle", fields, [source], join.site)
            except ShapeError:
                return None
    return None


def _taken(draft: Draft, source: Draft) -> Positions:
    """Which positions of a map are left, along each axis."""
    chain = []
    while draft is not source:
        chain.append(draft)
        draft = draft.inputs[0]
    left = [range(size) for size in source.shape]
    for each in reversed(chain):
        axis = place(each.fields.get("axis", "channels"), each.inputs[0].shape)
        start, stop, step = (each.fields.get(name) for name in ("start", "stop", "step"))
        left[axis] = left[axis][start:stop:step]
    return tuple(left)


def _squares(shape: Sequence[int], factor: int, order: str) -> list[Positions]:
    """The positions of each pixel of a square in turn, row by row or column by column."""
    channels, *sides = map(range, shape)
    if len(sides) != 2:
        return []
    pairs = [divmod(number, factor) for number in range(factor**2)]
    return [
        (channels, sides[0][row::factor], sides[1][column::factor])
        for one, other in pairs
        for row, column in [(one, other) if order == "rows" else (other, one)]
    ]
