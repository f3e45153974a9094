"""Layers that often stand together, as groups: a convolution, its norm, its activation."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.importing.structure.module_groups import group
from cnncalc.importing.structure.phrases import Phrase
from cnncalc.layers import LAYERS

SHORT = {"batch_norm": "bn", "group_norm": "gn", "layer_norm": "ln", "instance_norm": "in"}


def rowed(phrases: Sequence[Phrase]) -> list[Phrase]:
    """A list in which what is a layer with weights and what shapes its output is a group; so that
    such groups can become a block where a model's author had no class for them."""
    for phrase in phrases:
        for inner in phrase.lists:
            inner[:] = rowed(inner)
    found: list[Phrase] = []
    start = 0
    while start < len(phrases):
        end = _end(phrases, start)
        row = phrases[start:end]
        found.append(_row(row) if 1 < len(row) < len(phrases) else phrases[start])
        end = end if len(row) < len(phrases) else start + 1
        start = end
    return found


def _row(phrases: Sequence[Phrase]) -> Phrase:
    kinds = [SHORT.get(phrase.kind, phrase.kind) for phrase in phrases]
    return group(phrases, phrases[0].path[:-1], "_".join(kinds))


def _end(phrases: Sequence[Phrase], start: int) -> int:
    """Where a row ends that begins there."""
    wanted = ["norm", "activation"]
    end = start + 1
    if not _is(phrases[start], "weighted"):
        return end
    while end < len(phrases) and wanted and phrases[end].source is None:
        if _is(phrases[end], wanted[0]):
            end += 1
        elif len(wanted) == 1:
            break
        wanted.pop(0)
    return end


def _is(phrase: Phrase, role: str) -> bool:
    plain = phrase.is_layer and not phrase.strands and phrase.share is None
    return plain and LAYERS[phrase.kind].role == role
