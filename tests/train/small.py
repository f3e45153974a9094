"""A small network and small data, trained in a moment: in this process, or in one of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import torch
from torch import Tensor

from cnncalc.runtime.verify.threads import one_thread
from tests.inside import inside

SPEC = """
name: small
input: 1x8x8
args: {classes: 10}
layers:
  - {name: encoder, layers: [{conv: {filters: 8, kernel: 3, padding: half}}, relu, max_pool: 2]}
  - flatten
  - {dropout: 0.2, when: DROPOUT}
  - linear: classes
train:
  epochs: 3
  batch: 32
  optimizer: {kind: sgd, momentum: 0.9}
  learning_rate: 0.05
"""


def spec(folder: Path, more: str = "", dropout: bool = False) -> str:
    """The small network's path, `more` lines in its recipe."""
    path = folder / "small.yaml"
    path.write_text(SPEC.replace("DROPOUT", str(dropout).lower()) + more)
    return str(path)


def command(*arguments: str) -> list[str]:
    """`cnncalc train` as a process."""
    return [sys.executable, "-m", "cnncalc", "train", *arguments]


ALONE = {
    **os.environ,
    "OMP_NUM_THREADS": "1",
    "PYTHONUNBUFFERED": "1",
    "CUDA_VISIBLE_DEVICES": "",
}
"""One thread and no GPU: the same sums in the same order."""

WITH_GPU = {**os.environ, "PYTHONUNBUFFERED": "1"}


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Train in `folder`, in this process, as ALONE says."""
    with pytest.MonkeyPatch.context() as patch, one_thread():
        patch.setattr(torch.cuda, "is_available", lambda: False)
        return inside("train", *arguments, folder=folder)


def process(
    folder: Path, *arguments: str, env: Mapping[str, str] = ALONE
) -> subprocess.CompletedProcess[str]:
    """Train in `folder`, in a process of its own."""
    return subprocess.run(
        command(*arguments), cwd=folder, capture_output=True, text=True, env=env, timeout=300
    )


def weights(path: Path) -> dict[str, Tensor]:
    """The tensors of a checkpoint."""
    found: dict[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)["state_dict"]
    return found


def same(first: Path, second: Path) -> bool:
    """Whether two checkpoints have the same weights, to the last bit."""
    one, other = weights(first), weights(second)
    return one.keys() == other.keys() and all(torch.equal(one[n], other[n]) for n in one)
