"""Two CUDA devices train as one does with the doubled batch: by NCCL, on the double by gloo."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import torch

from tests.train.small import WITH_GPU, process, weights

pytestmark = [pytest.mark.torch, pytest.mark.cuda(2)]

SPEC = """
name: small
input: 1x8x8
layers:
  - {conv: {filters: 8, kernel: 3, padding: half, bias: false}}
  - NORM
  - relu
  - {max_pool: 2}
  - flatten
  - linear: 10
train: {epochs: 2, batch: 32, optimizer: {kind: sgd}, learning_rate: 0.05, validation: 0.1096}
"""
NETWORKS = {"plain": "sigmoid", "batch norm over both": "batch_norm"}


def metrics(folder: Path) -> list[dict[str, float]]:
    with (folder / "metrics.csv").open(newline="") as file:
        return [{name: float(text) for name, text in row.items()} for row in csv.DictReader(file)]


@pytest.mark.parametrize("layer", NETWORKS.values(), ids=NETWORKS)
def test_two_devices_are_one_with_the_doubled_batch(tmp_path: Path, layer: str) -> None:
    """1,797 - 197 images are 50 batches of 32, without a rest."""
    (tmp_path / "small.yaml").write_text(SPEC.replace("NORM", layer))
    env = {**WITH_GPU, "GLOO_SOCKET_IFNAME": "lo"}
    for number, batch in (("1", "32"), ("2", "16")):
        given = ["--device", "cuda", "--devices", number, "-r", f"batch={batch}", "-o", number]
        done = process(tmp_path, "small.yaml", *given, env=env)
        assert done.returncode == 0, done.stderr
        assert done.stdout.count("data: digits") == 1
    for one, other in zip(metrics(tmp_path / "1"), metrics(tmp_path / "2"), strict=True):
        for name in ("loss", "validation_loss", "validation_error"):
            assert other[name] == pytest.approx(one[name], rel=1e-3), name
    expected = weights(tmp_path / "1" / "last.ckpt")
    for name, tensor in weights(tmp_path / "2" / "last.ckpt").items():
        if tensor.is_floating_point():
            torch.testing.assert_close(tensor, expected[name], rtol=1e-2, atol=1e-3)
