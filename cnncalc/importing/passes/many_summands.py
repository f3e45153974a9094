"""Sums of sums."""

from __future__ import annotations

from cnncalc.importing.drafts import Draft, Sketch
from cnncalc.importing.passes.sketch_edits import SketchEdits

ASSOCIATIVE = ("add", "multiply", "maximum", "minimum")


def summed_at_once(sketch: Sketch) -> Sketch:
    """As one join of all, where a module makes them one after the other."""
    edits = SketchEdits(sketch)
    for draft in sketch.layers:
        first = draft.inputs[0]
        while (
            draft.kind in ASSOCIATIVE
            and first.kind == draft.kind
            and first.site.module == draft.site.module
            and first.shape == draft.shape
            and edits.alone(first, draft)
            and draft.inputs.count(first) == 1
        ):
            new = Draft(draft.kind, {}, [*first.inputs, *draft.inputs[1:]], draft.site)
            edits.replace(draft, [new], [first])
            draft, first = new, new.inputs[0]
    return edits.done()
