"""What a node, or some of its channels, see along all axes; read on by a layer, or joined."""

from __future__ import annotations

from collections.abc import Container, Sequence

from cnncalc.analysis.receptive.axis import AxisField, slide, union
from cnncalc.layers.base import Axis, Shape, Window
from cnncalc.network.graph import Node
from cnncalc.records import NamedTuple


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
    gate: of one without axes, whether it is the same for every place, be it the whole input or
        nothing: what it is joined to keeps its field. Else its places cannot be told
    turned: of one without axes, whether its channels are the places of what a layer before it made
    """

    axes: tuple[AxisField, ...] | None
    everything: bool = False
    misaligned: float = 0
    at_most: bool = False
    gate: bool = False
    turned: bool = False


Branch = tuple[Node, Receptive]

_EVERYTHING, _NOTHING = Receptive(None, True, gate=True), Receptive(None, gate=True)


def through(read: Receptive, window: Window, axes: tuple[Axis, ...]) -> Receptive:
    """What is seen through a window, of those `axes`."""
    if not window.known:
        return Receptive(None)
    if window.everything and not window.local:
        return _EVERYTHING
    everything = window.everything or read.everything
    if not window.local or read.axes is None:
        gate = read.gate or _is_nothing(read)
        turned = read.turned if window.local else window.turned and not (gate or read.turned)
        return Receptive(None, everything, gate=gate, turned=turned)
    if not axes:
        return read if read.everything == everything else read._replace(everything=everything)
    seen: list[AxisField | None] = []
    for field, axis in zip(read.axes, axes, strict=True):
        again = seen and field is read.axes[0] and axis == axes[0]  # square, as most windows are
        seen.append(seen[0] if again else slide(field, axis))
    known = tuple(field for field in seen if field)
    together = _together(known) if len(known) == len(seen) else None
    return Receptive(together, everything, read.misaligned, read.at_most)


def aligned(receptive: Receptive) -> Receptive:
    """What is seen behind a join, which says itself how far its branches are apart."""
    return receptive._replace(misaligned=0) if receptive.misaligned else receptive


def _is_nothing(receptive: Receptive) -> bool:
    """Whether it is known that no input is seen, by way of places."""
    return bool(receptive.axes) and not any(field.size for field in receptive.axes or ())


def blind(receptive: Receptive) -> Receptive:
    """Nothing, in its place; for every place, where that is not known."""
    axes = receptive.axes
    return _NOTHING if axes is None else Receptive(tuple(field.blind for field in axes))


def _together(axes: tuple[AxisField, ...]) -> tuple[AxisField, ...]:
    """The fields along all axes: what sees nothing along one of them sees nothing at all."""
    if all(field.size for field in axes):
        return axes
    return tuple(field.blind for field in axes)


# -- several together -----------------------------------------------------------------------------


def joined(
    node: Node, branches: Sequence[Branch], images: Sequence[Shape], whole: Container[int] = ()
) -> Receptive:
    """The union of the branches. One that is the same for every place, or that each place reads all
    of, as it does of those that are `whole`, is a gate: it scales or shifts all places alike, and
    the local field is that of the others."""
    placed = [branch for number, branch in enumerate(branches) if number not in whole]
    repeated = [branch for branch in placed if _is_repeated(node, branch)]
    if any(_is_part(node, branch, images) for branch in repeated):
        return Receptive(None, any(field.everything for _, field in branches))
    local = [field for _, field in (x for x in placed if x not in repeated) if not field.gate]
    read_whole = [x for number, x in enumerate(branches) if number in whole] + repeated
    everything = any(field.everything for _, field in branches)
    everything |= any(not field.gate for _, field in read_whole)
    axes, apart = _union(local)
    if axes is None:
        return Receptive(None, everything, gate=not local)
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


def _is_repeated(node: Node, branch: Branch) -> bool:
    """Whether a branch that has places of its own is repeated over the map."""
    source, field = branch
    return not field.gate and source.shape[1:] != node.shape[1:]


def _is_part(node: Node, branch: Branch, images: Sequence[Shape]) -> bool:
    """Whether a branch that is repeated along an axis does not see all of it, or cannot be told to:
    each place then sees that part of the input besides its own, which no field can tell."""
    source, field = branch
    if field.axes is None:
        return True
    sizes = zip(source.shape[1:], node.shape[1:], field.axes, strict=True)
    repeated = [axis for axis, (has, whole, _) in enumerate(sizes) if has != whole]
    return any(
        (seen := field.axes[axis].sees(0)) is None or seen[0] > 0 or seen[1] < image[axis] - 1
        for axis in repeated
        for image in images
        if len(image) > axis
    )
