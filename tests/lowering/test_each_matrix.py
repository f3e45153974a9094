"""Recurrent layers and attention whose matrices are computed from others: against PyTorch's own
layers, parametrised by PyTorch, matrix by matrix."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm, weight_norm

from cnncalc.analysis import analyze
from cnncalc.runtime.lower import lower
from tests.analysis.specs import network

pytestmark = pytest.mark.torch

WAYS = {"weight_norm": weight_norm, "spectral_norm": spectral_norm}
FEATURES, UNITS, STEPS = 6, 4, 5


def parametrised(module: nn.Module, way: str, *names: str) -> nn.Module:
    for name in names:
        owner, _, own = name.rpartition(".")
        WAYS[way](module.get_submodule(owner), own)
    return module


def of_layer(*ends: str) -> list[str]:
    """The matrices of a recurrent layer."""
    return [f"weight_{part}_l0{end}" for end in ends for part in ("ih", "hh")]


RECURRENT: dict[str, tuple[nn.Module, list[str]]] = {
    "rnn: {units: 4}": (nn.RNN(6, 4), of_layer("")),
    "gru: {units: 4, bidirectional: true}": (
        nn.GRU(6, 4, bidirectional=True),
        of_layer("", "_reverse"),
    ),
    "lstm: {units: 4, bias: false}": (nn.LSTM(6, 4, bias=False), of_layer("")),
    "lstm: {units: 4, projection: 2}": (
        nn.LSTM(6, 4, proj_size=2),
        [*of_layer(""), "weight_hr_l0"],
    ),
}


def with_way(layer: str, way: str) -> str:
    return layer.replace("}", f", {way}: true}}")


def alone(layer: str, shape: str = f"{FEATURES}x{STEPS}") -> nn.Module:
    """The layer's module in its network."""
    (made,) = lower(network(shape, layer)).children()
    return made


def same_weights(made: nn.Module, own: nn.Module) -> None:
    """PyTorch's become ours, name by name."""
    made.load_state_dict(own.state_dict(), strict=True)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("layer", RECURRENT)
@pytest.mark.filterwarnings("ignore:LSTM with projections")
def test_recurrent(layer: str, way: str) -> None:
    module, names = RECURRENT[layer]
    own = parametrised(deepcopy(module), way, *names).eval()
    made = alone(with_way(layer, way)).eval()
    same_weights(made, own)
    x = torch.rand(2, FEATURES, STEPS)
    for _ in range(2):
        found, wanted = made(x), own(x.permute(2, 0, 1))[0].permute(1, 2, 0)
        torch.testing.assert_close(found, wanted)
    made(x).square().sum().backward()
    own(x.permute(2, 0, 1))[0].square().sum().backward()
    for ours, theirs in zip(made.parameters(), own.parameters(), strict=True):
        torch.testing.assert_close(ours.grad, theirs.grad)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("others", "wide", "read"),
    [
        ("", {}, ["in_proj_weight"]),
        (
            ", keys: [{learned: {features: 3, steps: 7}}]",
            {"kdim": 3, "vdim": 3},
            ["q_proj_weight", "k_proj_weight", "v_proj_weight"],
        ),
    ],
)
def test_attention(way: str, others: str, wide: dict[str, int], read: list[str]) -> None:
    own = nn.MultiheadAttention(FEATURES, 2, batch_first=True, **wide)
    parametrised(own, way, "out_proj.weight", *read).eval()
    graph = network(f"{FEATURES}x{STEPS}", f"attention: {{heads: 2, {way}: true{others}}}")
    whole = lower(graph).eval()
    (made,) = (part for part in whole.modules() if isinstance(part, nn.MultiheadAttention))
    same_weights(made, own)
    x = torch.rand(2, FEATURES, STEPS)
    queries = x.transpose(1, 2)
    keys = queries
    if others:
        (table,) = (
            p
            for name, p in whole.named_parameters()
            if "parametrizations" not in name and tuple(p.shape) == (3, 7)
        )
        keys = table.T.expand(2, -1, -1)
    torch.testing.assert_close(whole(x), own(queries, keys, keys)[0].transpose(1, 2))


@pytest.mark.parametrize(
    "layer",
    ["gru: {units: 4}", "lstm: {units: 4}", "rnn: {units: 4}", "attention: {heads: 2}"],
)
def test_a_run_turns_the_vectors_once(layer: str) -> None:
    """One step of power iteration a run in training, however often PyTorch asks for the weight."""
    made = alone(with_way(layer, "spectral_norm")).train()
    before = {name: tensor.clone() for name, tensor in made.state_dict().items()}
    made(torch.rand(2, FEATURES, STEPS))
    after = made.state_dict()
    names = [name for name in after if name.endswith("._u")]
    assert len(names) == 2
    for name in names:
        home = name.removesuffix("0._u")
        matrix = before[f"{home}original"]
        u = nn.functional.normalize(matrix @ before[f"{home}0._v"], dim=0)
        torch.testing.assert_close(after[name], u)
        torch.testing.assert_close(after[f"{home}0._v"], nn.functional.normalize(u @ matrix, dim=0))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("layer", ["gru: {units: 4}", "attention: {heads: 2}"])
def test_what_has_run_is_copied_and_moved(layer: str, way: str) -> None:
    """No weight of a run outlives it."""
    made = alone(with_way(layer, way))
    x = torch.rand(2, FEATURES, STEPS)
    made(x)
    copy = deepcopy(made).double().eval()
    torch.testing.assert_close(copy(x.double()), made.eval()(x).double())
    trained = {id(weight) for weight in made.parameters()}
    held = [value for part in made.modules() for value in vars(part).values()]
    tensors = [each for value in held for each in _tensors(value)]
    assert all(id(each) in trained or not each.requires_grad for each in tensors)


def _tensors(value: Any) -> list[Tensor]:
    inner = value.values() if isinstance(value, dict) else value
    each = inner if isinstance(value, dict | list | tuple) else [value]
    return [tensor for tensor in each if isinstance(tensor, Tensor)]


def test_a_length_for_each_row() -> None:
    """Of the 4 * 4 rows of both matrices of each of two directions; a weight for each tensor."""
    plain, normed = (
        analyze(network("6x5", f"lstm: {{units: 4, bidirectional: true{more}}}")).totals
        for more in ("", ", weight_norm: true")
    )
    assert normed.params.total - plain.params.total == 2 * 2 * 4 * 4
    assert normed.ops == plain.ops
