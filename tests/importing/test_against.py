"""A spec against the model that it says: params, MACs, weights, outputs."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from cnncalc.language.load import loads
from cnncalc.network.graph import Graph
from cnncalc.runtime.importing.against.comparing import against
from cnncalc.runtime.importing.against.original import Original, of_module, original
from cnncalc.runtime.importing.imported_model import of_module as imported
from cnncalc.runtime.lower import samples
from cnncalc.verification import DIFFERS, EQUAL, Verification
from tests.importing.small_models import MODELS
from tests.importing.test_small_models import drawn
from tests.together import in_groups, slices

BY_HAND = """
input: 3x12x12
layers:
  - conv: {filters: 6, kernel: 3, padding: 1, bias: false}
  - batch_norm
  - add:
      straight: [identity]
      turned:
        - conv: {filters: 6, kernel: 1, bias: false}
        - conv: {filters: 6, kernel: 1, bias: false}
  - global_avg_pool
  - dropout: 0.5
  - linear: 4
"""


class Model(nn.Module):
    """What is written by hand above, in its own order and with its own names."""

    def __init__(self, eps: float = 1e-5) -> None:
        super().__init__()
        self.fc = nn.Linear(6, 4)
        self.second = nn.Conv2d(6, 6, 1, bias=False)
        self.first = nn.Conv2d(6, 6, 1, bias=False)
        self.stem = nn.Conv2d(3, 6, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(6, eps)

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm(self.stem(x))
        x = self.second(self.first(x)) + x
        return self.fc(x.mean((2, 3)))


def held(graph: Graph, module: nn.Module) -> Verification:
    drawn_samples = samples(graph, 2)
    return against(graph, of_module(drawn(module), drawn_samples), drawn_samples, "the model")


def verdicts(found: Verification) -> dict[str, str]:
    return {check.name: check.verdict for check in found.checks}


def test_a_spec_by_hand_is_paired_by_what_its_layers_are() -> None:
    torch.manual_seed(2)
    found = held(loads(BY_HAND), Model())
    assert set(verdicts(found).values()) == {EQUAL}, found
    assert "by structure" in str(found)


def test_a_layer_that_is_another_is_told_and_moves_the_outputs() -> None:
    torch.manual_seed(2)
    found = held(loads(BY_HAND), Model(eps=0.1))
    assert verdicts(found)["outputs"] == DIFFERS
    assert "others from `batch_norm`" in " ".join(str(found).split())


def test_tensors_of_one_shape_are_ambiguous_where_the_order_is_another() -> None:
    found = held(loads(BY_HAND), Model(eps=0.1))
    (weights,) = (check for check in found.checks if check.name == "weights")
    assert "ambiguous: 2 weights could be another tensor" in weights.unconfirmed[-1]  # turned


def test_params_macs_and_weights_that_are_not_the_models() -> None:
    found = held(loads(BY_HAND.replace("linear: 4", "linear: 5")), Model())
    names = {name for name, verdict in verdicts(found).items() if verdict == DIFFERS}
    assert names == {"params", "MACs", "weights", "output shapes"}


IMPORTED = ("transformer", "several_outputs", "weights_shared", "over_sequences", "norms")


@in_groups(slices(IMPORTED, 2))
def test_an_imported_spec_has_the_models_outputs(name: str) -> None:
    torch.manual_seed(5)
    make, shapes = MODELS[name]
    module = drawn(make())
    found = held(imported(module, shapes, name).graph, module)
    assert set(verdicts(found).values()) == {EQUAL}, found


def of_pt2(module: nn.Module, path: Path, given: list[Tensor]) -> Original:
    torch.export.save(torch.export.export(module.eval(), tuple(given)), path)
    return original(str(path), {}, "", given, lambda lines: None)


def test_a_pt2_file(tmp_path: Path) -> None:
    graph = loads(BY_HAND)
    given = samples(graph, 2)
    model = of_pt2(drawn(Model()), tmp_path / "m.pt2", given)
    assert set(verdicts(against(graph, model, given, "m.pt2")).values()) == {EQUAL}


def test_an_onnx_file(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    path, graph = tmp_path / "m.onnx", loads(BY_HAND)
    given = samples(graph, 2)
    with warnings.catch_warnings(action="ignore"):
        torch.onnx.export(drawn(Model()), tuple(given), path, dynamo=False)
    model = original(str(path), {}, "", given, lambda lines: None)
    found = against(graph, model, given, "m.onnx")
    assert verdicts(found)["params"] == DIFFERS  # the norm is folded into the convolution there
    assert verdicts(found)["output shapes"] == EQUAL
