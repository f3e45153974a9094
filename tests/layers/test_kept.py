"""What each kind keeps for its backward, to the byte, against the tensors that PyTorch packs."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Container, Iterator
from contextlib import contextmanager
from itertools import product
from math import prod
from typing import NamedTuple

import pytest
import torch
from torch import Tensor, nn

from cnncalc.layers import LAYERS
from cnncalc.layers.base import Kept, Layer, Shape
from cnncalc.layers.joins.join import Add, Divide, Maximum, Minimum, Multiply
from cnncalc.layers.norms.norm import InstanceNorm
from cnncalc.layers.pointwise.dropout import AlphaDropout, Dropout, DropPath, GaussianNoise
from cnncalc.layers.pooling.pool import AvgPool
from cnncalc.layers.sequences.attention import Attention
from cnncalc.layers.sequences.recurrent import Gru, Lstm, Rnn
from tests.layers.cases import CASES, CLIP, IMAGE, SIGNAL, STATED, Case, of_each_kind
from tests.torch_form import applied, module_of

pytestmark = pytest.mark.torch

GATE = (8, 1, 1)
WIDTH = 4

MIXING = (Multiply, Divide, Maximum, Minimum)

MORE: list[Case] = [
    (Dropout(0.0), (IMAGE,)),
    (Dropout(1.0), (IMAGE,)),
    (Dropout(1.0, spatial=True), (IMAGE,)),
    *((AlphaDropout(rate), (IMAGE,)) for rate in (0.0, 1.0)),
    *((DropPath(rate), (IMAGE,)) for rate in (0.0, 1.0)),
    (GaussianNoise(0.0), (IMAGE,)),
    (InstanceNorm(affine=True), (IMAGE,)),
    (InstanceNorm(track=True), (IMAGE,)),
    *((join(), (GATE, IMAGE, IMAGE)) for join in MIXING),
    *((join(), ((8, 7, 1), (8, 1, 9), IMAGE)) for join in MIXING),
    *((layer(5), ((1, 4),)) for layer in (Rnn, Lstm, Gru)),
    (Attention(1), ((1, 4),)),
    (AvgPool(3, 1, "same", count_padding=False), (SIGNAL,)),
    (AvgPool(2, 1, "same", count_padding=False), (CLIP,)),
]
"""Where what is kept depends on a field or a shape in a way of its own."""

UNTRAINED = [(InstanceNorm(track=True), ((8, 1, 1),))]
"""PyTorch trains no norm of single values."""

EVERY = [case for case in [*CASES, *MORE] if case not in UNTRAINED]


class Seen(NamedTuple):
    """What a training forward packs, weights apart, each storage once. inputs: their numbers; own:
    the bytes of each other tensor"""

    inputs: set[int]
    output: bool
    own: list[int]
    view: bool


def seen(
    layer: Layer, shapes: tuple[Shape, ...], batch: int, needing: Container[int] = range(10)
) -> Seen:
    """needing: the inputs that need a gradient"""
    torch.manual_seed(0)
    module = module_of(layer.torch(*shapes)).train()
    inputs = [given(layer, (batch, *shape)) for shape in shapes]
    inputs = [x if number in needing else x.detach() for number, x in enumerate(inputs)]
    packed: dict[int, Tensor] = {}

    def pack(tensor: Tensor) -> Tensor:
        packed[storage(tensor)] = tensor
        return tensor

    with step_by_step(), torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        output = applied(layer.torch(*shapes), module, *inputs)
    places = [storage(tensor) for tensor in inputs]
    known = {*map(storage, weights(module)), *places, storage(output)}
    return Seen(
        {number for number, place in enumerate(places) if place in packed},
        storage(output) in packed and storage(output) not in places,
        sorted(t.untyped_storage().nbytes() for place, t in packed.items() if place not in known),
        storage(output) in places,
    )


@contextmanager
def step_by_step() -> Iterator[None]:
    """Without oneDNN, which computes an LSTM in one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of the flags, about GPUs of Intel's
        with torch.backends.mkldnn.flags(enabled=False):
            yield


def given(layer: Layer, shape: tuple[int, ...]) -> Tensor:
    """A batch that a layer reads."""
    if layer.indices:
        return torch.zeros(shape, dtype=torch.long)
    return (torch.rand(shape) + 0.5).requires_grad_()


def weights(module: nn.Module) -> list[Tensor]:
    return [*module.parameters(), *module.buffers()]


def storage(tensor: Tensor) -> int:
    return tensor.untyped_storage().data_ptr()


def sizes(kept: tuple[Kept, ...], batch: int) -> list[int]:
    """The bytes of a layer's own tensors."""
    return sorted(each.size(batch, WIDTH) for each in kept if each.of == "own")


@of_each_kind(EVERY)
def test_what_is_kept(case: Case) -> None:
    layer, shapes = case
    kept = layer.kept(*shapes)
    for batch in (2, 3):
        found = seen(layer, shapes, batch)
        assert found.inputs == {each.number for each in kept if each.of == "input"}
        assert found.output == any(each.of == "output" for each in kept)
        assert found.view == layer.view_in_training
        if layer.role == "sequence":  # a tensor for each step
            assert sum(found.own) == sum(sizes(kept, batch))
        else:
            assert found.own == sizes(kept, batch)


@of_each_kind(EVERY)
def test_it_is_for_a_backward_that_runs(case: Case) -> None:
    layer, shapes = case
    form = layer.torch(*shapes)
    module = module_of(form).train()
    inputs = [given(layer, (2, *shape)) for shape in shapes]
    output = applied(form, module, *inputs)
    if output.requires_grad:
        output.sum().backward()  # type: ignore[no-untyped-call]
    trained = [weight for weight in module.parameters() if weight.requires_grad]
    assert all(weight.grad is not None for weight in trained)


@pytest.mark.parametrize("shapes", [(GATE, IMAGE), (GATE, IMAGE, IMAGE), (IMAGE,) * 4])
@pytest.mark.parametrize("join", [*MIXING, Add])
def test_what_is_kept_for_some_branches(join: type[Layer], shapes: tuple[Shape, ...]) -> None:
    """A join of branches of which some need a gradient, and some none."""
    for needing in product((False, True), repeat=len(shapes)):
        wanted = {number for number, needs in enumerate(needing) if needs}
        kept = tuple(each for each in join().kept(*shapes) if wanted & {*each.gradient_of})
        found = seen(join(), shapes, 2, wanted)
        assert found.inputs == {each.number for each in kept if each.of == "input"}
        assert found.own == sizes(kept, 2)


FIRST = [
    (layer, shapes)
    for layer, shapes in EVERY
    if any(not weight.buffer for weight in layer.weights(*shapes))
]


@of_each_kind(FIRST)
def test_what_is_kept_by_the_first_layer(case: Case) -> None:
    """Without what only a gradient needs that goes on."""
    layer, shapes = case
    kept = tuple(each for each in layer.kept(*shapes) if not each.gradient_of)
    found = seen(layer, shapes, 2, ())
    assert found.inputs == {each.number for each in kept if each.of == "input"}
    assert sum(found.own) == sum(sizes(kept, 2))


@of_each_kind(EVERY)
def test_inputs_and_outputs_know_their_size(case: Case) -> None:
    layer, shapes = case
    for each in layer.kept(*shapes):
        whole = {"input": shapes[each.number], "output": layer.output_shape(*shapes)}
        if each.of != "own":
            assert (each.each, each.fixed) == (prod(whole[each.of]), 0)


def test_names_differ() -> None:
    for layer, shapes in EVERY:
        own = Counter(each.name for each in layer.kept(*shapes) if each.of == "own")
        assert [name for name, count in own.items() if count > 1] == []


def test_every_kind_is_here() -> None:
    missing = LAYERS.keys() - {layer.kind for layer, _ in EVERY}
    assert missing == {"activation", *STATED}  # one becomes others, of the rest nothing is known
