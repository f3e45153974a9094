"""Running means, gathered gradients, mixed images and class weights, each against a loop, or a few
lines, written here."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from sklearn.datasets import load_digits
from sklearn.utils.class_weight import compute_class_weight
from torch import Tensor, nn

import cnncalc
from cnncalc.network.recipe import Augment, Recipe
from cnncalc.runtime.lower import lower
from cnncalc.runtime.sealed import seal
from cnncalc.runtime.stored import load as stored
from cnncalc.runtime.train.batches import Batch, Rank, TrainingBatches, generator, split
from cnncalc.runtime.train.class_weights import balanced
from cnncalc.runtime.train.data.images import Stored
from cnncalc.runtime.train.mixing import Mix, box_of, draw_mix, mixed
from cnncalc.runtime.verify.threads import one_thread
from cnncalc.runtime.weights.weight_files import tensors_in
from tests.inside import inside
from tests.train.small import run, spec

pytestmark = pytest.mark.torch

SPEC = """
input: 1x6x6
layers:
  - {conv: {filters: 4, kernel: 3}}
  - relu
  - flatten
  - linear: 3
train: {epochs: 2, batch: 24, optimizer: {kind: sgd, momentum: 0.9}, learning_rate: 0.1,
        validation: 0, normalise: none}
"""

COUNTS = (61, 30, 12)
"""Samples of each class: 103 in all, four steps of 24 and one of 7."""

LABELS = torch.arange(3).repeat_interleave(torch.tensor(COUNTS))
IMAGES = torch.rand(103, 1, 6, 6, generator=generator(1)) * (1 + LABELS.view(-1, 1, 1, 1)) / 3

State = dict[str, Tensor]
Loss = Callable[[nn.Module, Batch], Tensor]


def trained(folder: Path, **recipe: Any) -> State:
    """The tensors of the last checkpoint."""
    fields = {name.replace("__", "."): value for name, value in recipe.items()}
    data = {"x": IMAGES.numpy(), "y": LABELS.numpy()}
    with one_thread():
        cnncalc.train(cnncalc.loads(SPEC), data, recipe=fields, output=folder, device="cpu")
    found: State = stored(folder / "last.ckpt")["state_dict"]
    return found


def batches(recipe: Recipe) -> Iterator[Batch]:
    """Of two epochs, as a run has them."""
    for epoch in range(2):
        yield from TrainingBatches(Stored(IMAGES, LABELS), torch.arange(103), recipe, Rank(), epoch)


def usual(network: nn.Module, batch: Batch) -> Tensor:
    """Cross-entropy, by its formula."""
    scores = network(batch.images).log_softmax(1)
    return -scores[torch.arange(len(batch.labels)), batch.labels].mean()


def by_hand(loss: Loss = usual, recipe: Recipe | None = None) -> Iterator[State]:
    """The weights after each step of two epochs."""
    network = lower(cnncalc.loads(SPEC))
    optimizer = torch.optim.SGD(network.parameters(), 0.1, 0.9)
    for batch in batches(recipe or Recipe(batch=24)):
        optimizer.zero_grad()
        loss(network, batch).backward()
        optimizer.step()
        yield {name: tensor.clone() for name, tensor in network.state_dict().items()}


def agree(found: State, wanted: State, prefix: str = "network.") -> None:
    assert {n.removeprefix(prefix) for n in found if n.startswith(prefix)} == wanted.keys()
    for name, tensor in wanted.items():
        torch.testing.assert_close(found[prefix + name], tensor, rtol=1e-4, atol=1e-6)


# -- running means --------------------------------------------------------------------------


@pytest.mark.parametrize("decay", [0.5, 0.999])
def test_running_means(tmp_path: Path, decay: float) -> None:
    """Of the weights after each step: the first, then a share of each; less is kept at first."""
    steps = list(by_hand())
    means = steps[0]
    for number, weights in enumerate(steps[1:], 1):
        kept = min(decay, (1 + number) / (10 + number))
        means = {name: kept * means[name] + (1 - kept) * weights[name] for name in means}
    found = trained(tmp_path, ema=decay)
    agree(found, steps[-1])
    agree(found, means, "averaged.module.")
    assert int(found["averaged.n_averaged"]) == len(steps) == 10


def test_statistics_are_averaged_and_counters_are_not(tmp_path: Path) -> None:
    spec = SPEC.replace("  - relu\n", "  - batch_norm\n  - relu\n")
    data = {"x": IMAGES.numpy(), "y": LABELS.numpy()}
    run = {"ema": 0.9}
    cnncalc.train(cnncalc.loads(spec), data, recipe=run, output=tmp_path, device="cpu")
    found = stored(tmp_path / "last.ckpt")["state_dict"]
    live, mean = (f"{each}.batch_norm." for each in ("network", "averaged.module"))
    assert not torch.equal(found[f"{live}running_mean"], found[f"{mean}running_mean"])
    assert int(found[f"{mean}num_batches_tracked"]) == int(found[f"{live}num_batches_tracked"])


# -- gathered gradients ---------------------------------------------------------------------


def test_gathered_batches_are_one_larger_batch(tmp_path: Path) -> None:
    """24 as three of 8; the last step has 7, which one batch holds, and 103 in steps of 40 leaves
    23, which are three of 8, 8 and 7."""
    agree(trained(tmp_path / "a", batch=8, accumulate=3), [*by_hand()][-1])
    larger = [*by_hand(recipe=Recipe(batch=40))][-1]
    agree(trained(tmp_path / "b", batch=8, accumulate=5), larger)


def test_gathered_where_answers_count_differently(tmp_path: Path) -> None:
    """A mean over weighed answers, which the batches of a step have different sums of."""
    weights = torch.tensor([1.0, 2.5, 20.0])

    def weighed(network: nn.Module, batch: Batch) -> Tensor:
        each = -network(batch.images).log_softmax(1)[range(len(batch.labels)), batch.labels]
        count = weights[batch.labels]
        return (count * each).sum() / count.sum()

    named = {"class_weights.1": 2.5, "class_weights.2": 20}
    agree(trained(tmp_path / "a", **{k.replace(".", "__"): v for k, v in named.items()}),
          [*by_hand(weighed)][-1])  # fmt: skip
    named |= {"batch": 8, "accumulate": 3}
    agree(trained(tmp_path / "b", **{k.replace(".", "__"): v for k, v in named.items()}),
          [*by_hand(weighed)][-1])  # fmt: skip


@pytest.mark.parametrize("count", [1, 2, 7, 24, 25, 26, 33, 103])
@pytest.mark.parametrize(("batch", "gathered"), [(8, 3), (2, 4), (1, 4), (5, 1)])
@pytest.mark.parametrize("world", [1, 2])
def test_batches_of_a_step(count: int, batch: int, gathered: int, world: int) -> None:
    """No batch is too large, none has one image by the way, and steps are those of a larger
    batch, but for one image."""
    recipe, data = Recipe(batch=batch, accumulate=gathered), Stored(IMAGES, LABELS)
    larger = Recipe(batch=batch * gathered)
    for rank in range(world):
        place = Rank(rank, world)
        made = [TrainingBatches(data, torch.arange(count), r, place, 0) for r in (recipe, larger)]
        parts, whole = (list(each) for each in made)
        assert [len(each) for each in made] == [len(parts), len(whole)]
        assert made[0].steps == made[1].steps == len(whole)
        assert all(part.counted <= batch for part in parts)
        assert all(part.counted > 1 or batch == 1 or len(whole) == 1 for part in parts)
        for step, every in enumerate(whole):
            own = parts[step * gathered : (step + 1) * gathered]
            images = torch.cat([part.images for part in own])
            assert torch.equal(images, every.images[: len(images)])
            assert torch.equal(torch.cat([p.draws for p in own]), every.draws[: len(images)])
            assert len(every.images) - len(images) <= (batch == 2)
            assert sum(part.share for part in own) == pytest.approx(1)


# -- mixed images ---------------------------------------------------------------------------

SIX = IMAGES[:6].repeat(1, 2, 1, 2)  # 6 x 2 x 6 x 12
SIX_LABELS = torch.tensor([0, 1, 2, 0, 2, 1])


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_mixup(share: float) -> None:
    images, wanted = mixed(SIX, SIX_LABELS, Mix(share))
    for number in range(6):
        before = (number - 1) % 6
        own = share * SIX[number] + (1 - share) * SIX[before]
        torch.testing.assert_close(images[number], own)
        assert wanted.others is not None
        assert (wanted.labels[number], wanted.others[number]) == (
            SIX_LABELS[number],
            SIX_LABELS[before],
        )
    assert wanted.share == share


def test_cutmix_cuts_a_box_and_counts_it() -> None:
    for seed in range(20):
        mix = draw_mix(Augment(cutmix=1.0), seed)
        assert mix
        images, wanted = mixed(SIX, SIX_LABELS, mix)
        from_others = torch.zeros(6, 12)
        for row in range(6):
            for column in range(12):
                values = images[:, :, row, column]
                pixel = SIX[:, :, row, column]
                taken = torch.equal(values, pixel.roll(1, 0))
                assert taken or torch.equal(values, pixel)
                from_others[row, column] = taken
        assert wanted.share == pytest.approx(1 - float(from_others.mean()))
        rows, columns = (int(from_others.amax(axis).sum()) for axis in (1, 0))
        assert rows * columns == int(from_others.sum())  # it is a box


def test_a_box_is_as_the_paper_has_it() -> None:
    """Sides by the root of the other's share, in the middle; what is outside is left out."""
    assert box_of((8, 20), Mix(0.75, (0.5, 0.5, 0.5))) == (slice(2, 6), slice(5, 15))
    assert box_of((8, 20), Mix(0.75, (0.0, 0.99, 0.5))) == (slice(0, 2), slice(14, 20))
    assert box_of((40,), Mix(0.75, (0.5, 0.5, 0.5))) == (slice(15, 25),)


def test_answers_at_places_are_cut_along() -> None:
    labels = torch.arange(6 * 6 * 12).view(6, 6, 12)
    images, wanted = mixed(labels[:, None].float(), labels, Mix(0.6, (0.3, 0.6, 0.5)))
    assert wanted.others is None
    assert torch.equal(images[:, 0].long(), wanted.labels)
    assert not torch.equal(wanted.labels, labels)


def test_numbers_are_wanted_mixed() -> None:
    numbers = torch.rand(6, 3)
    _, wanted = mixed(SIX, numbers, Mix(0.3))
    assert wanted.others is None
    torch.testing.assert_close(wanted.labels, 0.3 * numbers + 0.7 * numbers.roll(1, 0))


@pytest.mark.parametrize("alpha", [0.2, 1.0, 4.0])
def test_shares_are_of_a_beta_distribution(alpha: float) -> None:
    found = [draw_mix(Augment(mixup=alpha), 0, n) for n in range(4000)]
    shares = numpy.array([mix.share for mix in found if mix])
    deviation = math.sqrt(1 / (4 * (2 * alpha + 1)))  # of Beta(alpha, alpha)
    assert shares.mean() == pytest.approx(0.5, abs=4 * deviation / math.sqrt(4000))
    assert shares.std() == pytest.approx(deviation, rel=0.05)


def test_of_two_ways_each_has_half_a_chance() -> None:
    found = [draw_mix(Augment(mixup=1, cutmix=1), 0, n) for n in range(1000)]
    cut = sum(bool(mix and mix.centre) for mix in found)
    assert abs(cut - 500) < 4 * math.sqrt(1000 / 4)


@pytest.mark.parametrize("alpha", [1e-300, 1e-5, 1e5, 1e300])
def test_any_number_is_drawn_by(alpha: float) -> None:
    shares = [mix.share for n in range(50) if (mix := draw_mix(Augment(mixup=alpha), n))]
    assert all(0 <= share <= 1 for share in shares)


def test_a_mixed_step(tmp_path: Path) -> None:
    """Cross-entropy with targets that are shares of two classes, by its formula."""
    recipe = Recipe(batch=24, augment=Augment(mixup=0.4), label_smoothing=0.1)

    def soft(network: nn.Module, batch: Batch) -> Tensor:
        assert batch.mix
        share, sharp = batch.mix.share, F.one_hot(batch.labels, 3).float()
        images = share * batch.images + (1 - share) * batch.images.roll(1, 0)
        target = 0.9 * (share * sharp + (1 - share) * sharp.roll(1, 0)) + 0.1 / 3
        return -(target * network(images).log_softmax(1)).sum(1).mean()

    found = trained(tmp_path, augment__mixup=0.4, label_smoothing=0.1)
    agree(found, [*by_hand(soft, recipe)][-1])


# -- class weights --------------------------------------------------------------------------


def test_balanced_is_as_scikit_learn_has_it() -> None:
    wanted = compute_class_weight("balanced", classes=numpy.arange(3), y=LABELS.numpy())
    torch.testing.assert_close(balanced(LABELS, 3), torch.tensor(wanted).float())
    few = torch.tensor([0, 0, 2])
    wanted = compute_class_weight("balanced", classes=numpy.array([0, 2]), y=few.numpy())
    assert balanced(few, 4).tolist() == pytest.approx([wanted[0], 0, wanted[1], 0])


def test_balanced_over_what_is_trained_on(tmp_path: Path) -> None:
    loss = nn.CrossEntropyLoss(weight=103 / (3 * torch.tensor(COUNTS).float()))
    found = trained(tmp_path, class_weights="balanced")
    agree(found, [*by_hand(lambda network, batch: loss(network(batch.images), batch.labels))][-1])


# -- what uses the means ---------------------------------------------------------------------

MEANS = "running means of the weights (EMA)"


@pytest.fixture(scope="module")
def averaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run with means that lag behind."""
    folder = tmp_path_factory.mktemp("averaged")
    done = run(folder, spec(folder), "-r", "epochs=1", "-r", "ema=0.9", "-o", "run")
    assert done.returncode == 0, done.stderr
    assert f"note: validated and used are {MEANS[:-1]}, decay 0.9)" in done.stdout
    return folder


def means_in(folder: Path) -> State:
    found = stored(folder / "run/best.ckpt")["state_dict"]
    assert not torch.equal(found["network.linear.weight"], found[f"{PREFIX}linear.weight"])
    return {n.removeprefix(PREFIX): t for n, t in found.items() if n.startswith(PREFIX)}


PREFIX = "averaged.module."


def test_evaluated_are_the_means(averaged: Path) -> None:
    digits = load_digits()
    kept = split(len(digits.target), 0.1, 0)[1]
    network = lower(cnncalc.load(averaged / "small.yaml"))
    network.load_state_dict(means_in(averaged))
    said = stored(averaged / "run/best.ckpt")["cnncalc"]
    mean, deviation = (said["normalisation"][name][0] for name in ("mean", "deviation"))
    images = torch.from_numpy(digits.images[kept] / 16).float()[:, None]
    with torch.no_grad():
        scores = network((images - mean) / deviation)
    loss = float(F.cross_entropy(scores, torch.from_numpy(digits.target)[kept]))
    assert said["validation"]["loss"] == pytest.approx(loss, rel=1e-5)
    done = inside("evaluate", "run/best.ckpt", folder=averaged)
    assert f"\nweights: {MEANS}\n" in done.stdout
    assert f"\nloss: {loss:.4g} " in done.stdout
    other = inside("evaluate", "run/best.ckpt", "--no-ema", folder=averaged)
    assert MEANS not in other.stdout
    assert f"\nloss: {loss:.4g} " not in other.stdout


def test_other_commands_take_the_means_and_say_so(averaged: Path) -> None:
    means = means_in(averaged)
    numpy.savez(averaged / "one.npz", x=numpy.zeros((1, 8, 8)))
    done = inside("predict", "run/best.ckpt", "one.npz", folder=averaged)
    assert (done.returncode, done.stderr) == (0, f"its weights are {MEANS}\n")
    words = ["--weights", "run/best.ckpt", "-o", "out.py"]
    done = inside("export", "small.yaml", *words, folder=averaged)
    assert done.stderr == f"run/best.ckpt: {MEANS}\n"
    assert tensors_equal(tensors_in(averaged / "out.safetensors"), means)
    few = ["-r", "steps=1", "-r", "learning_rate=1e-30", "-o", "next"]
    done = run(averaged, "small.yaml", "--from", "run/best.ckpt", *few)
    assert f"begins with 4 of 4 tensors from run/best.ckpt, by name, {MEANS}\n" in done.stdout
    begun = stored(averaged / "next/last.ckpt")["state_dict"]
    assert tensors_equal({n: begun[f"network.{n}"] for n in means}, means)


def tensors_equal(one: State, other: State) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[n], other[n]) for n in one)


def test_weights_show_has_both(averaged: Path) -> None:
    done = inside("weights", "show", "run/best.ckpt", "--format", "json", folder=averaged)
    found = json.loads(done.stdout)
    assert found["averaged"]
    norms = {each["name"]: each["norm"] for each in found["tensors"]}
    assert next(iter(norms)) == "encoder.conv.weight"
    for name, tensor in means_in(averaged).items():
        assert norms[name] == pytest.approx(float(tensor.norm()), rel=1e-5)
        assert norms[f"network.{name}"] != norms[name]
    text = inside("weights", "show", "run/best.ckpt", folder=averaged).stdout
    (said,) = (line for line in text.splitlines() if line.startswith("weights "))
    assert said.endswith("running means (EMA); the last step's: `network.`")
    assert len(said) <= 80


def test_a_lie_about_the_means_is_said(averaged: Path, tmp_path: Path) -> None:
    contents = stored(averaged / "run/last.ckpt")
    contents["state_dict"]["averaged.n_averaged"] += 1
    del contents["cnncalc"]["sha256"]
    (tmp_path / "run").mkdir()
    torch.save(seal(contents), tmp_path / "run/last.ckpt")
    more = ["-r", "epochs=2", "-r", "ema=0.9", "-o", "run", "--resume"]
    done = run(tmp_path, spec(tmp_path), *more)
    assert done.returncode == 2
    assert "has means of other steps than it has done" in done.stderr


# -- what does not go together --------------------------------------------------------------

NUMBERS = {"x": numpy.zeros((9, 4)), "y": numpy.zeros((9, 2))}
CLASSES = {"x": numpy.zeros((9, 4)), "y": numpy.arange(9) % 2}

REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "a class that is none": (CLASSES, {"class_weights.cat": 2}, "the data's classes are 0, 1"),
    "numbers": (NUMBERS, {"class_weights": "balanced"}, "the data's answers are no classes"),
    "a box of a vector": (CLASSES, {"augment.cutmix": 1}, "does not change vectors"),
}


@pytest.mark.parametrize(("data", "recipe", "says"), REFUSED.values(), ids=REFUSED)
def test_refused(data: dict[str, Any], recipe: dict[str, Any], says: str) -> None:
    graph = cnncalc.loads("input: 4\nlayers: [linear: 2]")
    with pytest.raises(ValueError, match=says):
        cnncalc.train(graph, data, recipe=recipe)
