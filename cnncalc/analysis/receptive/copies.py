"""What copies of a run see: what the original sees, moved on by as much each time."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.analysis.receptive.axis import AxisField, Interval
from cnncalc.analysis.receptive.joined import Receptive, aligned
from cnncalc.network.copied import Copies, at
from cnncalc.network.graph import Node, ends

Move = tuple[tuple[int, int], ...]
"""How much further, along each axis, a run sees at both ends than the one before it."""


class Fields(dict[Node, Receptive]):
    """What nodes see; of copies it follows from what their originals do.

    moves: of these, how much further each copy sees; none where it sees the same
    """

    def __init__(self) -> None:
        super().__init__()
        self.moves: dict[Node, Move] = {}

    def __missing__(self, node: Node) -> Receptive:
        copy = node.copy
        if copy is None or copy.of not in self.moves:
            raise KeyError(node)
        return _moved(self[copy.of], self.moves[copy.of], copy.number)

    def copy_run(self, copies: Copies, nodes: Sequence[Node]) -> bool:
        """Note what copies see; whether it follows from what the run does that they are copies
        of."""
        run = at(nodes, copies.origin)
        reads, gives = ends(copies, nodes)
        move = _move(self[reads], self[gives])
        if move is None or not (move == () or all(_follows(node, self, move) for node in run)):
            return False
        self.moves |= dict.fromkeys(run, move)
        return True


def _move(read: Receptive, given: Receptive) -> Move | None:
    """How much further a run sees than what it reads; nothing if not at all, None where it is not
    just that."""
    read, given = aligned(read), aligned(given)
    if read == given:
        return ()
    if read._replace(axes=None) != given._replace(axes=None) or not read.axes or not given.axes:
        return None
    found = []
    for one, other in zip(read.axes, given.axes, strict=True):
        if not (_is_plain(one) and _is_plain(other) and one.step == other.step):
            return None
        before, behind = _seen(one), _seen(other)
        found.append((behind[0] - before[0], behind[1] - before[1]))
    return tuple(found)


def _is_plain(field: AxisField) -> bool:
    """Whether all outputs see windows of one size, a step apart."""
    return field.period == 1 and field.phases[0] is not None


def _follows(node: Node, fields: Fields, move: Move) -> bool:
    """Whether what a layer sees moves on as what its run reads does. The union of branches does,
    unless one is spread over the map, which asks where the input ends, or none looks ahead, which
    asks where the output is."""
    own = fields[node].axes
    if own and not (len(own) == len(move) and all(map(_is_plain, own))):
        return False
    if node.layer is None or not node.layer.joins:
        return True
    for source in node.inputs:
        axes, gate = fields[source].axes, fields[source].gate
        if gate:
            continue
        if not axes or len(axes) != len(move) or source.shape[1:] != node.shape[1:]:
            return False
        ahead = zip(map(_seen, axes), move, strict=True)
        if not all(by == 0 or (by > 0 and high > 0) for (_, high), (_, by) in ahead):
            return False
    return True


def _seen(field: AxisField) -> Interval:
    """What the first output sees of a field that is plain."""
    seen = field.phases[0]
    assert seen
    return seen


def _moved(receptive: Receptive, move: Move, times: int) -> Receptive:
    """What is seen so many runs further on."""
    if not move or not receptive.axes:
        return receptive
    axes = []
    for field, (low, high) in zip(receptive.axes, move, strict=True):
        first, last = _seen(field)
        phases = ((first + low * times, last + high * times),)
        axes.append(AxisField(1, field.step, phases))
    return receptive._replace(axes=tuple(axes))
