"""What is asked of a picture."""

from __future__ import annotations

from collections.abc import Mapping

from cnncalc.analysis.told_apart import Became
from cnncalc.network.graph import Node
from cnncalc.records import NamedTuple

Changed = Mapping[Node, Became]
"""What became of layers, beside another network; of those that are as they were, nothing."""


class Wish(NamedTuple):
    """depth: what stands deeper is shut; None: as deep as it is clear
    show: the column whose number each box has
    layer: whose field is shown; None: that of the last that has one
    unfold: whether each run of a repeat is drawn
    changed: of a network beside another, in place of the colours of roles; None: of one alone
    """

    depth: int | None = None
    show: str | None = None
    layer: Node | None = None
    unfold: bool = False
    changed: Changed | None = None


NONE = Wish()
