"""What a padding is made of: zeros, or values of the map itself."""

from collections.abc import Iterable
from typing import Annotated

from cnncalc.layers.base import Kept, Shape, ShapeError, kept_input, times
from cnncalc.layers.fields import Choice
from cnncalc.layers.windows import Slide

OF_THE_MAP = ("reflect", "replicate", "circular")
"""Paddings that repeat values of the map."""

PaddingMode = Annotated[str, Choice("zeros", *OF_THE_MAP)]

BACKWARD_READS = ("reflect", "replicate")
"""Those whose backward pass looks at what was padded; PyTorch puts a circle together of parts."""


def check_reach(
    mode: str, sizes: Iterable[int], edges: Iterable[tuple[int, int]], field: str
) -> None:
    """What PyTorch does not take: a mirror within the edge shows all but the edge itself, a circle
    goes around once. Raises ShapeError."""
    if mode not in ("reflect", "circular"):
        return
    most = [size - (mode == "reflect") for size in sizes]
    widest = [max(pair) for pair in edges]
    if any(wide > limit for wide, limit in zip(widest, most, strict=True)):
        fact = f"`{mode}` has at most {times(most)} to put on a side, {times(widest)} are asked for"
        raise ShapeError(fact, "a smaller padding, or `replicate`", field=field, code="CNN402")


def kept_of_map(read: Shape, mode: str) -> tuple[Kept, ...]:
    """What the padding itself keeps: what it read, where its backward pass looks at that."""
    if mode not in BACKWARD_READS:
        return ()
    return (kept_input(read)._replace(gradient_of=(0,)),)


def torch_padding(
    slides: tuple[Slide, ...], takes_any: bool = True
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Padding as a PyTorch layer takes it, and what `F.pad` must add first: uneven padding has no
    form in the layer, nor has any that the layer does not take."""
    if takes_any and all(slide.before == slide.after for slide in slides):
        return tuple(slide.before for slide in slides), ()
    return (0,) * len(slides), put_first(slides)


def put_first(slides: tuple[Slide, ...]) -> tuple[int, ...]:
    """All of the padding, as `F.pad` takes it."""
    return tuple(side for s in reversed(slides) for side in (s.before, s.after))
