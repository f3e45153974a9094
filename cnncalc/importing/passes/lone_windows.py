"""A map that is a single window, in a network that cuts larger ones into windows of that size."""

from __future__ import annotations

from collections.abc import Mapping

from cnncalc.importing.drafts import Draft, Sketch
from cnncalc.importing.passes.sketch_edits import SketchEdits
from cnncalc.importing.regrouping import same
from cnncalc.layers.base import ShapeError


def lone_windows(sketch: Sketch) -> Sketch:
    """As cut into windows, too, rather than as a sequence."""
    edits = SketchEdits(sketch)
    sizes = {each.fields["size"] for each in sketch.layers if each.kind == "to_windows"}
    for draft in sketch.layers:
        sides = draft.inputs[0].shape[1:]
        if draft.kind == "to_sequence" and not draft.fields and len(sides) > 1:
            region = _region(edits, draft) if same(sides) in sizes else None
            made = _in_windows(draft, region) if region else {}
            for old, new in made.items():
                edits.replace(old, [new])
    return edits.done()


def _region(edits: SketchEdits, draft: Draft) -> list[Draft] | None:
    """What is made of a sequence until it is that map again; None where something else is."""
    start, sides = draft, draft.inputs[0].shape[1:]
    region, waiting = {start}, [start]
    while waiting:
        draft = waiting.pop()
        readers = edits.readers.get(draft, [])
        if draft in edits.outputs or draft.shares or edits.sharers.get(draft) or not readers:
            return None
        for reader in readers:
            if reader not in region:
                region.add(reader)
                if reader.kind != "unflatten" or reader.shape[1:] != sides:
                    waiting.append(reader)
    if any(each not in region for one in region - {start} for each in one.inputs):
        return None
    return [each for each in edits.sketch.layers if each in region]


def _in_windows(start: Draft, region: list[Draft]) -> Mapping[Draft, Draft]:
    """Each of these as one that reads a window; none where one of them cannot."""
    sides = start.inputs[0].shape[1:]
    size = {"size": same(sides)}
    of_map = size if len(set(sides)) == 1 else {**size, "map": sides}
    made: dict[Draft, Draft] = {}
    for old in region:
        inputs = [made.get(each, each) for each in old.inputs]
        kind, fields, shape = old.kind, old.fields, (old.shape[0], 1, *old.shape[1:])
        if old is start:
            kind, fields = "to_windows", size
        elif old.kind == "unflatten":
            kind, fields, shape = "from_windows", of_map, old.shape
        elif old.kind == "linear":
            fields = {**fields, "per": "position"}
        try:
            made[old] = Draft(kind, fields, inputs, old.site, old.weights)
        except ShapeError:
            return {}
        if made[old].shape != shape or not _weighs_the_same(made[old], old):
            return {}
    return made


def _weighs_the_same(one: Draft, other: Draft) -> bool:
    shapes = ([each.shape for each in draft.inputs] for draft in (one, other))
    weights = [
        draft.layer.weights(*of) if draft.layer else ()
        for draft, of in zip((one, other), shapes, strict=True)
    ]
    return weights[0] == weights[1]
