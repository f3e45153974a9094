"""A run that is killed, and goes on: it ends with the weights of one that was not disturbed."""

from __future__ import annotations

import csv
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.train.small import ALONE, command, run, same, spec

pytestmark = pytest.mark.torch

RECIPE = """
  schedule: {kind: plateau, patience: 1, factor: 0.5, warmup: 0.5}
  augment: {flip: horizontal, crop: 1, rotation: 10, mixup: 0.2, cutmix: 1}
  accumulate: 2
  ema: 0.95
  class_weights: balanced
"""
EPOCHS = 6
KILLS = 20


def killed(folder: Path, *arguments: str, after: int, wait: float = 0.02) -> None:
    """Begin a run, and kill it in the middle of the epoch behind `after`, so many seconds later."""
    with subprocess.Popen(
        command(*arguments), cwd=folder, env=ALONE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        for line in process.stdout:
            if line.split()[:1] == [str(after)]:
                break
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL


def test_killed_in_mid_epoch_and_resumed(tmp_path: Path) -> None:
    arguments = [spec(tmp_path, RECIPE, dropout=True), "-r", f"epochs={EPOCHS}"]
    whole = run(tmp_path, *arguments, "--output", "whole")
    assert whole.returncode == 0, whole.stderr
    cut = ["--output", "cut"]
    killed(tmp_path, *arguments, *cut, after=2)
    resumed = run(tmp_path, *arguments, *cut, "--resume")
    assert resumed.returncode == 0, resumed.stderr
    assert "goes on from cut/last.ckpt, after epoch" in resumed.stdout
    for name in ("last.ckpt", "best.ckpt"):
        assert same(tmp_path / "whole" / name, tmp_path / "cut" / name)
    assert losses(tmp_path / "cut") == losses(tmp_path / "whole")


@pytest.mark.thorough
def test_killed_twenty_times_and_resumed(tmp_path: Path) -> None:
    """Whenever: in a step, between gathered batches, in validation, as a checkpoint is written."""
    arguments = [spec(tmp_path, RECIPE, dropout=True), "-r", f"epochs={2 * KILLS + EPOCHS}"]
    whole = run(tmp_path, *arguments, "--output", "whole")
    assert whole.returncode == 0, whole.stderr
    cut, draw = ["--output", "cut"], random.Random(KILLS)
    for number in range(KILLS):
        again = ["--resume"] if number else []
        killed(tmp_path, *arguments, *cut, *again, after=2 * number + 2, wait=draw.uniform(0, 0.2))
        assert (tmp_path / "cut/last.ckpt").exists()
    resumed = run(tmp_path, *arguments, *cut, "--resume")
    assert resumed.returncode == 0, resumed.stderr
    for name in ("last.ckpt", "best.ckpt"):
        assert same(tmp_path / "whole" / name, tmp_path / "cut" / name)
    assert losses(tmp_path / "cut") == losses(tmp_path / "whole")


def losses(folder: Path) -> list[tuple[str, ...]]:
    """The epochs of `metrics.csv`, without the times."""
    with (folder / "metrics.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert [row[0] for row in rows[1:]] == [str(epoch) for epoch in range(1, len(rows))]
    return [tuple(row[:-2]) for row in rows]


def test_other_epochs_give_other_weights(tmp_path: Path) -> None:
    """What the comparison above would not see if it were blind."""
    arguments = [spec(tmp_path, RECIPE, dropout=True)]
    for epochs in ("1", "2"):
        assert run(tmp_path, *arguments, "-r", f"epochs={epochs}", "-o", epochs).returncode == 0
    assert not same(tmp_path / "1" / "last.ckpt", tmp_path / "2" / "last.ckpt")


def test_a_finished_run_is_prolonged(tmp_path: Path) -> None:
    path = spec(tmp_path)
    assert run(tmp_path, path, "-r", "epochs=2").returncode == 0
    longer = run(tmp_path, path, "-r", "epochs=4", "--resume")
    assert longer.returncode == 0, longer.stderr
    assert run(tmp_path, path, "-r", "epochs=4", "--output", "once").returncode == 0
    assert same(tmp_path / "runs/small/last.ckpt", tmp_path / "once/last.ckpt")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["-r", "batch=16"], "the recipe is not the one of `run/last.ckpt`: batch"),
        (["-r", "validation=0.2"], "was trained with other data"),
        (["--data", "synthetic"], "was trained with other data: digits of scikit-learn"),
    ],
)
def test_another_run_is_not_resumed(
    tmp_path: Path, finished: Path, arguments: list[str], says: str
) -> None:
    path = spec(finished.parent)
    resumed = run(finished.parent, path, *arguments, "--output", "run", "--resume")
    assert resumed.returncode == 2
    assert says in resumed.stderr


def test_the_networks_must_be_the_same(tmp_path: Path, finished: Path) -> None:
    path = spec(tmp_path, dropout=True)
    resumed = run(tmp_path, path, "--output", str(finished), "--resume")
    assert resumed.returncode == 2
    assert "`--from` takes over its weights" in resumed.stderr


def test_nothing_to_resume(tmp_path: Path) -> None:
    resumed = run(tmp_path, spec(tmp_path), "--resume")
    assert resumed.returncode == 2
    assert "there is no `runs/small/last.ckpt` to go on from" in resumed.stderr


def test_a_run_is_not_overwritten(finished: Path) -> None:
    again = run(finished.parent, spec(finished.parent), "--output", "run")
    assert again.returncode == 2
    assert "`run` has a run: --resume goes on with it" in again.stderr
