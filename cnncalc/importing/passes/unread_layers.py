"""Layers that no output comes of."""

from __future__ import annotations

from cnncalc.importing.drafts import Draft, Sketch


def without_unread(sketch: Sketch) -> Sketch:
    """Without them; who shared the weights of one shares those of the next who did."""
    wanted: set[Draft] = set()
    waiting = list(sketch.outputs.values())
    while waiting:
        draft = waiting.pop()
        if draft not in wanted:
            wanted.add(draft)
            waiting += draft.inputs
    layers = tuple(draft for draft in sketch.layers if draft in wanted)
    heirs: dict[Draft, Draft] = {}
    for draft in layers:
        if draft.shares is not None and draft.shares not in wanted:
            heir = heirs.setdefault(draft.shares, draft)
            draft.shares = None if heir is draft else heir
    return sketch._replace(layers=layers)
