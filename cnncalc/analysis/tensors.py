"""Tensors as memory knows them: numbers that are held, and what an operation made of them."""

from __future__ import annotations

from cnncalc.layers.base import Order


class Storage:
    """Numbers in memory. holders: how many names, calls and operations hold it; parts: what it is
    the sum of, where it is several; turned: whether those of a gradient lie so"""

    __slots__ = ("each", "fixed", "holders", "parts", "turned")

    def __init__(self, each: int, fixed: int, parts: tuple[Storage, ...] = ()) -> None:
        self.each = each
        self.fixed = fixed
        self.holders = 1
        self.parts = parts
        self.turned = False


class Made:
    """What an operation gave, as autograd knows it: the same numbers may be seen in many ways.

    each, fixed: its own bytes, which its gradient has, too
    width: bytes of a number
    wanted: whether it has a gradient
    order: in which its numbers lie
    other: whether they are of the short type that autocast does not have
    parts: whether its gradient arrives part by part
    holders: how many names and calls hold it; readers: how many operations, as autograd keeps them
    """

    __slots__ = (
        *("each", "fixed", "width"),
        *("tensor", "wanted", "order", "other", "parts", "holders", "readers"),
    )

    def __init__(
        self,
        tensor: Storage,
        each: int,
        fixed: int,
        width: int,
        wanted: bool,
        order: Order = "",
    ) -> None:
        self.tensor = tensor
        self.each = each
        self.fixed = fixed
        self.width = width
        self.wanted = wanted
        self.order = order
        self.other = False
        self.parts = False
        self.holders = 1
        self.readers = 0

    def apart(self, width: int) -> Storage:
        """As many numbers, of so many bytes."""
        return Storage(self.each // self.width * width, self.fixed // self.width * width)


Held = dict[str, Made]
"""What each name of a part stands for."""
