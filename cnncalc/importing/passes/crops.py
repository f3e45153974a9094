"""Slices along one axis of space after another."""

from __future__ import annotations

from cnncalc.importing.drafts import Draft, Sketch
from cnncalc.importing.passes.sketch_edits import SketchEdits
from cnncalc.layers.axes import place


def cropped(sketch: Sketch) -> Sketch:
    """As the map without its edges."""
    edits = SketchEdits(sketch)
    for draft in sketch.layers:
        first = draft.inputs[0]
        sides = _sides(draft), _sides(first)
        if None in sides or not edits.there(first) or not edits.alone(first, draft):
            continue
        before, behind = sides[1], sides[0]
        assert before is not None
        assert behind is not None
        size = tuple((a + c, b + d) for (a, b), (c, d) in zip(before, behind, strict=True))
        new = Draft("crop", {"size": size}, first.inputs, draft.site)
        edits.replace(draft, [new], [first])
    return edits.done()


def _sides(draft: Draft) -> list[tuple[int, int]] | None:
    """What goes before and behind along each axis of space; None for what is no such slice."""
    if draft.kind == "crop":
        return [(a, b) for a, b in draft.fields["size"]]
    if draft.kind != "slice" or draft.fields.get("step", 1) != 1:
        return None
    shape = draft.inputs[0].shape
    axis = place(draft.fields.get("axis", "channels"), shape)
    if axis == 0:
        return None
    start, stop, _ = slice(draft.fields.get("start", 0), draft.fields.get("stop")).indices(
        shape[axis]
    )
    gone = (start, shape[axis] - stop)
    return [gone if number == axis else (0, 0) for number in range(1, len(shape))]
