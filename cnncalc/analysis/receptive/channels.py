"""What the channels of a node see, in ranges that see alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cnncalc.analysis.receptive.joined import Receptive, aligned, alike, blind, joined, through
from cnncalc.analysis.receptive.ranges import Ranges, Read, merged, read
from cnncalc.layers.base import OWN, Across, Axis, Layer, Shape, Window
from cnncalc.network.graph import Node
from cnncalc.records import NamedTuple


class Channels(NamedTuple):
    """What the channels of a node see.

    ranges: of channels that see alike, each with its place in `fields`
    """

    ranges: Ranges
    fields: tuple[Receptive, ...]

    def of(self, channel: int) -> Receptive:
        """What one channel sees."""
        return self.fields[self.ranges.of(channel)]


class Reader(NamedTuple):
    """A layer in its place, and what is known of what it reads.

    images: the spatial sizes of the network's inputs
    """

    node: Node
    layer: Layer
    window: Window
    across: Across
    inputs: tuple[Channels, ...]
    images: Sequence[Shape]


def all_alike(count: int, receptive: Receptive) -> Channels:
    """Channels of which all see the same."""
    return Channels(Ranges((count,), (0,)), (receptive,))


def channels_of(at: Reader) -> Channels:
    """What the channels of a layer see."""
    if at.across is OWN and len(at.inputs) == 1:
        ranges, fields = at.inputs[0]
        return _numbered(ranges, [through(field, at.window, at.window.axes) for field in fields])
    ranges, kinds = read(at.across, at.node.shape[0], [channels.ranges for channels in at.inputs])
    met = set(ranges.kinds)
    return _numbered(
        ranges,
        [_field(at, each) if number in met else None for number, each in enumerate(kinds.reads)],
    )


def _numbered(ranges: Ranges, fields: Sequence[Receptive | None]) -> Channels:
    """Channels of the fields that their ranges name, those with equal fields as one."""
    places: dict[Receptive, int] = {}
    of = [places.setdefault(field, len(places)) if field else 0 for field in fields]
    kinds = tuple(map(of.__getitem__, ranges.kinds))
    if len(places) < len(set(ranges.kinds)):
        return Channels(merged(zip(ranges.ends, kinds, strict=True)), tuple(places))
    return Channels(Ranges(ranges.ends, kinds), tuple(places))


def _field(at: Reader, kind: Read) -> Receptive:
    """What is seen by channels that read others."""
    if not kind.taken:
        return _unread(at)
    ways: dict[tuple[Axis, ...], dict[int, list[Receptive]]] = {}
    for number, channels, entry in sorted(kind.taken):
        way = ways.setdefault(at.across.reads[entry].axes or at.window.axes, {})
        way.setdefault(number, []).append(at.inputs[number].fields[channels])
    fields = [through(_read(at, way), at.window, axes) for axes, way in ways.items()]
    field = alike(at.node, fields)
    if field.turned:  # some of the channels are some of the places
        return field._replace(turned=False)
    return field._replace(at_most=True) if kind.united and field.axes else field


def _read(at: Reader, fields: Mapping[int, Sequence[Receptive]]) -> Receptive:
    """What is seen of channels, by the number of the input that they are of."""
    sources = at.node.inputs
    branches = [(sources[number], alike(sources[number], each)) for number, each in fields.items()]
    if not at.layer.joins:
        return branches[0][1]
    whole = {place for place, number in enumerate(fields) if number in at.layer.whole}
    return aligned(joined(at.node, branches, at.images, whole))


def _unread(at: Reader) -> Receptive:
    """What zeros see."""
    fields = [through(field, at.window, at.window.axes) for field in at.inputs[0].fields]
    return blind(next((field for field in fields if field.axes), fields[0]))
