"""A pooling of the whole map that keeps its axes, and a `flatten` behind it."""

from __future__ import annotations

from cnncalc.importing.drafts import Draft, Sketch
from cnncalc.importing.passes.sketch_edits import SketchEdits


def vectors(sketch: Sketch) -> Sketch:
    """As a pooling that gives a vector."""
    edits = SketchEdits(sketch)
    for draft in sketch.layers:
        pool = draft.inputs[0]
        if draft.kind != "flatten" or not pool.kind.startswith("global_"):
            continue
        if pool.fields.get("keep") and edits.alone(pool, draft):
            fields = {**pool.fields, "keep": False}
            new = Draft(pool.kind, fields, pool.inputs, pool.site, pool.weights)
            edits.replace(draft, [new], [pool])
    return edits.done()
