"""Made weights out through the commands and in again; the whole zoo in `benchmarks`, and there
where there is time."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("onnxruntime")

from benchmarks.weight_round_trips.tripping import by_onnx, by_safetensors
from cnncalc.zoo import networks

pytestmark = pytest.mark.torch

SORTS = {
    "maps": """
input: 3x12x12
layers:
  - {conv: {filters: 8, kernel: 3, padding: half, bias: false}}
  - batch_norm
  - relu
  - add:
      body:
        - {conv: {filters: 8, kernel: 3, padding: half, groups: 8}}
        - {group_norm: 2}
        - silu
        - {conv: {filters: 8, kernel: 1}}
      skip: []
  - {instance_norm: {affine: true}}
  - {conv_transpose: {filters: 6, kernel: 2, stride: 2}}
  - prelu
  - {max_pool: 2}
  - global_avg_pool
  - {linear: 5}
""",
    "sequences": """
input: 12
layers:
  - {embedding: {vocabulary: 30, features: 8}}
  - {attention: {heads: 2}}
  - layer_norm
  - {lstm: 6}
  - {gru: 6}
  - {linear: {units: 4, per: position}}
""",
}
"""Networks of layers of most sorts that have weights."""


@pytest.mark.parametrize("sort", SORTS)
def test_layers_of_all_sorts_as_safetensors(sort: str, tmp_path: Path) -> None:
    assert by_safetensors(written(sort, tmp_path), tmp_path)["result"] == "equal"


@pytest.mark.parametrize("sort", ["maps", pytest.param("sequences", marks=pytest.mark.thorough)])
def test_layers_of_all_sorts_as_onnx(sort: str, tmp_path: Path) -> None:
    assert by_onnx(written(sort, tmp_path), tmp_path)["result"] == "within"


def written(sort: str, folder: Path) -> str:
    (folder / "network.yaml").write_text(SORTS[sort])
    return str(folder / "network.yaml")


@pytest.mark.parametrize("name", ["lenet5_1998", "pointnet", "neocognitron", "squeezenet1_0"])
def test_networks_as_safetensors(name: str, tmp_path: Path) -> None:
    assert by_safetensors(name, tmp_path)["result"] == "equal"


@pytest.mark.thorough
@pytest.mark.parametrize("name", networks())
def test_every_network_as_safetensors(name: str, tmp_path: Path) -> None:
    assert by_safetensors(name, tmp_path)["result"] == "equal"
