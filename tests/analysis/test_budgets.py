"""Budgets: which are exceeded, and where that is told."""

import pytest

from cnncalc.analysis import analyze
from cnncalc.analysis.memory import training
from cnncalc.analysis.memory_use import as_trained
from cnncalc.analysis.named_numbers import NamedNumbers
from cnncalc.checking.budgets import over_budget, too_large
from cnncalc.checking.settings import BUDGETS, parse
from cnncalc.diagnostics import Diagnostic, Diagnostics, Source
from cnncalc.network.expectation import Optimizer
from tests.language.reading import graph, marked

SPEC = """
name: Small
input: 3x32x32
layers:
  - {name: first, conv: {filters: 16, kernel: 3, bias: false}}
  - {name: norm, batch_norm: , freeze: true}
  - {name: second, conv: {filters: 8, kernel: 1x3, bias: false}}
"""

FIRST, NORM, SECOND = 16 * 3 * 3 * 3, 2 * 16, 8 * 16 * 3
TOTALS = {
    "max_layers": 3,
    "max_params": FIRST + NORM + SECOND,
    "max_trainable": FIRST + SECOND,
    "max_frozen": NORM,
    "max_buffers": 2 * 16 + 1,
    "max_macs": FIRST * 30 * 30 + SECOND * 30 * 28,
    "max_activations": 2 * 16 * 30 * 30 + 8 * 30 * 28,
    "max_weight_layers": 2,
    "max_macts": 16 * 30 * 30 + 8 * 30 * 28,
    "max_size": 4 * (FIRST + NORM + SECOND + 2 * 16) + 8,  # a count of the batches has 8 bytes
    "max_bytes": 4 * (3 * 32 * 32 + 4 * 16 * 30 * 30 + 8 * 30 * 28 + FIRST + 2 * NORM + 1 + SECOND),
    "max_stride": 1,
    # each reads what it keeps; the norm besides its means and deviations; the last map is kept too
    "max_kept": 4 * (3 * 32 * 32 + 2 * 16 * 30 * 30 + 2 * 16 + 8 * 30 * 28),
    "max_flash": FIRST + 4 * 16 + SECOND,
}


def exceeded(settings: str, spec: str = SPEC) -> list[Diagnostic]:
    diagnostics = Diagnostics()
    budgets = parse(Source("cnncalc.toml", settings), diagnostics).budgets
    assert not list(diagnostics)
    assert budgets
    return list(over_budget(analyze(graph(spec)), budgets))


@pytest.mark.parametrize(("budget", "total"), TOTALS.items(), ids=TOTALS)
def test_exact(budget: str, total: int) -> None:
    assert exceeded(f"{budget} = {total}") == []
    (told,) = exceeded(f"{budget} = {total - 1}")
    metric = budget.partition("_")[2]
    assert (told.code, told.severity) == ("CNN605", "error")
    assert told.message == f"`{metric}` is {total:,}, the budget is at most {total - 1:,}"
    assert told.notes[0].message == f"`{budget}` is set here"


def test_flops() -> None:
    flops = analyze(graph(SPEC)).totals.ops.flops
    assert exceeded(f"max_flops = {flops}") == []
    assert len(exceeded(f"max_flops = {flops - 1}")) == 1


def test_fields() -> None:
    assert exceeded("min_receptive_field = 3\nmax_receptive_field = 5") == []
    least, most = exceeded("min_receptive_field = 4\nmax_receptive_field = 4")
    assert least.message == "`receptive_field` is 3x5, the budget is at least 4"
    assert most.message == "`receptive_field` is 3x5, the budget is at most 4"


def test_alive() -> None:
    """At most all that is kept, and the gradients of the largest two maps side by side."""
    assert exceeded(f"max_alive = {TOTALS['max_kept'] + 4 * 2 * 16 * 30 * 30}") == []
    (told,) = exceeded(f"max_alive = {TOTALS['max_kept'] - 1}")
    assert told.code == "CNN605"


@pytest.mark.parametrize("metric", ["inference_memory", "training_memory"])
def test_a_peak(metric: str) -> None:
    """Of one sample, in training with SGD: with all weights, to the byte."""
    (peak,) = NamedNumbers(analyze(graph(SPEC))).of_whole(metric) or (0,)
    assert peak > TOTALS["max_size"]
    assert exceeded(f"max_{metric} = {peak}") == []
    (told,) = exceeded(f"max_{metric} = {peak - 1}")
    assert told.code == "CNN605"
    assert exceeded(f'max_{metric} = "1 GiB"') == []
    assert [told.code for told in exceeded(f'max_{metric} = "1KiB"')] == ["CNN605"]


def test_intensity() -> None:
    ratio = analyze(graph(SPEC)).totals.ops.flops / TOTALS["max_bytes"]
    assert exceeded(f"min_intensity = {ratio - 0.01}") == []
    (told,) = exceeded("min_intensity = 100")
    assert told.message == f"`intensity` is {ratio:.4f}, the budget is at least 100"


def test_each_budget_is_tried() -> None:
    others = {
        "max_flops",
        "max_alive",
        "max_inference_memory",
        "max_training_memory",
        "min_intensity",
        "min_receptive_field",
        "max_receptive_field",
    }
    assert {*TOTALS, *others} == set(BUDGETS)


def test_units() -> None:
    assert exceeded('max_params = "1K"') == []
    assert len(exceeded('max_params = "0.8K"')) == 1


def test_a_field_that_is_not_known_exceeds_none() -> None:
    linear = "input: 10\nlayers: [{linear: 3}]\n"
    assert exceeded("min_receptive_field = 9", linear) == []


PLACES = {
    "the name": (SPEC, "Small"),
    "the input": ("input: 3x32x32\nlayers: [{conv: {filters: 9, kernel: 9}}]\n", "input"),
}


@pytest.mark.parametrize(("spec", "place"), PLACES.values(), ids=PLACES)
def test_place(spec: str, place: str) -> None:
    (told,) = exceeded("max_params = 3", spec)
    assert marked(told) == place


def test_notes_name_the_setting_and_the_largest_layer() -> None:
    (told,) = exceeded("# max_params = 4\nmax_params = 3")
    setting, largest = told.notes
    assert setting.span
    assert (setting.span.source.name, setting.span.line) == ("cnncalc.toml", 2)
    assert largest.message == f"`first` has the most, {FIRST}"
    assert largest.span
    assert largest.span.line == 5


# -- what training has to fit in ------------------------------------------------------------

RECIPES = {
    "none": ("", 1, "sgd"),
    "its defaults": ("{epochs: 3}", 64, "adam"),
    "momentum": ("{batch: 8, optimizer: sgd}", 8, "momentum"),
    "no momentum": ("{batch: 8, optimizer: {kind: sgd, momentum: 0}}", 8, "sgd"),
    "adamw": ("{batch: 5, optimizer: adamw}", 5, "adamw"),
    "one state": ("{batch: 5, optimizer: rmsprop}", 5, "momentum"),
    "two states": ("{batch: 5, optimizer: adadelta}", 5, "adam"),
}


def beyond(size: float | str, recipe: str, spec: str = SPEC) -> list[Diagnostic]:
    settings = parse(Source("cnncalc.toml", f"fits = {size}"), Diagnostics())
    assert settings.fits
    assert not settings.budgets
    spec += f"train: {recipe}\n" if recipe else ""
    return list(too_large(analyze(graph(spec)), settings.fits))


@pytest.mark.parametrize(("recipe", "batch", "optimizer"), RECIPES.values(), ids=RECIPES)
def test_fits(recipe: str, batch: int, optimizer: Optimizer) -> None:
    """At the batch and with the optimizer that the network trains with, to the byte."""
    footprint = training(graph(SPEC), optimizer)
    peak = footprint.total(batch)
    assert beyond(peak, recipe) == []
    (told,) = beyond(peak - 1, recipe)
    assert (told.code, told.severity, marked(told)) == ("CNN605", "error", "Small")
    assert told.message == (
        f"training takes {peak:,} bytes at batch {batch} with {optimizer}, `fits` is {peak - 1:,}"
    )
    assert [(note.message, note.span and note.span.line) for note in told.notes] == [
        ("`fits` is set here", 1)
    ]
    if batch > 1:
        assert told.hint == f"`batch: {batch - 1}` in `train` fits"


def test_not_even_a_sample_fits() -> None:
    (told,) = beyond('"1KiB"', "{batch: 8}")
    assert (told.hint or "").endswith("--fits 1KiB` tells what would do")


def test_what_the_recipe_freezes_takes_no_gradient() -> None:
    """`first` reads the input alone: without its gradient, its momentum and what it keeps."""
    written = SPEC.replace("bias: false}}", "bias: false}, freeze: true}", 1)
    frozen = training(graph(written), "momentum").total(8)
    assert frozen < training(graph(SPEC), "momentum").total(8)
    recipe = "{batch: 8, optimizer: sgd, freeze: first}"
    assert beyond(frozen, recipe) == []
    assert len(beyond(frozen - 1, recipe)) == 1


def test_what_the_recipe_runs_again() -> None:
    conv = "{conv: {filters: 8, kernel: 3}}, relu"
    head = f"layers:\n  - {{name: head, layers: [{conv}, {conv}]}}\n"
    spec = SPEC.replace("layers:\n", head, 1)
    once = training(graph(spec)).total(64)
    again = training(graph(spec), recompute=["head"]).total(64)
    assert again < once
    recipe = "{optimizer: {kind: sgd, momentum: 0}, recompute: head}"
    assert beyond(again, recipe, spec) == []
    assert len(beyond(again - 1, recipe, spec)) == 1


@pytest.mark.parametrize("habit", ["ema", "accumulate"])
def test_what_the_recipe_keeps_beside(habit: str) -> None:
    taken = training(graph(SPEC), **{habit: True}).total(64)
    assert taken > training(graph(SPEC)).total(64)
    value = {"ema": "0.9", "accumulate": "4"}[habit]
    recipe = f"{{optimizer: {{kind: sgd, momentum: 0}}, {habit}: {value}}}"
    assert beyond(taken, recipe) == []
    assert len(beyond(taken - 1, recipe)) == 1


def test_the_network_itself_stays_as_it_is() -> None:
    network = graph(SPEC + "train: {freeze: first}\n")
    found = as_trained(network)
    assert found
    assert [node.frozen for node in found[0].layers] == [True, True, False]
    assert [node.frozen for node in network.layers] == [False, True, False]


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_a_recipe_of_16_bits_trains_under_autocast(precision: str) -> None:
    short = {"bfloat16": "bf16", "float16": "fp16"}[precision]
    taken = training(graph(SPEC), "sgd", autocast=short).total(1)
    recipe = f"{{optimizer: {{kind: sgd, momentum: 0}}, precision: {precision}, batch: 1}}"
    assert beyond(taken, recipe) == []
    assert len(beyond(taken - 1, recipe)) == 1


def test_what_recurrent_layers_take_in_16_bits_is_not_known() -> None:
    spec = "input: 3x4\nlayers: [{lstm: 5}]\n"
    assert beyond('"1KiB"', "{precision: bfloat16}", spec) == []
