"""What is put around a map, and the window behind it."""

from __future__ import annotations

from typing import Any

from cnncalc.importing.drafts import LOWEST, Draft, Sketch
from cnncalc.importing.passes.sketch_edits import SketchEdits
from cnncalc.layers.base import ShapeError

BLANK = {"conv": 0.0, "max_pool": LOWEST, "avg_pool": 0.0, "lp_pool": 0.0}
"""What each kind's own padding is of."""


def padded_windows(sketch: Sketch) -> Sketch:
    """As a window with a padding of its own, where that is the same."""
    edits = SketchEdits(sketch)
    for draft in sketch.layers:
        if draft.kind in BLANK and draft.inputs[0].kind == "pad":
            pad = draft.inputs[0]
            fields = _fields(draft, pad)
            if fields and edits.inside(pad, _readers(edits, pad)):
                new = _with_padding(draft, pad, fields)
                if new is not None and new.shape == draft.shape:
                    edits.replace(draft, [new])
    return edits.done()


def _with_padding(draft: Draft, pad: Draft, fields: dict[str, Any]) -> Draft | None:
    """The window with that padding; None where it has no such."""
    try:
        return Draft(draft.kind, fields, pad.inputs, draft.site, draft.weights, draft.shares)
    except ShapeError:
        return None


def _readers(edits: SketchEdits, pad: Draft) -> list[Draft]:
    """Those that can have it as a padding of their own."""
    return [each for each in edits.readers[pad] if each.kind in BLANK and _fields(each, pad)]


def _fields(draft: Draft, pad: Draft) -> dict[str, Any] | None:
    """Those of the window with the padding; None where it has none like that."""
    if draft.fields.get("padding", 0) != 0 or draft.fields.get("rounding", "floor") != "floor":
        return None
    mode, value = pad.fields.get("mode", "constant"), pad.fields.get("value", 0.0)
    fields = {**draft.fields, "padding": _sides(pad.fields["size"])}
    if mode == "constant":
        return fields if value == BLANK[draft.kind] else None
    within = draft.kind == "conv" and pad.site.module == draft.site.module
    return {**fields, "padding_mode": mode} if within else None


def _sides(sides: tuple[tuple[int, int], ...]) -> Any:
    """A number, where all are one; a number for each axis, where both sides are alike."""
    if any(before != after for before, after in sides):
        return sides
    numbers = tuple(before for before, _ in sides)
    return numbers[0] if len(set(numbers)) == 1 else numbers
