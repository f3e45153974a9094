"""What is asked of a picture."""

from __future__ import annotations

from typing import NamedTuple

from cnncalc.network.graph import Node


class Wish(NamedTuple):
    """depth: what stands deeper is shut; None: as deep as it is clear
    show: the column whose number each box has
    layer: whose field is shown; None: that of the last that has one
    unfold: whether each run of a repeat is drawn
    """

    depth: int | None = None
    show: str | None = None
    layer: Node | None = None
    unfold: bool = False


NONE = Wish()
