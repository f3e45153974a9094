"""A map that is rolled before it is cut into windows, or rolled back behind them."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.importing.drafts import Draft, Sketch
from cnncalc.importing.passes.sketch_edits import SketchEdits
from cnncalc.layers.axes import place


def rolled_windows(sketch: Sketch) -> Sketch:
    """As windows with a shift."""
    edits = SketchEdits(sketch)
    for draft in sketch.layers:
        if draft.kind == "to_windows" and "shift" not in draft.fields and edits.there(draft):
            _before(edits, draft)
        elif draft.kind == "from_windows" and "shift" not in draft.fields:
            _behind(edits, draft)
    return edits.done()


def _before(edits: SketchEdits, draft: Draft) -> None:
    rolls: list[Draft] = []
    reader = draft
    while reader.inputs[0].kind == "roll" and edits.alone(reader.inputs[0], reader):
        reader = reader.inputs[0]
        rolls.append(reader)
    shift = _shift(rolls, -1)
    if shift:
        fields = {**draft.fields, "shift": shift}
        new = Draft("to_windows", fields, reader.inputs, draft.site)
        edits.replace(draft, [new], rolls)


def _behind(edits: SketchEdits, draft: Draft) -> None:
    rolls: list[Draft] = []
    last = draft
    while True:
        readers = edits.readers.get(last, [])
        if last in edits.outputs or len(readers) != 1 or readers[0].kind != "roll":
            break
        last = readers[0]
        rolls.append(last)
    shift = _shift(rolls, 1)
    if shift:
        fields = {**draft.fields, "shift": shift}
        new = Draft("from_windows", fields, draft.inputs, draft.site)
        edits.replace(rolls[-1], [new], [draft, *rolls[:-1]])


def _shift(rolls: Sequence[Draft], sign: int) -> int | tuple[int, ...] | None:
    """How far all together move the map, along each of its axes; None for not at all, or the
    other way."""
    if not rolls:
        return None
    shape = rolls[0].shape
    far = [0] * len(shape)
    for roll in rolls:
        far[place(roll.fields.get("axis", "channels"), shape)] += sign * roll.fields["shift"]
    if far[0] or any(each < 0 for each in far) or not any(far):
        return None
    return far[1] if len(set(far[1:])) == 1 else tuple(far[1:])
