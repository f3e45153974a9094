"""Data that is no image with a class: sequences, numbers for answers, an answer at each place."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import Any

import numpy
import pytest
import torch
import torch.nn.functional as F  # noqa: N812

from cnncalc.runtime.train import losses
from cnncalc.runtime.train.fitting_data import answers
from tests.train.small import run, same

pytestmark = pytest.mark.torch

SEQUENCE = """
name: sequence
input: 1x40
layers: [{conv: {filters: 4, kernel: 5}}, relu, global_avg_pool, linear: 2]
train: {epochs: 1}
"""
CURVE = """
name: curve
input: 1
args: {units: 20, numbers: 1}
layers: [linear: units, sigmoid, linear: numbers]
train: {epochs: 2, batch: 32, learning_rate: 0.02}
"""
MAP = """
name: map
input: 1x12x12
layers: [{conv: {filters: 4, kernel: 3}}, relu, {conv: {filters: 2, kernel: 3}}]
train: {epochs: 30, learning_rate: 0.02}
"""


def trained(folder: Path, spec: str, *arguments: str, **arrays: Any) -> tuple[str, str]:
    """Standard output and standard error of a training with these arrays."""
    (folder / "spec.yaml").write_text(spec)
    numpy.savez(folder / "data.npz", **arrays)
    done = run(folder, "spec.yaml", "--data", "data.npz", *arguments)
    assert (done.returncode == 0) == ("cnncalc: " not in done.stderr), done.stderr
    return done.stdout, done.stderr


# -- sequences ------------------------------------------------------------------------------

WAVES = numpy.sin(numpy.arange(40) * numpy.array([0.2, 0.9] * 50)[:, None])
CLASSES = numpy.array([0, 1] * 50)


def test_sequences_with_and_without_an_axis_of_features(tmp_path: Path) -> None:
    for name, x in (("plain", WAVES), ("featured", WAVES[:, None])):
        said, _ = trained(tmp_path, SEQUENCE, "--output", name, x=x, y=CLASSES)
        assert said.startswith("data: arrays in data.npz; 1x40, 2 classes\nsamples: 90 to train on")
    assert same(tmp_path / "plain/last.ckpt", tmp_path / "featured/last.ckpt")


def test_sequences_of_several_features(tmp_path: Path) -> None:
    spec = SEQUENCE.replace("1x40", "2x20")
    said, _ = trained(tmp_path, spec, x=WAVES.reshape(-1, 2, 20), y=CLASSES)
    assert "2x20, 2 classes" in said


OTHERS = {
    "last": (WAVES[:, :, None], "are 40x1, the network reads 1x40, features first: swap the axes"),
    "shorter": (WAVES[:, :30], "are 1x30, the network reads 1x40; --input 1x30"),
    "features": (WAVES.reshape(-1, 2, 20), "are 2x20, the network reads 1x40; change the spec's"),
    "maps": (WAVES.reshape(-1, 2, 2, 10), "are 2x2x10, the network reads 1x40: features x steps"),
}


@pytest.mark.parametrize(("x", "says"), OTHERS.values(), ids=OTHERS)
def test_sequences_of_another_shape(tmp_path: Path, x: Any, says: str) -> None:
    assert says in trained(tmp_path, SEQUENCE, x=x, y=CLASSES)[1]


def test_the_way_out_of_another_length(tmp_path: Path) -> None:
    said, _ = trained(tmp_path, SEQUENCE, "--input", "1x30", x=WAVES[:, :30], y=CLASSES)
    assert "1x30, 2 classes" in said


# -- numbers --------------------------------------------------------------------------------

X = numpy.linspace(-math.pi, math.pi, 256)[:, None]


def test_a_sine_is_approximated(tmp_path: Path) -> None:
    """Cybenko 1989: one hidden layer of sigmoids comes as near to a continuous function as one
    likes."""
    arrays = {"x": X, "y": numpy.sin(X), "x_test": X + 0.01, "y_test": numpy.sin(X + 0.01)}
    more = ["-r", "epochs=40", "-r", "batch=16", "-r", "schedule=cosine", "-r", "learning_rate=0.2"]
    said, _ = trained(tmp_path, CURVE, *more, **arrays)
    data, samples, head, *_, best, _, test = said.splitlines()
    assert data == "data: arrays in data.npz; 1, 1 number each"
    assert samples.startswith("samples: 230 to train on, 26 kept apart")
    assert head == "epoch      loss  validation loss  learning rate  seconds"
    assert "accuracy" not in said
    assert best.endswith(" of 26 validation samples")
    assert test.endswith(" of 256 samples")
    assert float(test.split()[2]) < 0.01  # the mean square of a sine is 0.5
    with (tmp_path / "runs/spec/metrics.csv").open(newline="") as file:
        assert {row["error"] for row in csv.DictReader(file)} == {""}


def test_numbers_are_resumed_to_the_last_bit(tmp_path: Path) -> None:
    arrays = {"x": X, "y": numpy.hstack([numpy.sin(X), numpy.cos(X)]).astype("f4")}
    two = ["--set", "numbers=2", "-r", "loss=huber"]
    trained(tmp_path, CURVE, *two, "--output", "whole", **arrays)
    trained(tmp_path, CURVE, *two, "--output", "cut", "-r", "epochs=1", **arrays)
    trained(tmp_path, CURVE, *two, "--output", "cut", "--resume", **arrays)
    assert same(tmp_path / "whole/last.ckpt", tmp_path / "cut/last.ckpt")


REFUSED = {
    "classes wanted": (
        ["-r", "loss=cross_entropy"],
        "numbers for answers (floats), `cross_entropy`",
    ),
    "watched": (["-r", "watch=error"], "numbers are not right or wrong; --recipe watch=loss"),
    "smoothed": (["-r", "label_smoothing=0.1"], "no labels to smooth; --recipe label_smoothing=0"),
    "more": (["--set", "numbers=3"], "the network gives 3, the data has 1 number for each sample"),
}


@pytest.mark.parametrize(("arguments", "says"), REFUSED.values(), ids=REFUSED)
def test_numbers_and_a_recipe_for_classes(tmp_path: Path, arguments: list[str], says: str) -> None:
    assert says in trained(tmp_path, CURVE, *arguments, x=X, y=numpy.sin(X))[1]


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("mse", (0.5**2 + 3**2) / 2),
        ("mae", (0.5 + 3) / 2),
        ("huber", (0.5**2 / 2 + (3 - 0.5)) / 2),  # Huber 1964, with the border at 1
    ],
)
def test_losses_of_numbers(kind: str, wanted: float) -> None:
    found = losses.difference(kind, torch.tensor([[1.5, 5.0]]), torch.tensor([[1.0, 2.0]]))
    assert float(found) == pytest.approx(wanted)


# -- an answer at each place ----------------------------------------------------------------

PICTURES = numpy.random.default_rng(0).random((60, 12, 12))
BRIGHT = (PICTURES > 0.5).astype("i8")


@pytest.mark.parametrize("cut", [0, 2])
def test_each_place_has_an_answer(tmp_path: Path, cut: int) -> None:
    """As large as the output, or as the input: then its middle is compared."""
    labels = BRIGHT[:, cut : 12 - cut, cut : 12 - cut]
    said, _ = trained(tmp_path, MAP, x=PICTURES, y=labels)
    accuracy = float(said.split("accuracy ")[-1].split(" %")[0])
    assert accuracy > 90


def test_answers_at_other_places(tmp_path: Path) -> None:
    says = "the network gives 2x8x8, the data has 10x10 answers for each sample"
    assert says in trained(tmp_path, MAP, x=PICTURES, y=BRIGHT[:, 1:11, 1:11])[1]


def test_places_without_an_answer_do_not_count() -> None:
    scores = torch.randn(3, 2, 4, 4, generator=torch.Generator().manual_seed(0))
    labels = torch.randint(2, (3, 4, 4), generator=torch.Generator().manual_seed(1))
    known = labels.clone()
    known[:, 2:] = losses.UNKNOWN
    found = losses.cross_entropy(scores, known)
    torch.testing.assert_close(found, F.cross_entropy(scores[:, :, :2], labels[:, :2]))
    missed = (scores[:, :, :2].argmax(1) != labels[:, :2]).float().mean((1, 2)).sum()
    torch.testing.assert_close(losses.wrong(scores, known), missed)


def test_the_middle_of_a_map() -> None:
    labels = torch.arange(36).view(1, 6, 6)
    assert answers(labels, (2, 4, 2))[0].tolist() == [[8 + 6 * r, 9 + 6 * r] for r in range(4)]
