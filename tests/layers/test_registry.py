"""What must hold of every kind, whatever it does."""

import re
import subprocess
import sys
from importlib import import_module
from inspect import getdoc
from math import ceil, floor
from pkgutil import walk_packages
from typing import get_args

import pytest

from cnncalc import layers
from cnncalc.layers import LAYERS, base
from cnncalc.layers.base import Flattening, Role, example, summary
from cnncalc.layers.pointwise.activation import ACTIVATIONS, Activation
from tests.layers.cases import CASES, KINDS, Case, of_each_kind


def test_every_kind_has_cases() -> None:
    assert sorted({layer.kind for layer, _ in CASES}) == KINDS


@pytest.mark.parametrize("kind", LAYERS)
def test_documented(kind: str) -> None:
    layer = LAYERS[kind]
    assert layer.kind == kind
    assert re.match(rf"- {kind}\b", example(layer)), getdoc(layer)
    assert "\n" not in example(layer)
    assert summary(layer).endswith(".")
    assert [name for name, field in layer.fields.items() if not field.doc] == []


@pytest.mark.parametrize("kind", LAYERS)
def test_its_role_is_one_of_those_that_there_are(kind: str) -> None:
    """No kind is without: what decays, what is drawn anew, what folds, all goes by it."""
    layer = LAYERS[kind]
    assert layer.role in get_args(Role)
    assert (layer.role == "join") == layer.joins
    assert not layer.steepest or layer.curve == "squashing"


@of_each_kind()
def test_its_flattening_is_one_of_those_that_there_are(case: Case) -> None:
    layer, _ = case
    assert layer.flattening in get_args(Flattening)


ROLES: dict[Role, str] = {
    "weighted": "conv conv_transpose locally_connected deform_conv linear",
    "norm": """batch_norm mean_only_batch_norm frozen_batch_norm instance_norm layer_norm rms_norm
        group_norm global_response_norm normalize""",
    "scale": "layer_scale scale shift",
    "contrast": "local_response_norm",
    "cells": "s_cells c_cells foreign",
    "sequence": "rnn lstm gru attention",
    "table": "rbf embedding position sinusoidal_position class_token learned fixed",
}


@pytest.mark.parametrize("role", ROLES)
def test_kinds_of_a_role(role: Role) -> None:
    found = [kind for kind, layer in LAYERS.items() if layer.role == role]
    assert found == sorted(ROLES[role].split(), key=[*LAYERS].index)


@of_each_kind()
def test_what_is_drawn_is_one_weight(case: Case) -> None:
    layer, shapes = case
    names = [weight.name for weight in layer.weights(*shapes)]
    assert not layer.drawn or (layer.role == "weighted" and names[0] == "weight")


@pytest.mark.parametrize("kind", LAYERS)
def test_defaults_are_accepted_by_their_own_fields(kind: str) -> None:
    for field in LAYERS[kind].fields.values():
        if not field.required and field.default is not None:
            assert field.type.accept(field.default) == field.default


TWO_SIZES = (
    *("conv", "conv_transpose", "deform_conv", "embedding", "locally_connected"),
    "s_cells",
)


@pytest.mark.parametrize("kind", LAYERS)
def test_the_main_field_comes_first(kind: str) -> None:
    """Only the first field is required, save where two sizes are equal in rank, or all that is
    known is what is stated."""
    required = [name for name, field in LAYERS[kind].fields.items() if field.required]
    assert required == list(LAYERS[kind].fields)[: len(required)]
    assert len(required) <= (4 if LAYERS[kind].stated else 2 if kind in TWO_SIZES else 1)


@of_each_kind()
def test_frozen_equal_hashable(case: Case) -> None:
    layer, _ = case
    twin = type(layer)(**layer.values())
    assert twin == layer
    assert hash(twin) == hash(layer)
    assert repr(twin) == repr(layer)
    with pytest.raises(AttributeError, match="frozen"):
        layer.kernel = 3  # type: ignore[attr-defined]


def test_a_field_makes_a_difference() -> None:
    layers = [layer for layer, _ in CASES]
    assert len(set(layers)) == len({(type(x), tuple(x.values().items())) for x in layers})
    assert LAYERS["max_pool"](2) != LAYERS["avg_pool"](2)
    assert LAYERS["max_pool"](2) != LAYERS["max_pool"](3)


@pytest.mark.parametrize(
    ("kind", "values", "fields"),
    [
        ("conv", (3,), {}),
        ("relu", (3,), {}),
        ("linear", (), {"unit": 3}),
    ],
    ids=["missing", "too many", "unknown"],
)
def test_construction_is_strict(kind: str, values: tuple[int, ...], fields: dict[str, int]) -> None:
    with pytest.raises(TypeError, match=kind):
        LAYERS[kind](*values, **fields)


@of_each_kind()
def test_formulas_give_the_numbers(case: Case) -> None:
    layer, shapes = case
    channels, space, macs = layer.arithmetic(*shapes)
    output = layer.output_shape(*shapes)
    if channels:
        assert value_of(channels) == output[0]
    if space:
        assert [value_of(formula) for formula in space] == list(output[1:])
    if macs:
        assert value_of(macs) == layer.ops(*shapes).macs


def value_of(formula: str) -> float:
    return eval(formula, {"floor": floor, "ceil": ceil})


@of_each_kind()
def test_the_output_tells_its_size(case: Case) -> None:
    """Where a size changes, there is a formula, save where the spec itself says the size."""
    layer, shapes = case
    changed = layer.output_shape(*shapes)[1:] != shapes[0][1:]
    if changed and not layer.joins and not layer.kind.startswith("adaptive"):
        assert any(layer.arithmetic(*shapes)[:2])


@pytest.mark.parametrize("word", ACTIVATIONS)
def test_an_activation_stands_for_another_layer(word: str) -> None:
    assert Activation(word).resolve() == LAYERS[word]()


def test_other_layers_stand_for_themselves() -> None:
    layer = LAYERS["max_pool"](2)
    assert layer.resolve() is layer


def test_activations_take_only_words_that_stand_alone() -> None:
    words = Activation.fields["kind"].type.words
    assert words == tuple(ACTIVATIONS)
    assert not any(field.required for word in words for field in LAYERS[word].fields.values())


def test_a_meaning_goes_on_further_in() -> None:
    meaning = LAYERS["slice"].fields["start"].doc
    assert meaning == "the first that is taken, counted from 0; less than 0, from the end"
    assert LAYERS["pixel_unshuffle"].fields["order"].doc.endswith("or `columns` (Liu 2021)")


def test_every_kind_is_where_it_is_looked_for() -> None:
    for module in walk_packages(layers.__path__, "cnncalc.layers."):
        import_module(module.name)
    made = {kind: layer.__module__ for kind, layer in base._KINDS.items()}
    ours = {kind: home for kind, home in made.items() if home.startswith("cnncalc.")}
    assert ours == {kind: f"cnncalc.layers.{home}" for kind, home in layers.HOMES.items()}
    assert list(LAYERS) == list(layers.HOMES)


def test_what_is_no_kind() -> None:
    assert "no_kind" not in LAYERS
    with pytest.raises(KeyError):
        LAYERS["no_kind"]


def test_families_that_nobody_asks_for_are_not_imported() -> None:
    code = (
        "import sys; from cnncalc.layers import LAYERS; LAYERS['relu'];"
        " print(sorted(n for n in sys.modules if n.startswith('cnncalc.layers.sequences')))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout == "[]\n"
