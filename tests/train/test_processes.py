"""Two processes under torchrun, which gather two batches each, train as one does with a batch as
large as all four.

The network has no batch norm and no dropout: on the CPU each process normalises by its own images,
and draws its own dropout.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from tests.train.small import ALONE, run, spec, weights

pytestmark = pytest.mark.torch

RECIPE = """
  augment: {flip: horizontal, crop: 1}
  weight_decay: 1e-4
  clip_norm: 1
  validation: 0.1096
  ema: 0.9
"""


def metrics(folder: Path) -> list[dict[str, float]]:
    with (folder / "metrics.csv").open(newline="") as file:
        return [{k: float(v) for k, v in row.items()} for row in csv.DictReader(file)]


def test_two_processes_are_one_with_a_larger_batch(tmp_path: Path) -> None:
    path = spec(tmp_path, RECIPE)  # 1,797 - 197 images: 50 batches of 32, without a rest
    alone = run(tmp_path, path, "-r", "batch=32", "-r", "epochs=1", "--output", "one")
    assert alone.returncode == 0, alone.stderr
    where = ["--output", "two", "--device", "cpu"]
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    parts = [path, "-r", "batch=8", "-r", "accumulate=2", "-r", "epochs=1"]
    two = subprocess.run(
        [*launcher, "--nproc-per-node=2", "-m", "cnncalc", "train", *parts, *where],
        cwd=tmp_path,
        env={**ALONE, "GLOO_SOCKET_IFNAME": os.environ.get("GLOO_SOCKET_IFNAME", "lo")},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert two.returncode == 0, two.stderr
    assert two.stdout.count("data: digits") == 1
    for one, other in zip(metrics(tmp_path / "one"), metrics(tmp_path / "two"), strict=True):
        for name in ("loss", "validation_loss", "validation_error"):
            assert other[name] == pytest.approx(one[name], rel=1e-5), name
    expected = weights(tmp_path / "one" / "last.ckpt")
    for name, tensor in weights(tmp_path / "two" / "last.ckpt").items():
        torch.testing.assert_close(tensor, expected[name], rtol=1e-4, atol=1e-5)
