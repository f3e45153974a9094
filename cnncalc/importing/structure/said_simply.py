"""Layers of a sketch as people say them: the same network, which PyTorch would run alike."""

from __future__ import annotations

from cnncalc.importing.drafts import Draft, Sketch
from cnncalc.importing.structure.series import common, module_of
from cnncalc.layers import LAYERS
from cnncalc.layers.base import Layer, ShapeError

HALF = "half"


def said_simply(sketch: Sketch) -> Sketch:
    """The same sketch: its layers are changed in place, so that what reads them still does."""
    _half(sketch)
    _gathered(sketch)
    return sketch


def _half(sketch: Sketch) -> None:
    """Paddings that keep the size by that word, those of 1x1 convolutions too, where most of a
    network's are such."""
    convs = [draft for draft in sketch.layers if draft.kind == "conv"]
    wide = [draft for draft in convs if draft.fields["kernel"] not in (1, (1, 1), (1, 1, 1))]
    halves = {draft: layer for draft in convs if (layer := _with_half(draft))}
    if 2 * sum(draft in halves for draft in wide) <= len(wide):
        return
    for draft, layer in halves.items():
        draft.fields = {**draft.fields, "padding": HALF}
        draft.layer = layer


def _with_half(draft: Draft) -> Layer | None:
    """The same convolution with that word; None where that is another one."""
    layer = LAYERS[draft.kind](**{**draft.fields, "padding": HALF})
    shapes = [each.shape for each in draft.inputs]
    if draft.layer is None or any(layer.check()):
        return None
    try:
        same = layer.output_shape(*shapes) == draft.shape
    except ShapeError:
        return None
    return layer if same and layer.torch(*shapes) == draft.layer.torch(*shapes) else None


def _gathered(sketch: Sketch) -> None:
    """Where all that was made so far is joined again and again, as in a DenseNet, each joins the
    last to what the one before it gives."""
    known: dict[tuple[int, ...], Draft] = {}
    for draft in sketch.layers:
        if draft.kind != "concat":
            continue
        key = tuple(map(id, draft.inputs))
        before = known.get(key[:-1])
        if before is not None:
            for each in (before, draft):
                path = common([module_of(each), module_of(each.inputs[-1])])
                each.site = each.site._replace(module=".".join(path))
            draft.inputs = [before, draft.inputs[-1]]
        known[key] = draft
