"""A network as boxes in boxes: its parts, what runs alike again and again once, and the wires."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType

from cnncalc.network.graph import Graph, Node
from cnncalc.network.parts import Part, tree
from cnncalc.records import NamedTuple


class Wire(NamedTuple):
    """A way that numbers take among the boxes of a frame.

    source: the box they come from, by its place; None: from outside
    leaves: which of what it gives they are, or of what the frame reads
    target: the box that reads them; None: they leave the frame
    enters: which of what it reads they are, or of what the frame gives
    """

    source: int | None
    leaves: int
    target: int | None
    enters: int


class Box(NamedTuple):
    """A part of a network as it is drawn.

    part: of several alike, the first; times: how many these are, one behind another
    names: of the parts around it that hold nothing else, which are not drawn
    boxes, wires: what is in it; none where it is shut
    """

    part: Part
    times: int = 1
    names: tuple[str, ...] = ()
    boxes: tuple[Box, ...] = ()
    wires: tuple[Wire, ...] = ()

    @property
    def level(self) -> int:
        """How deep it stands in the network, from 1; the network itself on 0."""
        return self.part.path.count(".") + 1 if self.part.path else 0

    @property
    def drawn(self) -> int:
        """How many boxes are drawn for it, its own among them."""
        return 1 + sum(box.drawn for box in self.boxes)

    @property
    def layers(self) -> tuple[Node, ...]:
        """The layers that it stands for; of several alike, those of the first."""
        return layers_of(self.part)


def layers_of(part: Part) -> tuple[Node, ...]:
    """A part's layers, in order."""
    if part.node:
        return (part.node,)
    return tuple(node for child in part.children for node in layers_of(child))


NOTHING: Mapping[Node, Hashable] = MappingProxyType({})


def diagram(graph: Graph, unfold: bool = False, apart: Mapping[Node, Hashable] = NOTHING) -> Box:
    """The whole network, every part open; with `unfold` every run of a repeat apart. apart: what
    tells layers apart that are alike otherwise."""
    return _Diagrams(unfold, apart).box(tree(graph))


def shut(box: Box, depth: int) -> Box:
    """The same with what stands deeper than `depth` left out."""
    if box.level >= depth:
        return box._replace(boxes=(), wires=())
    return box._replace(boxes=tuple(shut(each, depth) for each in box.boxes))


def fitting(box: Box, fits: Callable[[Box], bool]) -> Box:
    """The same, as deep as it fits; one level at the least."""
    for depth in range(deepest(box), 1, -1):
        drawn = shut(box, depth)
        if fits(drawn):
            return drawn
    return shut(box, 1)


def opened(box: Box, depth: int | None, most: int) -> Box:
    """The same, as deep as asked for; else as deep as it is no more than so many boxes."""
    return fitting(box, lambda one: one.drawn <= most) if depth is None else shut(box, depth)


def deepest(box: Box) -> int:
    """The level of the deepest box in it."""
    return max([box.level, *map(deepest, box.boxes)])


class _Diagrams:
    """Draws parts. contents: what each holds, as a number, equal where that is."""

    def __init__(self, unfold: bool, apart: Mapping[Node, Hashable]) -> None:
        self.unfold = unfold
        self.apart = apart
        self.contents: dict[Hashable, int] = {}

    def box(self, part: Part) -> Box:
        """A part, with all in it."""
        return self._drawn(part)[0]

    def _drawn(self, part: Part) -> tuple[Box, int]:
        """A part, and the number of its content."""
        if part.node:
            node = part.node
            return Box(part), self._number(
                (node.layer, node.shapes, node.frozen, self.apart.get(node))
            )
        drawn = [self._drawn(child) for child in part.children]
        wires = _wires(part)
        content = self._number((part.kind, tuple(number for _, number in drawn), tuple(wires)))
        once = part.numbered and not self.unfold
        contents = [number if once else place for place, (_, number) in enumerate(drawn)]
        runs = _runs(contents)
        boxes = [_times(drawn[run.start][0], len(run)) for run in runs]
        place_of = [place for place, run in enumerate(runs) for _ in run]
        box = Box(part, 1, (), tuple(boxes), _between(wires, place_of))
        return (_single(box) if part.path else box), content

    def _number(self, content: Hashable) -> int:
        return self.contents.setdefault(content, len(self.contents))


def _wires(part: Part) -> list[Wire]:
    """The wires between the children of a part, and those from and to the outside."""
    made: dict[Node, tuple[int | None, int]]
    made = {node: (None, place) for place, node in enumerate(part.reads)}
    found = []
    for number, child in enumerate(part.children):
        for place, node in enumerate(child.reads):
            found.append(Wire(*made[node], number, place))
        made |= {node: (number, place) for place, node in enumerate(child.gives)}
    found += [Wire(*made[node], None, place) for place, node in enumerate(part.gives)]
    return found


def _runs(contents: Sequence[int]) -> list[range]:
    """The places of equal contents, one behind another."""
    starts = [n for n in range(len(contents)) if n == 0 or contents[n] != contents[n - 1]]
    return [range(*pair) for pair in pairwise([*starts, len(contents)])]


def _between(wires: Sequence[Wire], place_of: Sequence[int]) -> tuple[Wire, ...]:
    """Wires between boxes that stand for several children, each once; none within one."""
    found: dict[Wire, None] = {}
    for source, leaves, target, enters in wires:
        begin = None if source is None else place_of[source]
        end = None if target is None else place_of[target]
        if begin is None or begin != end:
            found[Wire(begin, leaves, end, enters)] = None
    return tuple(found)


def _times(box: Box, times: int) -> Box:
    """A box that stands for so many; it may stand for several itself."""
    return box._replace(times=box.times * times)


def _single(box: Box) -> Box:
    """The one box that a frame holds, in place of the frame, where all goes straight through."""
    if len(box.boxes) != 1 or any(wire.leaves != wire.enters for wire in box.wires):
        return box
    (inner,) = box.boxes
    if any(wire.source is wire.target for wire in box.wires):
        return box
    name = box.part.path.rpartition(".")[2]
    return inner._replace(names=(name, *inner.names))
