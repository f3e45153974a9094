"""The colour of a box, of its role or of its change; of a change also the sign and the words."""

from __future__ import annotations

from cnncalc.analysis.layout.diagram import Box
from cnncalc.analysis.told_apart import Became
from cnncalc.layers.fields import counted
from cnncalc.numbers import exact
from cnncalc.report.picture.box_words import BoxWords
from cnncalc.report.picture.marks import Look
from cnncalc.report.picture.wish import Changed

SIGNS: dict[Became, str] = {"added": "+", "removed": "-", "edited": "~"}
"""Those of `compare`; what follows from another change has none."""

_LOOKS: dict[Became, Look] = {"added": "added", "removed": "removed", "edited": "edited"}
_WORDS: dict[Became, str] = {
    "added": "added",
    "removed": "removed",
    "edited": "edited",
    "follows": "fields unchanged, other numbers",
}


def became(box: Box, changed: Changed) -> Became | None:
    """What became of the layers of a box; of a part of which some are others, that it was
    edited."""
    states = {changed.get(node) for node in box.layers}
    if len(states) == 1:
        return states.pop()
    return "edited" if states - {None, "follows"} else "follows"


def marked(found: BoxWords, box: Box, changed: Changed | None) -> BoxWords:
    """The words of a box, with the sign of its change in front of its kind; of a part, how many of
    its layers are others."""
    state = became(box, changed) if changed is not None else None
    if changed is None or state is None:
        return found
    sign = f"{SIGNS[state]} " if state in SIGNS else ""
    fields, word = found.fields, _WORDS[state]
    if box.part.node is None and state == "edited":
        others = sum(changed.get(node) in SIGNS for node in box.layers)
        word = f"{exact(others)} of {counted(len(box.layers), 'layer')} changed"
        fields = word
    return found._replace(kind=f"{sign}{found.kind}", fields=fields, told=f"{word}; {found.told}")


def look_of(box: Box, changed: Changed | None) -> Look:
    """The colour of a box; beside another network, what is as it was has that of a part."""
    if changed is None:
        layer = box.part.node.layer if box.part.node else None
        return layer.role if layer else "part"
    state = became(box, changed)
    return _LOOKS.get(state, "part") if state else "part"
