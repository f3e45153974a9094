"""`cnncalc train` on a CUDA device: which one, in which numbers, what the host waits for, and what
is said where its memory runs out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy
import pytest
import torch

from cnncalc.commands.how_to_train import HowToTrain
from cnncalc.commands.options import UsageError
from cnncalc.commands.train import train as command
from cnncalc.runtime.exhaustion import release
from cnncalc.runtime.train.batches import Batch
from cnncalc.runtime.train.task import Task
from tests.train.small import spec, weights

pytestmark = [pytest.mark.torch, pytest.mark.cuda]

MIB = 2**20


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def train(path: str, *changes: str, device: str = "cuda", devices: int = 1, **more: str) -> int:
    """In this process: its device is limited, and looked at."""
    choice = HowToTrain(device=device, devices=devices, data="digits")._replace(**more)
    return command(path, [], list(changes), choice)


def watched(monkeypatch: pytest.MonkeyPatch, name: str, see: Callable[..., None]) -> None:
    """Have `see` called with what a hook of the task is."""
    own = getattr(Task, name)

    def hook(self: Task, *given: Any, **named: Any) -> Any:
        see(self, *given)
        return own(self, *given, **named)

    monkeypatch.setattr(Task, name, hook)


# -- which device ------------------------------------------------------------------------------


@pytest.mark.cuda(2)
def test_the_device_is_the_one_that_was_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = set()
    watched(monkeypatch, "training_step", lambda task, batch, _: seen.add(batch.images.device))
    watched(monkeypatch, "training_step", lambda task, *_: seen.add(task.device))
    assert train(spec(tmp_path), "steps=2", device="cuda:1") == 0
    assert seen == {torch.device("cuda", 1)}
    assert weights(tmp_path / "runs/small/best.ckpt")


@pytest.mark.parametrize(
    ("device", "devices", "says"),
    [
        ("cuda:99", 1, "there is no `cuda:99`"),
        ("cuda:0", 2, "`--device cuda:0` is one device; `--device cuda` takes several"),
        ("cuda:", 1, "--device wants one of auto, cpu, cuda, cuda:1"),
        ("cuda", 99, "--devices 99: [0-9]+ CUDA devices? here"),
    ],
)
def test_no_such_device(tmp_path: Path, device: str, devices: int, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        train(spec(tmp_path), device=device, devices=devices)


# -- in which numbers --------------------------------------------------------------------------


@pytest.mark.parametrize(("precision", "shortened"), [("float32", False), ("tf32", True)])
def test_float32_is_float32_as_in_a_profile(
    tmp_path: Path, precision: str, shortened: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    matmul, cudnn = torch.backends.cuda.matmul, torch.backends.cudnn
    before = matmul.allow_tf32, cudnn.allow_tf32
    seen = set()
    watched(
        monkeypatch,
        "training_step",
        lambda *_: seen.add((matmul.allow_tf32, cudnn.allow_tf32)),
    )
    assert train(spec(tmp_path), "steps=1", f"precision={precision}") == 0
    assert seen == {(shortened, shortened)}
    assert (matmul.allow_tf32, cudnn.allow_tf32) == before


# -- what the host waits for -------------------------------------------------------------------


def test_a_step_waits_for_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the second on: some numbers are sent in the first one. A batch of 64 of the 1,617 digits
    is 26 steps, whose losses are read behind the last one."""
    steps = []

    def strict(task: Task, batch: Batch, number: int) -> None:
        steps.append(number)
        torch.cuda.set_sync_debug_mode("error" if 1 <= number < 10 else "default")

    watched(monkeypatch, "on_train_batch_start", strict)
    try:
        assert train(spec(tmp_path), "epochs=1", "batch=64", "optimizer=adam") == 0
    finally:
        torch.cuda.set_sync_debug_mode("default")
    assert len(steps) == 26


def test_batches_are_pinned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pytorch_lightning

    seen = []
    own = pytorch_lightning.LightningModule.transfer_batch_to_device

    def hook(self: Task, batch: Batch, *given: Any) -> Any:
        parts = [part for part in (batch.images, batch.labels, batch.draws) if part.numel()]
        seen.append([part.is_pinned() for part in parts])
        return own(self, batch, *given)

    monkeypatch.setattr(pytorch_lightning.LightningModule, "transfer_batch_to_device", hook)
    assert train(spec(tmp_path), "steps=2") == 0
    assert seen
    assert all(all(parts) for parts in seen)


def test_a_loss_that_is_no_number_is_named_by_its_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though it is read later."""

    def spoil(task: Task, batch: Batch, number: int) -> None:
        if number == 3:
            batch.images.fill_(float("nan"))

    watched(monkeypatch, "training_step", spoil)
    with pytest.raises(UsageError, match="the loss is nan in epoch 1, step 4;"):
        train(spec(tmp_path), "epochs=1")
    assert not (tmp_path / "runs/small/last.ckpt").exists()


# -- its memory --------------------------------------------------------------------------------

WIDE = """
name: wide
input: 1x8x8
layers:
  - {conv: {filters: 64, kernel: 3, padding: half}}
  - relu
  - {upsample: 4}
  - global_avg_pool
  - linear: 2000
  - relu
  - linear: 1000
  - linear: 10
train: {batch: 256, validation: 0, steps: 3, optimizer: adam}
"""
PARAMS = 64 * 10 + 65 * 2000 + 2001 * 1000 + 1001 * 10
MAPS = 64 * (8 * 8 + 8 * 8 + 32 * 32)
"""Of an image: convolution, ReLU, upsampling."""


@pytest.mark.parametrize("precision", ["float32", "bfloat16", "float16"])
def test_out_of_memory_says_what_fits(
    tmp_path: Path, precision: str, device_memory: Callable[..., None]
) -> None:
    """Weights, gradients and Adam's two means are 33 MiB; a batch of 256 has maps of 72 MiB. Then
    the batch that was named trains, in the same memory."""
    assert 4 * 4 * PARAMS < 33 * MIB
    assert 4 * MAPS * 256 == 72 * MIB
    (tmp_path / "wide.yaml").write_text(WIDE)
    release()
    device_memory(torch.cuda.memory_reserved() + 64 * MIB)
    change = f"precision={precision}"
    with pytest.raises(UsageError, match="out of memory with a batch of 256; ") as error:
        train("wide.yaml", change)
    fits = int(str(error.value).split("--recipe batch=")[1])
    assert 1 <= fits < 128 if precision == "float32" else fits <= 128
    release()
    assert train("wide.yaml", change, f"batch={fits}", output="less") == 0


def test_out_of_memory_in_the_test_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, device_memory: Callable[..., None]
) -> None:
    """As if others took it meanwhile."""
    draw = numpy.random.default_rng(0)
    images, labels = draw.integers(255, size=(80, 8, 8)).astype("u1"), numpy.arange(80) % 10
    numpy.savez(
        tmp_path / "data.npz",
        x_train=images[:60], y_train=labels[:60], x_test=images[60:], y_test=labels[60:],
    )  # fmt: skip
    watched(monkeypatch, "on_test_epoch_start", lambda task: device_memory(1))
    with pytest.raises(UsageError, match=r"out of memory in the test pass.*best.ckpt` stands"):
        train(spec(tmp_path), "epochs=1", data="data.npz")
    assert (tmp_path / "runs/small/best.ckpt").is_file()
