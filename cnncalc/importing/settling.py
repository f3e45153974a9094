"""A sketch as its readers want it: without what nothing reads, and what comes of two layers as the
one that says it."""

from __future__ import annotations

from collections.abc import Callable, Collection

from cnncalc.importing.drafts import Draft, Sketch

Step = Callable[[Sketch], Sketch]


def settled(sketch: Sketch) -> Sketch:
    """The sketch after each of the steps."""
    for step in STEPS:
        sketch = step(sketch)
    return sketch


def readers(sketch: Sketch) -> dict[Draft, list[Draft]]:
    """The layers that read each; those that are outputs are read by None of them."""
    found: dict[Draft, list[Draft]] = {}
    for draft in sketch.layers:
        for source in dict.fromkeys(draft.inputs):
            found.setdefault(source, []).append(draft)
    return found


def used(sketch: Sketch) -> Sketch:
    """Without layers that no output comes of."""
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


def replaced(sketch: Sketch, old: Draft, new: Draft, gone: Collection[Draft]) -> Sketch:
    """What read one layer reads another, which stands in its place; some are no more."""
    layers = []
    for draft in sketch.layers:
        draft.inputs = [new if source is old else source for source in draft.inputs]
        if draft is old:
            layers.append(new)
        elif draft not in gone:
            layers.append(draft)
    outputs = {name: new if draft is old else draft for name, draft in sketch.outputs.items()}
    return sketch._replace(layers=tuple(layers), outputs=outputs)


def vectors(sketch: Sketch) -> Sketch:
    """A pooling of the whole map that keeps its axes, and a `flatten` behind it, as one that keeps
    none."""
    reading = readers(sketch)
    outputs = set(sketch.outputs.values())
    for draft in sketch.layers:
        pool = draft.inputs[0] if draft.inputs else None
        if draft.kind != "flatten" or pool is None or not pool.fields.get("keep"):
            continue
        if pool.kind.startswith("global_") and reading[pool] == [draft] and pool not in outputs:
            fields = {**pool.fields, "keep": False}
            new = Draft(pool.kind, fields, pool.inputs, pool.site, pool.weights)
            sketch = replaced(sketch, draft, new, (pool,))
            reading = readers(sketch)
    return sketch


def padded_windows(sketch: Sketch) -> Sketch:
    """A padding that the module of a convolution puts around its input first, as the convolution's
    own."""
    reading = readers(sketch)
    outputs = set(sketch.outputs.values())
    for draft in sketch.layers:
        pad = draft.inputs[0] if draft.inputs else None
        if pad is None or pad.kind != "pad" or draft.kind != "conv" or pad in outputs:
            continue
        mode, value = pad.fields.get("mode", "constant"), pad.fields.get("value", 0)
        alone = reading[pad] == [draft] and pad.site.module == draft.site.module
        if alone and not value and draft.fields.get("padding", 0) == 0:
            sides = pad.fields["size"]
            even = all(before == after for before, after in sides)
            padding = tuple(before for before, _ in sides) if even else sides
            told = padding[0] if even and len(set(padding)) == 1 else padding
            fields = {**draft.fields, "padding": told}
            fields["padding_mode"] = "zeros" if mode == "constant" else mode
            new = Draft("conv", fields, pad.inputs, draft.site, draft.weights, draft.shares)
            sketch = inherited(replaced(sketch, draft, new, (pad,)), draft, new)
            reading = readers(sketch)
    return sketch


def inherited(sketch: Sketch, old: Draft, new: Draft) -> Sketch:
    """What shared the weights of one layer shares those of another."""
    for draft in sketch.layers:
        if draft.shares is old:
            draft.shares = new
    return sketch


STEPS: tuple[Step, ...] = (used, vectors, padded_windows)
