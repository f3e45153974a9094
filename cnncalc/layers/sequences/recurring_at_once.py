"""What recurrent layers do under autocast on a GPU: cuDNN runs all layers, directions and steps in
one call, and PyTorch makes tensors around it, in fp16 whichever short type autocast has
(`native/cudnn/RNN.cpp` and `cudnn/AutocastRNN.cpp`). The sizes of what cuDNN takes besides, a
reserve space that it keeps and workspaces, it alone knows: they are not here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod
from typing import TYPE_CHECKING

from cnncalc.layers.base import Kept, Order, Shape, Stage, kept_input, kept_output
from cnncalc.layers.parametrized import is_matrix
from cnncalc.layers.stages import local

if TYPE_CHECKING:
    from cnncalc.layers.sequences.recurrent import Recurrent

READS = ("flat", "begin", "begin cells", "input")
LAID_OUT: tuple[int, tuple[Order, ...]] = (0, ("steps",))
OTHERWISE: tuple[int, tuple[Order, ...]] = (0, ("", "turned"))


def at_once(
    layer: Recurrent, shape: Shape, computed: Mapping[str, tuple[Stage, ...]]
) -> tuple[Stage, ...]:
    """The stages of a layer, and of its computed weights."""
    found = [stage._replace(held=True) for stages in computed.values() for stage in stages]
    found += _beginning(layer)
    found.append(
        _in_one_piece(layer, shape, [stages[-1].makes.name for stages in computed.values()])
    )
    found += _call(layer, shape)
    found += _giving(layer, shape)
    return tuple(stage._replace(device="cuda") for stage in found)


def _states(layer: Recurrent) -> int:
    """Numbers of the states of all layers and directions, and of their cells."""
    return layer.layers * layer.directions * (layer.given + layer.cells)


def _beginning(layer: Recurrent) -> Iterator[Stage]:
    """Zeros, in the type of what it reads."""
    every = layer.layers * layer.directions
    yield Stage(Kept("begin", every * layer.given), held=True, blind=True)
    if layer.cells:
        yield Stage(Kept("begin cells", every * layer.cells), held=True, blind=True)


def _in_one_piece(layer: Recurrent, shape: Shape, computed: list[str]) -> Stage:
    """All weights side by side, with two biases of each gate whether it has them or not."""
    tensors = [*layer.tensors(shape[0])]
    matrices = sum(each.size for each in tensors if is_matrix(each))
    biases = 2 * layer.gates * layer.states(1)
    learned = tuple(each.name for each in tensors if not (computed and is_matrix(each)))
    flat = Kept("flat", 0, matrices + biases)
    return Stage(flat, (*computed,), handed=(*computed,), trained=learned, cast="copied")


def _call(layer: Recurrent, shape: Shape) -> Iterator[Stage]:
    """The call, and what it gives besides. It wants what it reads, and its gradient, step by step,
    and makes all gradients but those of the weights, then these."""
    every = layer.layers * layer.directions
    states = Kept("states", layer.directions * layer.given * shape[1])
    last = Kept("last", every * layer.given)
    makes, other = (last, states) if layer.output == "last" else (states, last)
    aside = Stage(other, (), held=True, blind=True, cast="copied")
    yield aside
    if layer.cells:
        yield aside._replace(makes=Kept("last cells", every * layer.cells))
    reads = READS if layer.cells else (READS[0], READS[1], READS[3])
    place = reads.index("input")
    keeps = (kept_input(shape), *map(local, reads[:-1]), local("states"))
    call = Stage(makes, reads, keeps, together=(place,), cast="fp16")
    if shape[1] == 1:
        yield call._replace(behind=_behind(layer, shape, place, 0))
        return
    yield call._replace(behind=_behind(layer, shape, place, 0), when=LAID_OUT)
    laid = prod(shape)
    besides = (Kept("step by step", laid),)
    behind = _behind(layer, shape, place, laid)
    yield call._replace(besides=besides, behind=behind, when=OTHERWISE)


def _behind(layer: Recurrent, shape: Shape, place: int, laid: int) -> tuple[Kept, ...]:
    """What the backward takes: what was read, step by step, once for the gradient of that, beside
    its own gradient so, and once for those of the weights; gradients of the first states, and zeros
    for those of what nothing reads; without biases, a copy of the gradients of the weights."""
    states = layer.directions * layer.given * shape[1]
    every = layer.layers * layer.directions
    unread = states if layer.output == "last" else every * layer.given
    unread += every * layer.cells
    with_it = Kept("with it", laid + _states(layer) + unread, gradient_of=(place,))
    arrived = Kept("arrived", states * (shape[1] > 1), gradient_of=(place,))
    matrices = sum(each.size for each in layer.tensors(shape[0]))
    apart = Kept("apart", 0, 0 if layer.biases_each else matrices)
    return with_it, arrived, Kept("step by step", laid + _states(layer) + unread), apart


def _giving(layer: Recurrent, shape: Shape) -> Iterator[Stage]:
    """Its output: the states of all steps, or the last ones of the layer on top."""
    output = kept_output(layer.output_shape(shape))
    if layer.output == "sequence":
        yield Stage(output, ("states",), view=True, handed=("states",), order=layer.order(shape))
        return
    ends = Kept("ends", layer.directions * layer.given)
    yield Stage(ends, ("last",), view=True, narrow=layer.layers == 1)
    yield Stage(output, ("ends",), view=layer.directions == 1, handed=("ends",))
