"""Stacked dilations that leave holes."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.analysis.lint.rule import rule
from cnncalc.analysis.lint.subject import Advice, Subject, advice, is_pointwise
from cnncalc.analysis.receptive import AxisField
from cnncalc.layers.base import times
from cnncalc.layers.windows import Slide
from cnncalc.network.graph import Node
from cnncalc.records import NamedTuple

LONGEST = 4096
"""Positions beyond which a comb is not followed."""


class Comb(NamedTuple):
    """Which positions of a map an output sees along an axis, as the bits of a number."""

    low: int
    bits: int

    @property
    def length(self) -> int:
        """Positions from the first seen to the last."""
        return self.bits.bit_length()

    @property
    def holes(self) -> int:
        """Positions between them that are not seen."""
        return self.length - self.bits.bit_count()


class Sieve(NamedTuple):
    """What a node sees of the map where its run of windows without a stride begins; the dilations
    on the way, and the last layer that has one."""

    axes: tuple[Comb, ...]
    dilations: tuple[int, ...] = ()
    last: Node | None = None


@rule(
    "CNN912",
    "warning",
    "dilations that leave holes",
    """Dilated convolutions in a row whose dilations share a factor see a grid: an output never sees
    the positions between, and its neighbour sees only those (Wang 2018). Dilations that grow from
    1, such as 1, 2, 4, see every position. What convolutions before have smeared over the holes
    counts as seen.""",
    """
input: 3x64x64
layers:
  - repeat: 3
    layers: [{conv: {filters: 16, kernel: 3, dilation: 2, padding: half}}, relu]
""",
    """
input: 3x64x64
layers:
  - each: dilation
    rows: [1, 2, 4]
    layers: [{conv: {filters: 16, kernel: 3, dilation: dilation, padding: half}}, relu]
""",
)
def gridding(subject: Subject) -> Iterator[Advice]:
    """Dilated convolutions in a row after which pixels inside the field are never seen."""
    if not any(s.dilation > 1 for found in subject.slides.values() for s in found):
        return
    sieves: dict[Node, Sieve] = {}
    for node in subject.graph.nodes:
        sieves[node] = _through(subject, node, sieves)
    for node, sieve in sieves.items():
        if len(sieve.dilations) < 2 or not sieve.last or not any(c.holes for c in sieve.axes):
            continue
        if not any(sieves[reader].last for reader in subject.readers[node]):
            yield _holed(sieve)


def _through(subject: Subject, node: Node, sieves: dict[Node, Sieve]) -> Sieve:
    """What a node sees; where its run begins anew, its own field."""
    before = [sieves[source] for source in node.inputs]
    if len(before) == 1 and is_pointwise(node):
        return before[0]
    windows = subject.slides[node]
    if windows and all(s.stride == 1 for s in windows):
        return _slid(node, windows, before[0]) or _start(subject, node)
    if len(before) > 1 and len({len(sieve.axes) for sieve in before}) == 1:
        return _joined(before) or _start(subject, node)
    return _start(subject, node)


def _start(subject: Subject, node: Node) -> Sieve:
    """The field of a node as a comb without holes, in steps of its own map."""
    axes = subject.summary.receptive[node].axes
    return Sieve(tuple(_dense(field) for field in axes or ()))


def _dense(field: AxisField) -> Comb:
    steps = min(max(1, int(field.size // max(field.stride, 1))), LONGEST)
    return Comb(-(steps // 2), (1 << steps) - 1)


def _slid(node: Node, windows: tuple[Slide, ...], before: Sieve) -> Sieve | None:
    if len(before.axes) != len(windows):
        return None
    dilation = max(s.dilation for s in windows if s.kernel > 1) if _wide(windows) else 1
    axes = []
    for comb, slide in zip(before.axes, windows, strict=True):
        if comb.length + slide.extent > LONGEST:
            return None
        bits = 0
        for tap in range(slide.kernel):
            bits |= comb.bits << tap * slide.dilation
        axes.append(Comb(comb.low - slide.before, bits))
    if dilation == 1:
        return before._replace(axes=tuple(axes))
    return Sieve(tuple(axes), (*before.dilations[-7:], dilation), node)


def _wide(windows: tuple[Slide, ...]) -> bool:
    return any(s.kernel > 1 for s in windows)


def _joined(before: list[Sieve]) -> Sieve | None:
    """The union of branches."""
    axes = []
    for combs in zip(*(sieve.axes for sieve in before), strict=True):
        low = min(comb.low for comb in combs)
        if max(comb.low + comb.length for comb in combs) - low > LONGEST:
            return None
        bits = 0
        for comb in combs:
            bits |= comb.bits << comb.low - low
        axes.append(Comb(low, bits))
    longest = max(before, key=lambda sieve: len(sieve.dilations))
    return longest._replace(axes=tuple(axes))


def _holed(sieve: Sieve) -> Advice:
    assert sieve.last is not None
    dilations = ", ".join(map(str, sieve.dilations))
    lengths = [comb.length for comb in sieve.axes]
    comb = max(sieve.axes, key=lambda comb: comb.holes)
    message = (
        f"dilations {dilations} in a row leave holes: of {times(lengths)} positions, an output "
        f"never sees {comb.holes} of {comb.length} along a side"
    )
    better = ", ".join(str(2**power) for power in range(len(sieve.dilations)))
    hint = f"dilations that grow from 1, `{better}`, see every position"
    return advice([sieve.last], message, hint)
