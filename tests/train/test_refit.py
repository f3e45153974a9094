"""The final fit: on all images, from the beginning, for as many steps as were best."""

from __future__ import annotations

import csv
import math
import shutil
from pathlib import Path
from typing import Any

import numpy
import pytest
import torch
from sklearn.datasets import load_digits  # type: ignore[import-untyped]

import cnncalc
from cnncalc.runtime.train.checkpoint import Saves
from tests.inside import inside
from tests.train.small import run, same, spec

pytestmark = pytest.mark.torch

COUNT, KEPT = 300, 30  # a tenth is kept apart
EACH = math.ceil((COUNT - KEPT) / 32)
PLATEAU = "  schedule: {kind: plateau, patience: 1, factor: 0.5}\n"


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "metrics.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def best_of(folder: Path) -> int:
    """The first epoch of the fewest wrong answers."""
    errors = [float(row["validation_error"]) for row in rows(folder)]
    return errors.index(min(errors)) + 1


def refitted(folder: Path, *more: str, recipe: str = "") -> Path:
    digits = load_digits()
    numpy.savez(folder / "d.npz", x=digits.images[:COUNT] / 16, y=digits.target[:COUNT])
    path = spec(folder, recipe, dropout=True)
    done = run(folder, path, "--data", "d.npz", "--refit", "--output", "run", *more)
    assert done.returncode == 0, done.stderr
    return folder / "run"


def test_it_is_a_training_on_all_images_for_so_many_steps(tmp_path: Path) -> None:
    folder = refitted(tmp_path)
    steps = best_of(folder) * EACH
    words = ("-r", "validation=0", "-r", f"steps={steps}", "--output", "plain")
    assert run(tmp_path, "small.yaml", "--data", "d.npz", *words).returncode == 0
    assert same(folder / "refit/last.ckpt", tmp_path / "plain/last.ckpt")
    assert rows(folder / "refit")[-1]["step"] == str(steps)
    assert not (folder / "refit/best.ckpt").exists()
    said = torch.load(folder / "refit/last.ckpt", weights_only=True)["cnncalc"]
    assert said["refit"] == {"epoch": best_of(folder), "steps": steps}
    assert said["images"] == {"training": COUNT, "validation": 0, "test": 0, "from": {}}
    shown = inside("weights", "show", "run/refit/last.ckpt", folder=tmp_path).stdout
    assert f"refit.steps {steps}" in " ".join(shown.split())
    judged = inside("evaluate", "run/refit/last.ckpt", "--data", "d.npz", folder=tmp_path).stdout
    assert f"images: {COUNT:,} of {COUNT:,}, all trained on\n" in judged


def test_rates_are_those_of_the_first_fit_at_each_step(tmp_path: Path) -> None:
    folder = refitted(tmp_path, recipe="  schedule: {kind: cosine, warmup: 0.5}\n")
    last, warm = 3 * EACH, 0.5 * EACH
    for row in rows(folder / "refit"):
        step = int(row["step"]) - 1  # the rate is that of an epoch's last step
        done = (step - warm) / (last - warm)
        assert float(row["learning_rate"]) == pytest.approx(
            0.05 * (1 + math.cos(math.pi * done)) / 2
        )


def test_a_plateaus_rate_falls_where_it_fell(tmp_path: Path) -> None:
    folder = refitted(tmp_path, "-r", "epochs=12", recipe=PLATEAU)
    first = {int(row["step"]) - 1: float(row["learning_rate"]) for row in rows(folder)}
    assert len(set(first.values())) > 1
    for row in rows(folder / "refit"):
        step = int(row["step"]) - 1
        wanted = first[min(known for known in first if known >= step)]
        assert float(row["learning_rate"]) == wanted


def test_interrupted_in_either_fit_it_ends_with_the_same_weights(tmp_path: Path) -> None:
    whole = refitted(tmp_path, recipe=PLATEAU)
    words = ("small.yaml", "--data", "d.npz", "--refit", "--output", "cut")
    saved = Saves.on_train_epoch_end

    def cut(self: Saves, trainer: Any, module: Any) -> None:
        """In a final fit, behind its first epoch."""
        saved(self, trainer, module)
        if self.folder.name == "refit":
            raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Saves, "on_train_epoch_end", cut)
        done = run(tmp_path, *words)
    assert done.returncode == 130
    assert "`cut/refit/last.ckpt` stands, after epoch 1: go on with" in done.stderr
    assert done.stderr.endswith(" --resume --output cut --data d.npz --refit\n")
    shutil.copytree(tmp_path / "cut", tmp_path / "earlier")
    shutil.rmtree(tmp_path / "earlier/refit")
    for folder in ("cut", "earlier"):
        resumed = run(tmp_path, *words[:-1], folder, "--resume")
        assert resumed.returncode == 0, resumed.stderr
        assert same(whole / "refit/last.ckpt", tmp_path / folder / "refit/last.ckpt")
    assert not same(whole / "refit/last.ckpt", whole / "last.ckpt")


def test_a_final_fit_of_another_run_is_not_gone_on_with(tmp_path: Path) -> None:
    folder = refitted(tmp_path, "-r", "epochs=1")
    words = ("small.yaml", "--data", "d.npz", "--refit", "--output", "run", "--resume")
    done = run(tmp_path, *words, "-r", "epochs=4")
    assert best_of(folder) > 1
    assert done.returncode == 2
    assert "`run/refit/last.ckpt` is of a final fit of another run" in done.stderr


def test_what_is_validated_on_is_trained_on_and_the_test_is_of_the_final_fit(
    tmp_path: Path,
) -> None:
    draw = numpy.random.default_rng(0)
    data = {}
    for part, count in (("train", 60), ("val", 30), ("test", 20)):
        labels = draw.integers(2, size=count)
        noise = draw.integers(150, size=(count, 8, 8))
        data |= {
            f"x_{part}": (labels[:, None, None] * 60 + noise).astype("u1"),
            f"y_{part}": labels,
        }
    graph = cnncalc.load(spec(tmp_path), args={"classes": 2})
    found = cnncalc.train(graph, data, refit=True, output=tmp_path / "run", device="cpu")
    assert found.refit == tmp_path / "run/refit/last.ckpt"
    said = torch.load(found.refit, weights_only=True)["cnncalc"]
    assert said["images"]["training"] == 60 + 30
    every = numpy.concatenate([data["x_train"], data["x_val"]]) / 255
    assert said["normalisation"]["mean"] == pytest.approx([every.mean()], rel=1e-5)
    judged = cnncalc.evaluate(found.refit, data, part="test")
    assert found.test_loss == pytest.approx(judged.loss, rel=1e-5)
    assert judged.accuracy == pytest.approx(1 - (found.test_error or 0))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("-r", "validation=0"), "--refit wants images to validate on"),
        (("--from", "x.ckpt"), "--refit draws weights anew"),
    ],
)
def test_what_cannot_be_refitted(tmp_path: Path, words: tuple[str, ...], says: str) -> None:
    done = run(tmp_path, spec(tmp_path), "--refit", *words)
    assert done.returncode == 2
    assert says in done.stderr
    assert not (tmp_path / "runs").exists()
