"""The oracle's tables, which share nothing with what they check, know every kind."""

from __future__ import annotations

import pytest

from cnncalc.runtime.verify.matching import FUNCTIONS, WIRES
from cnncalc.runtime.verify.module_reach import ACROSS, BY_CHANNEL, ENDING, PASSING
from cnncalc.runtime.verify.reach import JOINS
from tests.layers.cases import CASES, KINDS
from tests.torch_form import module_of

pytestmark = pytest.mark.torch

MODULES = PASSING | ENDING | BY_CHANNEL.keys() | ACROSS.keys() | JOINS.keys()
WITHOUT_REACH = {"pad_channels": "`padded` knows it by itself"}
"""Functions that are no joins."""

WRAPPED = {"Once", "StepsOnce"}
"""What a module whose matrices are computed derives from, besides its own class."""


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_known(kind: str) -> None:
    """Its modules by their own class, not one that they derive from; what is no module by the
    function, and its reach."""
    idle = WIRES.get(kind, {"": None}).items()
    forms = [
        layer.torch(*shapes)
        for layer, shapes in CASES
        if layer.kind == kind and not idle <= layer.values().items()
    ]
    if kind in FUNCTIONS:
        assert {form.is_function for form in forms} == {True}
        assert FUNCTIONS[kind] in JOINS or kind in WITHOUT_REACH
    else:
        named = {type(module_of(form)).__name__ for form in forms}
        assert {name.removeprefix("Parametrized") for name in named} - WRAPPED <= MODULES


def test_no_kind_is_known_in_vain() -> None:
    assert {*FUNCTIONS, *WIRES} <= {*KINDS}
