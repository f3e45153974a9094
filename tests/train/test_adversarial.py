"""A generator and a discriminator against each other, compared with a loop written here."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from math import prod
from pathlib import Path
from typing import Any

import numpy
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from PIL import Image
from torch import Tensor, nn

import cnncalc
from cnncalc.language.load import SpecError, load
from cnncalc.network.recipe import Recipe
from cnncalc.runtime.lower import lower
from cnncalc.runtime.sealed import state
from cnncalc.runtime.stored import digest
from cnncalc.runtime.stored import load as stored
from cnncalc.runtime.train import engine
from cnncalc.runtime.train.batches import Rank, TrainingBatches, generator
from cnncalc.runtime.train.data.digits import digits
from cnncalc.runtime.train.engine import Opponent, Training, train
from cnncalc.runtime.train.errors import TrainError
from tests.train.small import run, same
from tests.train.test_hostile_checkpoints import Contents, put, resealed, said, unsaid
from tests.train.test_resume import killed

pytestmark = pytest.mark.torch

GENERATOR = """
name: draws
input: 5x1x1
layers:
  - conv_transpose: {filters: 6, kernel: 4, bias: false}
  - batch_norm
  - relu
  - conv_transpose: {filters: 1, kernel: 4, stride: 2, padding: 1}
  - tanh
train:
  epochs: 2
  batch: 600
  optimizer: {kind: adam, beta1: 0.5}
  normalise: symmetric
  adversarial: logistic
"""

DISCRIMINATOR = """
name: tells apart
input: 1x8x8
args: {end: identity, dropped: 0}
layers:
  - conv: {filters: 4, kernel: 3, stride: 2, bias: false}
  - batch_norm
  - {leaky_relu: 0.2}
  - flatten
  - {dropout: dropped, when: dropped > 0}
  - linear: 1
  - activation: end
train: {optimizer: {kind: rmsprop, decay: 0.9}, learning_rate: 2e-3, max_norm: 1.5, clip_value: 0.1}
"""

STEPS = 3
"""Of an epoch: 1,797 digits, 600 a step but for the last."""


def pair(folder: Path) -> list[str]:
    """The two specs, as a command takes them."""
    (folder / "generator.yaml").write_text(GENERATOR)
    (folder / "discriminator.yaml").write_text(DISCRIMINATOR)
    return ["generator.yaml", "--discriminator", "discriminator.yaml"]


def rows(folder: Path) -> list[dict[str, str]]:
    """`metrics.csv`, without the times."""
    with (folder / "metrics.csv").open(newline="") as file:
        found = list(csv.DictReader(file))
    return [{k: v for k, v in row.items() if "second" not in k} for row in found]


# -- the loop, by hand -------------------------------------------------------------------------

ONE, ZERO = torch.ones, torch.zeros
Compared = Callable[[Tensor, Tensor], Tensor]


def entropy(compare: Compared) -> tuple[Compared, Callable[[Tensor], Tensor]]:
    """Of the discriminator real and drawn, of the generator drawn: the mean over a batch each."""
    return (
        lambda real, drawn: compare(real, torch.ones_like(real)) + compare(drawn, drawn * 0),
        lambda drawn: compare(drawn, torch.ones_like(drawn)),
    )


LOSSES: dict[str, tuple[Compared, Callable[[Tensor], Tensor]]] = {
    "logistic": entropy(F.binary_cross_entropy_with_logits),
    "chance": entropy(F.binary_cross_entropy),
    "squares": entropy(lambda score, wanted: F.mse_loss(score, wanted) / 2),
    "hinge": (
        lambda real, drawn: (1 - real).clamp(min=0).mean() + (1 + drawn).clamp(min=0).mean(),
        lambda drawn: -drawn.mean(),
    ),
}


def batches(epochs: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Digits from -1 to 1, and noise: what a run of seed 0 sees."""
    images, every = digits().train, torch.arange(1797)
    for epoch in range(epochs):
        for batch in TrainingBatches(images, every, Recipe(batch=600), Rank(), epoch, noise=5):
            yield batch.images * 2 - 1, batch.draws[:, -5:].reshape(-1, 5, 1, 1)


def by_hand(
    draws: nn.Module, tells: nn.Module, loss: str, turn: int
) -> list[tuple[float, float, float, float, int]]:
    """Losses of generator and discriminator, means of what this says of both kinds, and images."""
    first = torch.optim.Adam(draws.parameters(), 1e-3, (0.5, 0.999))
    second = torch.optim.RMSprop(tells.parameters(), 2e-3, 0.9)
    discriminating, fooling = LOSSES[loss]
    found = []
    for number, (images, noise) in enumerate(batches(2), 1):
        drawn = draws(noise)
        scores = tells(images), tells(drawn.detach())
        its = discriminating(*scores)
        second.zero_grad()
        its.backward()
        nn.utils.clip_grad_value_(tells.parameters(), 0.1)
        second.step()
        with torch.no_grad():
            for weight in (w for name, w in tells.named_parameters() if "weight" in name):
                if weight.ndim > 1:
                    weight.copy_(torch.renorm(weight, 2, 0, 1.5))
        own = torch.tensor(float("nan"))
        if number % turn == 0:
            own = fooling(tells(drawn))
            first.zero_grad()
            own.backward()
            first.step()
        shown = [s.sigmoid() if loss == "logistic" else s for s in scores]
        found.append((*(float(x.detach().mean()) for x in (own, its, *shown)), len(images)))
    return found


def mean(found: list[Any], column: int) -> float:
    """Over an epoch's images; of those with a turn, where some have none."""
    known = [(row[column], row[-1]) for row in found if row[column] == row[column]]
    return sum(value * count for value, count in known) / sum(count for _, count in known)


CASES = {
    "logistic": ("logistic", 1, []),
    "a chance": ("chance", 1, ["--set", "discriminator.end=sigmoid"]),
    "hinge": ("hinge", 1, ["-r", "adversarial.loss=hinge"]),
    "squares": ("squares", 1, ["-r", "adversarial=squares"]),
    "two steps of the one": ("logistic", 2, ["-r", "adversarial.steps=2"]),
}


@pytest.mark.parametrize(("loss", "turn", "arguments"), CASES.values(), ids=CASES)
def test_as_by_hand(tmp_path: Path, loss: str, turn: int, arguments: list[str]) -> None:
    done = run(tmp_path, *pair(tmp_path), *arguments, "-o", "run")
    assert done.returncode == 0, done.stderr
    draws = lower(load(tmp_path / "generator.yaml"))
    end = {"end": "sigmoid"} if loss == "chance" else {}
    tells = lower(load(tmp_path / "discriminator.yaml", args=end))
    steps = by_hand(draws, tells, loss, turn)
    columns = ("generator_loss", "discriminator_loss", "real", "drawn")
    for epoch, row in enumerate(rows(tmp_path / "run")):
        assert row["step"] == str(STEPS * (epoch + 1))
        own = steps[STEPS * epoch : STEPS * (epoch + 1)]
        wanted = [mean(own, column) for column in range(4)]
        assert [float(row[name]) for name in columns] == pytest.approx(wanted, rel=1e-4)
    found = torch.load(tmp_path / "run/last.ckpt", weights_only=True)["state_dict"]
    for name, network in (("network", draws), ("discriminator", tells)):
        for path, tensor in network.state_dict().items():
            torch.testing.assert_close(found[f"{name}.{path}"], tensor, rtol=1e-3, atol=1e-5)


# -- what is kept ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of two epochs, the specs beside it."""
    folder = tmp_path_factory.mktemp("adversarial")
    done = run(folder, *pair(folder), "-o", "run")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-2:] == ["drawn: run/samples", "checkpoint: run/last.ckpt"]
    return folder / "run"


def test_the_generator_can_be_taken_out(finished: Path) -> None:
    """What it draws in use stands on the last sheet."""
    draws = lower(load(finished.parent / "generator.yaml"))
    draws.load_state_dict(state(finished / "last.ckpt"))
    noise = torch.randn(64, 5, 1, 1, generator=generator(0))
    with torch.no_grad():
        wanted = ((draws.eval()(noise) + 1) / 2 * 255).round().clamp(0, 255)
    with Image.open(finished / "samples/0002.png") as picture:
        found = numpy.asarray(picture)
    assert found.shape == (2 + 8 * 10, 2 + 8 * 10)
    for number in range(64):
        top, left = 2 + 10 * (number // 8), 2 + 10 * (number % 8)
        tile = torch.tensor(found[top : top + 8, left : left + 8].astype("f4"))
        assert float((tile - wanted[number, 0]).abs().max()) <= 1


def test_another_run_begins_with_both(tmp_path: Path, finished: Path) -> None:
    specs = pair(tmp_path)
    start = ["--from", str(finished / "last.ckpt")]
    begun = run(tmp_path, *specs, *start, "-r", "learning_rate=1e-30", "-r", "epochs=1", "-o", "b")
    assert begun.returncode == 0, begun.stderr
    assert "begins with 7 of 7 tensors from" in begun.stdout
    assert "discriminator: 7 of 7 tensors from" in begun.stdout
    before, after = (stored(f / "last.ckpt")["state_dict"] for f in (finished, tmp_path / "b"))
    name = "network.conv_transpose_2.weight"
    assert torch.equal(before[name], after[name])


def test_killed_in_mid_epoch_and_resumed(tmp_path: Path) -> None:
    """Turns cross epochs, the discriminator drops, images change by chance."""
    specs = [*pair(tmp_path), "-r", "epochs=5", "-r", "adversarial.steps=2", "-r", "batch=64"]
    specs += ["-r", "augment.crop=1", "-r", "augment.noise=0.1"]
    specs += ["--set", "discriminator.dropped=0.3", "-r", "discriminator.schedule=cosine"]
    specs += ["-r", "ema=0.9"]
    whole = run(tmp_path, *specs, "-o", "whole")
    assert whole.returncode == 0, whole.stderr
    killed(tmp_path, *specs, "-o", "cut", after=2)
    resumed = run(tmp_path, *specs, "-o", "cut", "--resume")
    assert resumed.returncode == 0, resumed.stderr
    assert "goes on from cut/last.ckpt, after epoch" in resumed.stdout
    files = [tmp_path / name / "last.ckpt" for name in ("whole", "cut")]
    assert same(*files)
    kept = [digest({"cnncalc": {}, "kept": stored(file)["optimizer_states"]}) for file in files]
    assert kept[0] == kept[1]
    assert rows(tmp_path / "cut") == rows(tmp_path / "whole")
    sheets = [(tmp_path / name / "samples/0005.png").read_bytes() for name in ("whole", "cut")]
    assert sheets[0] == sheets[1]


def test_what_draws_are_running_means(tmp_path: Path) -> None:
    """Of the generator alone, after its own steps: without a memory they are what it is."""
    few = ["-r", "epochs=1", "-r", "batch=300", "-r", "adversarial.steps=2"]
    done = run(tmp_path, *pair(tmp_path), *few, "-r", "ema=0", "-o", "none")
    assert done.returncode == 0, done.stderr
    found = stored(tmp_path / "none/last.ckpt")["state_dict"]
    assert int(found["averaged.n_averaged"]) == 3  # of six steps
    own, means = (
        {name.removeprefix(prefix): t for name, t in found.items() if name.startswith(prefix)}
        for prefix in ("network.", "averaged.module.")
    )
    assert own.keys() == means.keys()
    assert all(torch.equal(own[name], means[name]) for name in own)
    done = run(tmp_path, *pair(tmp_path), *few, "-r", "ema=0.9", "-o", "kept")
    assert done.returncode == 0, done.stderr
    sheets = [(tmp_path / name / "samples/0001.png").read_bytes() for name in ("none", "kept")]
    assert sheets[0] != sheets[1]


def test_in_half_the_bits(tmp_path: Path) -> None:
    done = run(tmp_path, *pair(tmp_path), "-r", "precision=bfloat16", "-r", "epochs=1")
    assert done.returncode == 0, done.stderr
    assert "checkpoint: runs/generator/last.ckpt" in done.stdout


def test_what_is_no_image_is_drawn_into_arrays(tmp_path: Path) -> None:
    x = numpy.random.default_rng(0).normal(size=(128, 2))
    draws = cnncalc.loads("input: 3\nlayers: [linear: 8, relu, linear: 2]\ntrain: {epochs: 2}")
    tells = cnncalc.loads("input: 2\nlayers: [linear: 8, relu, linear: 1]")
    data = {"x": x, "y": numpy.zeros(128, int)}
    found = cnncalc.train(draws, data, discriminator=tells, output=tmp_path / "run", device="cpu")
    assert found.samples == tmp_path / "run/samples"
    assert numpy.load(found.samples / "0002.npy").shape == (64, 2)


# -- from Python -------------------------------------------------------------------------------


def test_from_python(finished: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = finished.parent
    monkeypatch.chdir(tmp_path)
    names = folder / "generator.yaml", folder / "discriminator.yaml"
    found = cnncalc.train(names[0], discriminator=names[1], device="cpu")
    wanted = rows(finished)
    assert [str(row.generator_loss) for row in found.epochs] == [
        r["generator_loss"] for r in wanted
    ]
    assert (found.checkpoint, found.samples) == (None, None)
    assert repr(found) == "<TrainedPair 'draws', 'tells apart': 2 epochs>"
    assert str(found).splitlines()[0] == "data: digits of scikit-learn; 1x8x8, 10 classes"
    assert not list(tmp_path.iterdir())
    with pytest.raises(SpecError, match="the generator gives 1x8x8, the discriminator reads 1x32x"):
        cnncalc.train(names[0], discriminator="lenet5")
    with pytest.raises(ValueError, match="against a discriminator; --discriminator SPEC"):
        cnncalc.train(names[0])
    with pytest.raises(SpecError, match="a recipe has no field `epochz`"):
        cnncalc.train(names[0], discriminator=names[1], recipe={"discriminator.epochz": 1})


# -- what goes wrong ---------------------------------------------------------------------------

WRONG: dict[str, tuple[str, str, list[str], str, str]] = {
    "another shape": (
        "input: 1x8x8",
        "input: 1x9x9",
        [],
        "discriminator.yaml:3:8: CNN255 the generator gives 1x8x8, the discriminator reads 1x9x9",
        "`input: 1x8x8`",
    ),
    "two classes": (
        "linear: 1",
        "linear: 2",
        [],
        "CNN255 the discriminator gives 2: how real an image is, is one number",
        "end it with `linear: 1`",
    ),
    "two inputs": (
        "input: 1x8x8\nargs: {end: identity, dropped: 0}\nlayers:\n",
        "input: {a: 1x8x8, b: 1x8x8}\nargs: {end: identity, dropped: 0}\nlayers:\n"
        "  - add: [a, b]\n",
        [],
        "CNN255 the discriminator has the inputs `a`, `b`",
        "images are one input",
    ),
    "a score with bounds": (
        "end: identity",
        "end: tanh",
        [],
        "CNN255 the discriminator ends in `tanh`, from -1 to 1: a score has no bounds",
        "leave `tanh` out",
    ),
    "a chance by hinge": (
        "end: identity",
        "end: sigmoid",
        ["-r", "adversarial=hinge"],
        "ends in `sigmoid`, from 0 to 1: `hinge` wants a score without bounds",
        "--recipe adversarial.loss=logistic",
    ),
    "images beyond": (
        "normalise: symmetric",
        "normalise: deviation",
        [],
        "ends in `tanh`, from -1 to 1, images by `normalise: deviation` go beyond that",
        "`normalise: symmetric`",
    ),
    "images beyond a sigmoid": (
        "- tanh",
        "- sigmoid",
        [],
        "ends in `sigmoid`, from 0 to 1, images by `normalise: symmetric` go beyond that",
        "`normalise: none`",
    ),
    "nothing to watch": (
        "",
        "",
        ["-r", "schedule=plateau"],
        "CNN253 `plateau` has no meaning where nothing says how good a drawn image is",
        "--recipe schedule=constant",
    ),
    "nothing for the other to watch": (
        "",
        "",
        ["-r", "discriminator.schedule=plateau"],
        "CNN253 `plateau` has no meaning",
        "--recipe discriminator.schedule=constant",
    ),
    "labels": (
        "",
        "",
        ["-r", "label_smoothing=0.1"],
        "CNN253 `label_smoothing` has no meaning",
        "--recipe label_smoothing=0",
    ),
    "no such loss": ("", "", ["-r", "adversarial=wasserstein"], "CNN252", "one of `logistic`"),
    "a field of neither": (
        "",
        "",
        ["-r", "discriminator.epochz=1"],
        "--recipe discriminator.epochz=1:1:1: CNN251 a recipe has no field `epochz`",
        "epochs",
    ),
    "an argument of neither": (
        "",
        "",
        ["--set", "discriminator.widht=1"],
        "CNN512 the spec has no argument `widht`",
        "",
    ),
}


@pytest.mark.parametrize(("old", "new", "arguments", "says", "hint"), WRONG.values(), ids=WRONG)
def test_pairs_that_do_not_go_together(
    tmp_path: Path, old: str, new: str, arguments: list[str], says: str, hint: str
) -> None:
    specs = pair(tmp_path)
    for name in (specs[0], specs[2]):
        path = tmp_path / name
        path.write_text(path.read_text().replace(old, new) if old else path.read_text())
    done = run(tmp_path, *specs, *arguments)
    assert done.returncode == 1, done.stdout
    assert says in done.stderr
    assert hint in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "runs").exists()


REFUSED = {
    "another size": (["--data", "synthetic", "--input", "7x1x1"], 0, ""),
    "images of another size": (
        ["--data", "data.npz"],
        2,
        "the images are 1x7x7, the network reads 1x8x8; --recipe resize=true",
    ),
    "several devices": (
        ["--devices", "2"],
        2,
        "a generator and a discriminator train in one process, on one device",
    ),
    "a rate without bounds": (
        [
            *("-r", "discriminator.learning_rate=1e15", "-r", "discriminator.optimizer=sgd"),
            *("-r", "discriminator.max_norm=none", "-r", "adversarial=squares", "-r", "epochs=9"),
        ],
        2,
        "a lower rate may help: --recipe",
    ),
    "no spec": (["--discriminator", "nowhere.yaml"], 1, "nowhere.yaml:1:1: CNN107"),
}


@pytest.mark.parametrize(("arguments", "code", "says"), REFUSED.values(), ids=REFUSED)
def test_runs_that_are_refused(tmp_path: Path, arguments: list[str], code: int, says: str) -> None:
    numpy.savez(tmp_path / "data.npz", x=numpy.zeros((9, 7, 7), "u1"), y=numpy.zeros(9, int))
    done = run(tmp_path, *pair(tmp_path), "-r", "epochs=1", *arguments)
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_generator_alone(tmp_path: Path) -> None:
    done = run(tmp_path, pair(tmp_path)[0])
    assert done.returncode == 2
    assert "the recipe trains it against a discriminator; --discriminator SPEC" in done.stderr


# -- checkpoints that lie ----------------------------------------------------------------------


def other(**fields: Any) -> Callable[[Contents], None]:
    return lambda c: c["cnncalc"]["discriminator"].update(fields)


def weight(change: Callable[[Tensor], Tensor]) -> Callable[[Contents], None]:
    def lie(c: Contents) -> None:
        name = "discriminator.linear.weight"
        c["state_dict"][name] = change(c["state_dict"][name])

    return lie


def by_hand_done(c: Contents) -> None:
    name = "epoch_loop.manual_optimization.optim_step_progress"
    c["loops"]["fit_loop"][name]["total"]["completed"] += 1


LIES: dict[str, tuple[Callable[[Contents], Any], str]] = {
    "no discriminator": (unsaid("discriminator"), "is of a run without a discriminator"),
    "it is a number": (said("discriminator", 3), "has a int as its `discriminator`"),
    "it says nothing": (said("discriminator", {}), "has no `source`"),
    "another source": (other(source="import os"), "the discriminator's network is not the one of"),
    "another recipe": (other(recipe={}), "the discriminator's recipe is not the one of"),
    "one optimizer": (
        lambda c: c["optimizer_states"].pop(),
        "has 1 optimizers, a run with a discriminator has two",
    ),
    "swapped": (lambda c: c["optimizer_states"].reverse(), "has an optimizer that keeps"),
    "no numbers": (weight(lambda t: t * float("nan")), "that are no numbers"),
    "another shape": (weight(lambda t: t[:, 1:].clone()), "float32, where the network has"),
    "a weight lacks": (
        lambda c: c["state_dict"].pop("discriminator.linear.bias"),
        "lacks the weight `discriminator.linear.bias`",
    ),
    "kept by the second": (
        lambda c: c["optimizer_states"][1]["state"][0].update(step=torch.ones(3)),
        "`step` of its optimizer",
    ),
    "other steps": (put("global_step", 11), "do not belong to 2 epochs"),
    "by hand": (by_hand_done, "do not belong to 2 epochs: `epoch_loop.manual_optimization"),
}


@pytest.mark.parametrize(("lie", "says"), LIES.values(), ids=LIES)
def test_lies_are_refused(
    tmp_path: Path, finished: Path, lie: Callable[[Contents], Any], says: str
) -> None:
    contents = stored(finished / "last.ckpt")
    del contents["cnncalc"]["sha256"]
    lie(contents)
    torch.save(resealed(contents), tmp_path / "last.ckpt")
    graphs = [load(finished.parent / name) for name in ("generator.yaml", "discriminator.yaml")]
    recipes = [graph.recipe for graph in graphs]
    assert recipes[0]
    assert recipes[1]
    against = Opponent(graphs[1], recipes[1])
    again = Training(folder=tmp_path, resume=True, device="cpu", opponent=against)
    with pytest.raises(TrainError, match=r"last\.ckpt") as error:
        train(graphs[0], recipes[0]._replace(epochs=3), again)
    assert says in str(error.value)


def test_out_of_memory_says_which_batch_fits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both turns of a step are tried."""
    pair(tmp_path)
    graphs = [load(tmp_path / name) for name in ("generator.yaml", "discriminator.yaml")]
    assert graphs[0].recipe
    assert graphs[1].recipe
    duel = engine._duel(
        graphs[0], graphs[0].recipe, digits(), Opponent(graphs[1], graphs[1].recipe)
    )
    assert duel.noise == prod((5, 1, 1))
    assert engine.memory.fitting_batch(duel, torch.device("cpu")) == 600 // 2
