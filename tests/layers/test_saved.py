"""What each kind keeps for its backward pass, against the tensors that PyTorch packs."""

from __future__ import annotations

from math import prod

import pytest
import torch
from torch import Tensor

from cnncalc.layers import LAYERS
from cnncalc.layers.base import Layer, Shape
from tests.layers.cases import CASES
from tests.torch_form import applied, module_of

pytestmark = pytest.mark.torch

COMPOSED = {
    "attention": "projections and scores",
    "c_cells": "a sum of two convolutions, and its saturation",
    "dropout": "the mask",
    "gru": "each step",
    "local_response_norm": "squares and their mean",
    "lp_pool": "powers and roots",
    "lstm": "each step",
    "rbf": "differences",
    "rnn": "each step",
    "s_cells": "the root and the quotient",
    "subsample": "the sums",
}
"""Kinds of several operations, which keep values of their own in place of what `saves` tells, or
besides."""

BATCH = 2


def largest(kind: str) -> tuple[Layer, tuple[Shape, ...]] | None:
    """The case of a kind with the largest output, beside which the statistics of a norm are few,
    and if there is one without a padding before it."""
    return max(
        ((layer, shapes) for layer, shapes in CASES if layer.kind == kind),
        key=lambda case: (not case[0].torch(*case[1]).before, prod(case[0].output_shape(*case[1]))),
        default=None,
    )


def kept(layer: Layer, shapes: tuple[Shape, ...]) -> tuple[set[str], float]:
    """What a forward pass in training keeps: `input`, `output`; and the bytes of all else but
    weights, for each number of the output."""
    torch.manual_seed(0)
    module = module_of(layer.torch(*shapes)).train()
    inputs = [torch.rand(BATCH, *shape) + 0.5 for shape in shapes]
    if layer.kind == "embedding":
        inputs = [each.long() for each in inputs]
    else:
        inputs = [each.requires_grad_() for each in inputs]
    packed: dict[int, Tensor] = {}

    def pack(tensor: Tensor) -> Tensor:
        packed[tensor.untyped_storage().data_ptr()] = tensor
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        output = applied(layer.torch(*shapes), module, *inputs)
    known = {
        **{storage(tensor): "weight" for tensor in module.state_dict().values()},
        storage(output): "output",
        **{storage(tensor): "input" for tensor in inputs},
    }
    named = {known[place] for place in packed if place in known} - {"weight"}
    others = [tensor for place, tensor in packed.items() if place not in known]
    return named, sum(tensor.untyped_storage().nbytes() for tensor in others) / output.numel()


def storage(tensor: Tensor) -> int:
    return tensor.untyped_storage().data_ptr()


KINDS = {kind: largest(kind) for kind in LAYERS if kind not in COMPOSED}


@pytest.mark.parametrize("kind", [kind for kind, case in KINDS.items() if case])
def test_what_is_kept(kind: str) -> None:
    case = KINDS[kind]
    assert case
    layer, shapes = case
    named, bytes_besides = kept(layer, shapes)
    assert named - {"output"} == {layer.saves} - {"nothing", "output"}
    assert ("output" in named) == (layer.saves == "output" or kind == "maxout")
    assert bytes_besides == pytest.approx(8 if layer.indexed else 0, abs=1.5)


def test_every_kind_is_here() -> None:
    assert [kind for kind, case in KINDS.items() if not case] == ["activation"]  # it becomes others
