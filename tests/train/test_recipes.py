"""The recipes that ship: each as its source prints it, and a step of each, on small inputs."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnncalc.commands.train import recipe_of
from cnncalc.language.load import load
from cnncalc.network.recipe import (
    Adadelta,
    Adam,
    Adversarial,
    Exponential,
    Plateau,
    Recipe,
    Rmsprop,
    Sgd,
    Steps,
)
from tests.inside import inside
from tests.train.small import run

pytestmark = pytest.mark.torch

RESNET = Recipe(epochs=120, batch=256, optimizer=Sgd(), learning_rate=0.1, schedule=Plateau())
SGD = Recipe(optimizer=Sgd(), schedule=Plateau(lowest=1e-3), learning_rate=0.01, normalise="mean")

PRINTED: dict[str, tuple[Recipe, float]] = {  # with the decay of weights
    "alexnet": (SGD._replace(epochs=90, batch=128), 5e-4),
    "vgg16": (SGD._replace(epochs=74, batch=256), 5e-4),
    "googlenet": (SGD._replace(epochs=60, batch=32, schedule=Exponential(8, 0.96)), 2e-4),
    "inception_v3": (
        Recipe(
            epochs=100,
            batch=32,
            optimizer=Rmsprop(0.9, 0.0, 1.0),
            learning_rate=0.045,
            schedule=Exponential(2, 0.94),
            label_smoothing=0.1,
            clip_norm=2.0,
            normalise="symmetric",
        ),
        0.0,
    ),
    "resnet18": (RESNET._replace(normalise="mean"), 1e-4),
    "resnet50": (RESNET._replace(normalise="mean"), 1e-4),
    "resnet200": (RESNET._replace(epochs=90, schedule=Steps((30, 60))), 1e-4),
    "resnext50_32x4d": (RESNET._replace(schedule=Exponential(30, 0.1)), 1e-4),
    "se_resnet50": (
        RESNET._replace(epochs=100, batch=1024, learning_rate=0.6, schedule=Exponential(30, 0.1)),
        1e-4,
    ),
    "convnetjs": (
        Recipe(batch=4, optimizer=Adadelta(0.95, 1e-6), normalise="half"),
        1e-4 / 4,  # of a batch's sum
    ),
    "dcgan_generator": (
        Recipe(
            epochs=5,
            batch=128,
            optimizer=Adam(beta1=0.5),
            learning_rate=2e-4,
            normalise="symmetric",
            adversarial=Adversarial(),
        ),
        0.0,
    ),
    "dcgan_discriminator": (Recipe(optimizer=Adam(beta1=0.5), learning_rate=2e-4), 0.0),
    "unet": (Recipe(batch=1, optimizer=Sgd(0.99), learning_rate=1e-3), 0.0),
}


@pytest.mark.parametrize("name", PRINTED)
def test_as_printed(name: str) -> None:
    wanted, decay = PRINTED[name]
    found = load(name).recipe
    assert found
    assert found.weight_decay.rate == pytest.approx(decay)
    for ignored in ("augment", "weight_decay"):
        found = found._replace(**{ignored: getattr(wanted, ignored)})
    assert found == wanted


def test_changes_of_images_as_printed() -> None:
    found = {name: load(name).recipe for name in ("convnetjs", "unet", "alexnet")}
    assert found["convnetjs"]
    assert found["convnetjs"].augment[:3] == ("horizontal", 0.0, 2)
    assert found["unet"]
    assert found["unet"].augment.elastic == 10
    assert found["alexnet"]
    assert found["alexnet"].augment.crop == (256 - 224) // 2


FAMILIES = {
    "vgg16": ("vgg11", "vgg13", "vgg19"),
    "resnet18": ("resnet34",),
    "resnet50": ("resnet101", "resnet152", "resnet50_v1", "resnet101_v1", "resnet152_v1"),
    "resnext50_32x4d": ("resnext101_32x4d",),
}


@pytest.mark.parametrize(
    ("base", "name"), [(base, name) for base, names in FAMILIES.items() for name in names]
)
def test_a_family_has_one_recipe(base: str, name: str) -> None:
    first, other = load(base).recipe, load(name).recipe
    assert first
    assert other
    assert repr(first) == repr(other)


SMALL = {
    "alexnet": ("3x67x67", 4),
    "vgg11": ("3x32x32", 2),
    "googlenet": ("3x64x64", 2),
    "inception_v3": ("3x139x139", 2),
    "resnet18": ("3x64x64", 4),
    "resnet50": ("3x64x64", 2),
    "resnext50_32x4d": ("3x64x64", 2),
    "se_resnet50": ("3x64x64", 2),
    "convnetjs": ("3x32x32", 4),
    "unet": ("1x188x188", 1),
    "mlp": ("1x28x28", 16),
    "rnn": ("128x16", 8),
}


@pytest.mark.parametrize("name", SMALL)
def test_a_step(tmp_path: Path, name: str) -> None:
    shape, batch = SMALL[name]
    few = ["steps=1", "validation=0.002", f"batch={batch}"]
    classes = ["--set", "classes=3"] if name not in ("rnn", "unet") else []
    recipe = [word for change in few for word in ("--recipe", change)]
    shapes = ["--input", shape] if name not in ("rnn", "mlp") else []
    done = run(tmp_path, name, "--data", "synthetic", *shapes, *classes, *recipe)
    assert done.returncode == 0, done.stderr
    assert f"checkpoint: runs/{name}/best.ckpt" in done.stdout


def test_auxiliary_heads_of_googlenet() -> None:
    graph = load("googlenet", args={"aux": True})
    recipe = recipe_of(graph, ["auxiliary.aux1=0.3", "auxiliary.aux2=0.3"])
    assert recipe
    assert [factor.value for factor in recipe.auxiliary] == [0.3, 0.3]


EXPLAINED = {
    "alexnet": """trains by
  epochs 90
  batch 128
  optimizer sgd, momentum 0.9, nesterov false
  learning_rate 0.01
  schedule plateau, patience 5, factor 0.1, lowest 0.001, warmup 0
  weight_decay rate 0.0005
  augment flip horizontal, crop 16
  normalise mean
""",
    "dcgan_generator": """trains by
  epochs 5
  batch 128
  optimizer adam, beta1 0.5, beta2 0.999, epsilon 1e-08
  learning_rate 0.0002
  adversarial loss logistic, steps 1
  normalise symmetric
""",
    "autoencoder_classifier": """trains by
  epochs 20
  learning_rate 0.01
  freeze [encoder]
  resize true
""",
}


@pytest.mark.parametrize("name", EXPLAINED)
def test_explained(tmp_path: Path, name: str) -> None:
    done = inside("explain", name, folder=tmp_path)
    assert f"\n\n{EXPLAINED[name]}\n" in done.stdout


def test_nothing_is_said_where_there_is_no_recipe(tmp_path: Path) -> None:
    assert "trains by" not in inside("explain", "xception", folder=tmp_path).stdout
