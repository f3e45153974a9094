"""What recurrent layers do under autocast on a GPU: cuDNN runs all layers, directions and steps in
one call, and PyTorch makes tensors around it, in fp16 whichever short type autocast has
(`native/cudnn/RNN.cpp` and `cudnn/AutocastRNN.cpp`). The sizes of what cuDNN takes besides, a
reserve space that it keeps and workspaces, it alone knows: they are not here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod

from cnncalc.layers.base import Kept, Order, Shape, Stage, Weight, kept_input, kept_output
from cnncalc.layers.parametrized import is_matrix
from cnncalc.layers.stages import local
from cnncalc.records import NamedTuple

READS = ("flat", "begin", "begin cells", "input")
STEP_BY_STEP: tuple[int, tuple[Order, ...]] = (0, ("steps",))
OTHERWISE: tuple[int, tuple[Order, ...]] = (0, ("", "turned"))


class AtOnce(NamedTuple):
    """A recurrent layer.

    read: features x steps; made: the shape of its output, of one axis if it is the last states
    layers, ways: one over the other, and its directions
    given, cells: numbers that each gives at a step, and remembers besides
    gates: numbers of all gates of all layers and directions
    tensors: its weights, as they are used
    order: how its states lie
    """

    read: Shape
    made: Shape
    layers: int
    ways: int
    given: int
    cells: int
    gates: int
    tensors: tuple[Weight, ...]
    order: Order

    @property
    def every(self) -> int:
        """All layers and directions."""
        return self.layers * self.ways

    @property
    def states(self) -> int:
        """Numbers that it gives at all steps."""
        return self.ways * self.given * self.read[1]

    @property
    def last(self) -> bool:
        """Whether its output is the last states."""
        return len(self.made) == 1


def at_once(call: AtOnce, computed: Mapping[str, tuple[Stage, ...]]) -> tuple[Stage, ...]:
    """The stages of a layer, and of its computed weights."""
    found = [stage._replace(held=True) for stages in computed.values() for stage in stages]
    found += _beginning(call)
    found.append(_in_one_piece(call, [stages[-1].makes.name for stages in computed.values()]))
    found += _calling(call)
    found += _giving(call)
    return tuple(stage._replace(device="cuda") for stage in found)


def _beginning(call: AtOnce) -> Iterator[Stage]:
    """Zeros, in the type of what it reads."""
    yield Stage(Kept("begin", call.every * call.given), held=True, blind=True)
    if call.cells:
        yield Stage(Kept("begin cells", call.every * call.cells), held=True, blind=True)


def _in_one_piece(call: AtOnce, computed: list[str]) -> Stage:
    """All weights side by side, with two biases of each gate whether it has them or not."""
    matrices = sum(each.size for each in call.tensors if is_matrix(each))
    learned = tuple(each.name for each in call.tensors if not (computed and is_matrix(each)))
    flat = Kept("flat", 0, matrices + 2 * call.gates)
    return Stage(flat, (*computed,), handed=(*computed,), trained=learned, cast="copied")


def _calling(call: AtOnce) -> Iterator[Stage]:
    """The call, and what it gives besides. It wants what it reads, and its gradient, step by step,
    and makes all gradients but those of the weights, then these."""
    states, last = Kept("states", call.states), Kept("last", call.every * call.given)
    makes, other = (last, states) if call.last else (states, last)
    aside = Stage(other, (), held=True, blind=True, cast="copied")
    yield aside
    if call.cells:
        yield aside._replace(makes=Kept("last cells", call.every * call.cells))
    reads = tuple(name for name in READS if call.cells or name != "begin cells")
    place = reads.index("input")
    keeps = (kept_input(call.read), *map(local, reads[:-1]), local("states"))
    stage = Stage(makes, reads, keeps, together=(place,), cast="fp16")
    at_hand = stage._replace(behind=_behind(call, place, 0))
    if call.read[1] == 1:
        yield at_hand
        return
    yield at_hand._replace(when=STEP_BY_STEP)
    laid = Kept("step by step", prod(call.read))
    behind = _behind(call, place, laid.each)
    yield stage._replace(besides=(laid,), behind=behind, when=OTHERWISE)


def _behind(call: AtOnce, place: int, laid: int) -> tuple[Kept, ...]:
    """What the backward takes: what was read, step by step, once for the gradient of that, beside
    its own gradient so, and once for those of the weights; gradients of the first states, and zeros
    for those of what nothing reads; without biases, a copy of the gradients of the weights."""
    first = call.every * (call.given + call.cells)
    unread = call.every * call.cells + (call.states if call.last else call.every * call.given)
    both = laid + first + unread
    arrived = call.states if call.read[1] > 1 else 0
    biased = any(not is_matrix(each) for each in call.tensors)
    apart = 0 if biased else sum(each.size for each in call.tensors)
    return (
        Kept("with what it read", both + arrived, gradient_of=(place,)),
        Kept("with its weights", both, apart),
    )


def _giving(call: AtOnce) -> Iterator[Stage]:
    """Its output: the states of all steps, or the last ones of the layer on top."""
    output = kept_output(call.made)
    if not call.last:
        yield Stage(output, ("states",), view=True, handed=("states",), order=call.order)
        return
    yield Stage(Kept("ends", prod(call.made)), ("last",), view=True, narrow=call.layers == 1)
    yield Stage(output, ("ends",), view=call.ways == 1, handed=("ends",))
