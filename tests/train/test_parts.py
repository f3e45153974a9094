"""The parts of a training by themselves: schedules, changes of images, bounds, what decays."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
import torch
from torch import nn

from cnncalc.diagnostics import Diagnostics, Source, Span
from cnncalc.language.recipe.training import overridden
from cnncalc.network.graph import Graph, Node
from cnncalc.network.recipe import (
    Adadelta,
    Adam,
    Adamw,
    Augment,
    Constant,
    Cosine,
    EarlyStopping,
    Exponential,
    Factor,
    NamedPart,
    Plateau,
    Recipe,
    Rmsprop,
    Sgd,
    Steps,
    WeightDecay,
    plain,
)
from cnncalc.runtime.lower import lower
from cnncalc.runtime.train import losses
from cnncalc.runtime.train.augment import DRAWS, augmented, draw
from cnncalc.runtime.train.optimizers import clip, freeze, hold_norm, optimizer
from cnncalc.runtime.train.schedules import factor
from cnncalc.runtime.train.watch import Watch
from tests.layers.cases import Case, of_each_kind
from tests.lowering.test_lower import written
from tests.torch_form import module_of

pytestmark = pytest.mark.torch
NOWHERE = Span(Source("", ""), 1, 1, 1, 1)

# -- schedules ------------------------------------------------------------------------------

SCHEDULES = {  # ten steps an epoch, ten epochs: the step, falls so far, and the factor
    "constant": (Constant(), 55, 0, 1),
    "warm-up begins": (Constant(warmup=2), 0, 0, 1 / 21),
    "warm-up ends": (Constant(warmup=2), 20, 0, 1),
    "before a step": (Steps((3, 6)), 29, 0, 1),
    "after a step": (Steps((3, 6)), 30, 0, 0.1),
    "after two": (Steps((3, 6), 0.5), 60, 0, 0.5 * 0.5),
    "exponential, before": (Exponential(2, 0.94), 19, 0, 1),
    "exponential, thrice": (Exponential(2, 0.94), 60, 0, 0.94**3),
    "exponential, beyond a float": (Exponential(1, 1e15), 210, 0, math.inf),
    "cosine, middle": (Cosine(), 50, 0, 0.5),
    "cosine, a third": (Cosine(0.2, 1), 40, 0, 0.2 + 0.8 * (1 + math.cos(math.pi / 3)) / 2),
    "plateau, none": (Plateau(), 50, 0, 1),
    "plateau, two": (Plateau(), 50, 2, 0.1**2),
    "plateau, lowest": (Plateau(lowest=0.05), 50, 2, 0.05),
}


@pytest.mark.parametrize(("schedule", "step", "falls", "wanted"), SCHEDULES.values(), ids=SCHEDULES)
def test_schedule(schedule: Constant, step: int, falls: int, wanted: float) -> None:
    found = factor(Recipe(schedule=schedule), step, 10, 10, falls)
    assert found == pytest.approx(wanted)


def test_watch() -> None:
    watch = Watch(Recipe(schedule=Plateau(patience=2), early_stopping=EarlyStopping(4)))
    best = [watch.see(epoch, value) for epoch, value in enumerate([5, 4, 4, 6, 3.9, 5, 5, 5, 5], 1)]
    assert best == [True, True, False, False, True, False, False, False, False]
    assert (watch.best, watch.epoch, watch.falls, watch.stopped) == (3.9, 5, 3, True)


# -- changes of images ----------------------------------------------------------------------

IMAGES = torch.rand(64, 3, 8, 12, generator=torch.Generator().manual_seed(0))
DRAWN = draw(64, torch.Generator().manual_seed(1))
CENTRE = torch.full((64, DRAWS), 0.5)


def test_nothing_changes_by_default() -> None:
    assert torch.equal(augmented(IMAGES, Augment(), DRAWN), IMAGES)


@pytest.mark.parametrize(
    "change", [Augment(shift=0.2), Augment(rotation=30), Augment(zoom=0.3), Augment(shade=0.3)]
)
def test_the_middle_of_each_range_is_no_change(change: Augment) -> None:
    torch.testing.assert_close(augmented(IMAGES, change, CENTRE), IMAGES)


@pytest.mark.parametrize(("flip", "axes"), [("horizontal", [3]), ("vertical", [2])])
def test_flip(flip: str, axes: list[int]) -> None:
    flipped = augmented(IMAGES, Augment(flip=flip), DRAWN)
    kinds = [torch.equal(f, i) or 2 * torch.equal(f, i.flip([a - 1 for a in axes]))
             for f, i in zip(flipped, IMAGES, strict=True)]  # fmt: skip
    assert set(kinds) == {1, 2}


def test_crop_moves_by_whole_pixels() -> None:
    draws = CENTRE.clone()
    draws[:, 4], draws[:, 5] = 0.0, 0.999  # top, left
    moved = augmented(IMAGES, Augment(crop=2), draws)
    assert torch.equal(moved[:, :, 2:, :-2], IMAGES[:, :, :-2, 2:])
    assert not moved[:, :, :2].any()


def test_shift_moves_by_a_share_of_the_size() -> None:
    draws = CENTRE.clone()
    draws[:, 3] = 1.0  # right, by 0.25 * 12 pixels
    moved = augmented(IMAGES, Augment(shift=0.25), draws)
    torch.testing.assert_close(moved[..., 3:], IMAGES[..., :-3], atol=1e-5, rtol=0)
    assert moved[..., :3].abs().max() < 1e-5


def test_rotation_keeps_circles_round() -> None:
    """A turn by 90 degrees of a wide image is that of the square in its middle."""
    draws = CENTRE.clone()
    draws[:, 6] = 1.0
    turned = augmented(IMAGES, Augment(rotation=90), draws)[..., 2:10]
    square = IMAGES[..., 2:10]
    turns = [square.rot90(k, (2, 3)) for k in (1, 3)]
    assert any(torch.allclose(turned, turn, atol=1e-4) for turn in turns)


def test_zoom_makes_larger() -> None:
    draws = CENTRE.clone()
    draws[:, 7] = 1.0
    image = torch.zeros(64, 1, 9, 9)
    image[:, :, 3:6, 3:6] = 1
    assert augmented(image, Augment(zoom=0.5), draws).sum() > 1.8 * image.sum()


def test_shade_and_colour() -> None:
    shaded = augmented(IMAGES, Augment(shade=0.4), DRAWN) / IMAGES
    assert 0.6 <= shaded.min() < 0.7 < 1.3 < shaded.max() <= 1.4 + 1e-5
    coloured = (augmented(IMAGES, Augment(colour=0.4), DRAWN) / IMAGES).mean((2, 3))
    assert coloured.std(1).min() > 0


# -- optimizers -----------------------------------------------------------------------------


GRAPH = written("""
input: 3x3x3
layers:
  - {conv: {filters: 4, kernel: 3}, name: first}
  - {batch_norm: , name: norm}
  - relu
  - {layer_scale: , name: scale}
  - flatten
  - {linear: 2, name: last}
""")


def network() -> nn.Module:
    return lower(GRAPH)


@pytest.mark.parametrize(
    ("kind", "wanted", "rate"),
    [
        (Sgd(nesterov=True), torch.optim.SGD, 0.01),
        (Rmsprop(), torch.optim.RMSprop, 1e-3),
        (Adadelta(), torch.optim.Adadelta, 1.0),
        (Adam(), torch.optim.Adam, 1e-3),
        (Adamw(), torch.optim.AdamW, 1e-3),
    ],
)
def test_optimizer(kind: Sgd, wanted: type[torch.optim.Optimizer], rate: float) -> None:
    made = optimizer(GRAPH, network(), Recipe(optimizer=kind))
    assert type(made) is wanted
    assert made.param_groups[0]["lr"] == rate
    made.zero_grad()


WEIGHTS = {"first.weight", "last.weight"}
BIASES = {"first.bias", "norm.bias", "last.bias"}


@pytest.mark.parametrize(
    ("decay", "decaying"),
    [
        (WeightDecay(0.1), WEIGHTS | BIASES | {"norm.weight", "scale.weight"}),
        (WeightDecay(0.1, norms=False), WEIGHTS | BIASES),
        (WeightDecay(0.1, norms=False, biases=False), WEIGHTS),
    ],
)
def test_what_decays(decay: WeightDecay, decaying: set[str]) -> None:
    model = network()
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    groups = optimizer(GRAPH, model, Recipe(weight_decay=decay)).param_groups
    found = {names[id(p)] for g in groups if g["weight_decay"] for p in g["params"]}
    assert found == decaying


def test_rates_and_frozen_parts() -> None:
    model = network()
    recipe = Recipe(freeze=(NamedPart("norm", NOWHERE),), rates=(Factor("first", 0.1, NOWHERE),))
    freeze(model, recipe)
    groups = optimizer(GRAPH, model, recipe).param_groups
    assert {g["factor"]: len(g["params"]) for g in groups} == {0.1: 2, 1.0: 3}


@of_each_kind()
def test_no_norm_decays(case: Case) -> None:
    """The weights of a kind whose module is one of PyTorch's norms, or named like one, do not
    decay where norms do not, nor do those of such a module within; those of all other kinds do, but
    for factors."""
    layer, shapes = case
    inputs = {f"in{n}": Node("", None, (), shape, NOWHERE) for n, shape in enumerate(shapes)}
    shape = layer.output_shape(*shapes)
    node = Node("layer", layer, tuple(inputs.values()), shape, NOWHERE)
    graph = Graph("", "", "", "", inputs, (node,), node, {}, {}, NOWHERE)
    model = nn.ModuleDict({"layer": module_of(layer.torch(*shapes))})
    weights = {p for name, p in model.named_parameters() if "bias" not in name}
    if weights:
        recipe = Recipe(weight_decay=WeightDecay(0.1, norms=False))
        groups = optimizer(graph, model, recipe).param_groups
        decaying = {p for g in groups if g["weight_decay"] for p in g["params"]} & weights
        norm = "Norm" in layer.torch(*shapes).name or layer.kind == "layer_scale"
        within = [m for m in model.modules() if isinstance(m, nn.LayerNorm | nn.RMSNorm)]
        assert decaying == (
            set() if norm else weights - {p for m in within for p in m.parameters()}
        )


def test_clipping() -> None:
    weight = nn.Parameter(torch.zeros(2))
    weight.grad = torch.tensor([30.0, 4.0])
    clip([weight], Recipe(clip_value=3, clip_norm=1))
    torch.testing.assert_close(
        weight.grad, torch.tensor([3 / math.sqrt(18)] * 2), atol=1e-4, rtol=0
    )


def test_max_norm_holds_units() -> None:
    model = nn.Sequential(nn.Linear(4, 3), nn.ConvTranspose2d(2, 5, 3))
    for parameter in model.parameters():
        nn.init.constant_(parameter, 1.0)
    hold_norm(model, 0.5)
    linear, transposed = (model[n].weight for n in (0, 1))
    torch.testing.assert_close(linear.norm(dim=1), torch.full((3,), 0.5), atol=1e-4, rtol=0)
    lengths = transposed.transpose(0, 1).flatten(1).norm(dim=1)
    torch.testing.assert_close(lengths, torch.full((5,), 0.5), atol=1e-4, rtol=0)


@pytest.mark.parametrize(
    ("last", "output"),
    [("{linear: 2}", [1.0, 2.0]), ("softmax", [0.2689414, 0.7310586]), ("{rbf: 2}", [-1.0, -2.0])],
)
def test_losses_of_different_last_layers(last: str, output: list[float]) -> None:
    head = written(f"input: 2\nlayers: [{last}]").output
    found = losses.cross_entropy(losses.scores(head, torch.tensor([output])), torch.tensor([1]))
    assert float(found) == pytest.approx(math.log(1 + math.exp(-1)), abs=1e-5)


# -- the command line -----------------------------------------------------------------------


def changed(recipe: Recipe, *settings: str) -> tuple[Recipe, list[str]]:
    diagnostics = Diagnostics()
    return overridden(recipe, settings, diagnostics), [d.code for d in diagnostics]


def test_fields_are_changed_one_by_one() -> None:
    start = Recipe(optimizer=Sgd(0.5), early_stopping=EarlyStopping(3))
    settings = ("epochs=5", "optimizer.nesterov=true", "early_stopping=none", "rates.a.b=0.1")
    found, faults = changed(start, *settings, "schedule={kind: steps, after: [1, 2]}")
    assert not faults
    assert found.epochs == 5
    assert found.optimizer == Sgd(0.5, True)
    assert found.early_stopping is None
    assert found.schedule == Steps((1, 2))
    assert [(f.path, f.value) for f in found.rates] == [("a.b", 0.1)]


def test_another_optimizer_has_its_own_fields() -> None:
    assert changed(Recipe(optimizer=Sgd(0.5)), "optimizer=adam")[0].optimizer == Adam()


@pytest.mark.parametrize(
    ("setting", "code"),
    [
        ("epochs", "CNN251"),
        ("epoch=3", "CNN251"),
        ("epochs=0", "CNN252"),
        ("epochs.first=3", "CNN204"),
        ("optimizer.momentum=0.9", "CNN251"),
        ("schedule=plateau", None),
    ],
)
def test_faults_of_the_command_line(setting: str, code: str | None) -> None:
    assert changed(Recipe(), setting)[1] == ([code] if code else [])


def test_plain_recipes_differ_where_recipes_do() -> None:
    recipes = [Recipe(), Recipe(seed=1), Recipe(optimizer=Adamw()), Recipe(schedule=Cosine())]
    assert all(plain(one) != plain(other) for one, other in pairwise(recipes))
