"""What is put around a map, and binomial filters that thin it out behind."""

from __future__ import annotations

from cnncalc.importing.drafts import Draft, Sketch
from cnncalc.importing.passes.sketch_edits import SketchEdits
from cnncalc.layers.base import ShapeError
from cnncalc.layers.convolution.fixed import BlurPool


def blurred(sketch: Sketch) -> Sketch:
    """As the pool that is both, where these are its numbers and its padding."""
    edits = SketchEdits(sketch)
    for draft in sketch.layers:
        pad = draft.inputs[0] if draft.kind == "fixed_filter" else draft
        if pad.kind == "pad" and edits.alone(pad, draft):
            pool = _pool(draft, pad)
            if pool is not None and pool.shape == draft.shape:
                edits.replace(draft, [pool], [pad])
    return edits.done()


def _pool(draft: Draft, pad: Draft) -> Draft | None:
    if set(draft.fields) - {"taps", "stride"} or pad.fields.get("value", 0.0) != 0:
        return None
    taps = draft.fields["taps"]
    mode = {"constant": "zeros"}.get(mode := pad.fields.get("mode", "constant"), mode)
    fields = {"kernel": len(taps), "stride": draft.fields.get("stride", 1), "padding_mode": mode}
    try:
        pool = Draft("blur_pool", fields, pad.inputs, draft.site)
    except ShapeError:
        return None
    layer, shape = pool.layer, pad.inputs[0].shape
    assert isinstance(layer, BlurPool)
    sides = tuple((slide.before, slide.after) for slide in layer.slides(shape))
    same = layer.window_of(len(shape) - 1) == taps and sides == tuple(pad.fields["size"])
    return pool if same else None
