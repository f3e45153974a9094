"""What a node, or some of its channels, see along all axes; read on by a layer, or joined."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import NamedTuple

from cnncalc.analysis.receptive.axis import AxisField, slide, union
from cnncalc.layers.base import Axis, Shape, Window
from cnncalc.network.graph import Node


class Receptive(NamedTuple):
    """What a node sees.

    axes: its field along each spatial axis; None where it has lost its place in the input (after
        global pooling or a flatten), or cannot be told
    everything: whether it sees the whole input, be it through a gate; a gate may be a strip, that
        sees the whole of an axis
    misaligned: for a join, how many pixels apart its branches are centred, the most of all axes
        along which they do not all look back from the same place
    at_most: whether it may see less, since its channels, or those before it, were too many to tell
        apart
    """

    axes: tuple[AxisField, ...] | None
    everything: bool = False
    misaligned: float = 0
    at_most: bool = False


Branch = tuple[Node, Receptive]

_NOWHERE, _EVERYTHING = Receptive(None), Receptive(None, True)


def through(read: Receptive, window: Window, axes: tuple[Axis, ...]) -> Receptive:
    """What is seen through a window, of those `axes`."""
    everything = window.everything or read.everything
    if not window.local or read.axes is None:
        return _EVERYTHING if everything else _NOWHERE
    if not axes:
        return read if read.everything == everything else read._replace(everything=everything)
    seen = [slide(field, axis) for field, axis in zip(read.axes, axes, strict=True)]
    known = tuple(field for field in seen if field)
    together = _together(known) if len(known) == len(seen) else None
    return Receptive(together, everything, read.misaligned, read.at_most)


def aligned(receptive: Receptive) -> Receptive:
    """What is seen behind a join, which says itself how far its branches are apart."""
    return receptive._replace(misaligned=0) if receptive.misaligned else receptive


def blind(receptive: Receptive) -> Receptive:
    """Nothing, in its place."""
    axes = receptive.axes
    return Receptive(axes and tuple(field.blind for field in axes))


def _together(axes: tuple[AxisField, ...]) -> tuple[AxisField, ...]:
    """The fields along all axes: what sees nothing along one of them sees nothing at all."""
    if all(field.size for field in axes):
        return axes
    return tuple(field.blind for field in axes)


# -- several together -----------------------------------------------------------------------------


def joined(
    node: Node, branches: Sequence[Branch], images: Sequence[Shape], whole: Container[int] = ()
) -> Receptive:
    """The union of the branches. One that sees everything, or that each place reads all of, as it
    does of those that are `whole`, is a gate: it scales or shifts all places alike, and the local
    field is that of the others."""
    placed = [branch for number, branch in enumerate(branches) if number not in whole]
    local = [field for source, field in placed if not _is_gate(node, source, field)]
    gated = len(local) < len(branches)
    everything = gated or any(field.everything for _, field in branches)
    if any(_is_repeated_part(node, source, field, images) for source, field in placed):
        return Receptive(None, any(field.everything for _, field in branches))
    axes, apart = _union(local)
    if axes is None:
        return Receptive(None, everything)
    loose = any(field.at_most for field in local)
    return Receptive(axes, everything, apart, loose and _is_loose(axes, local))


def alike(node: Node, fields: Sequence[Receptive]) -> Receptive:
    """What channels of one node see together."""
    if len(fields) == 1:
        return fields[0]
    return aligned(joined(node, [(node, field) for field in fields], ()))


def _union(local: Sequence[Receptive]) -> tuple[tuple[AxisField, ...] | None, float]:
    """The smallest field that holds all of `local`, and how far apart their centres are."""
    axes = [field.axes for field in local if field.axes is not None]
    if not axes or len(axes) < len(local):
        return None, 0
    united = [union(fields) for fields in zip(*axes, strict=True)]
    known = tuple(field for field, _ in united if field)
    if len(known) < len(united):
        return None, 0
    return known, max((apart for _, apart in united), default=0)


def _is_loose(axes: tuple[AxisField, ...], local: Sequence[Receptive]) -> bool:
    """Whether `axes` are larger than what is surely seen."""
    return _union([field for field in local if not field.at_most])[0] != axes


def _is_gate(node: Node, source: Node, field: Receptive) -> bool:
    """Whether a branch is the same for every place: it sees all, or is repeated over the map."""
    return (field.axes is None and field.everything) or source.shape[1:] != node.shape[1:]


def _is_repeated_part(node: Node, source: Node, field: Receptive, images: Sequence[Shape]) -> bool:
    """Whether a branch is repeated along an axis and yet does not see all of it: each place then
    sees that part of the input besides its own, which no field can tell."""
    if field.axes is None:
        return False
    sizes = zip(source.shape[1:], node.shape[1:], field.axes, strict=True)
    repeated = [axis for axis, (has, whole, _) in enumerate(sizes) if has != whole]
    return any(
        (seen := field.axes[axis].sees(0)) is None or seen[0] > 0 or seen[1] < image[axis] - 1
        for axis in repeated
        for image in images
        if len(image) > axis
    )
