"""The table of what was verified: it has every network, and its lines are true."""

from __future__ import annotations

from datetime import date

import pytest

from cnncalc.analysis import analyze
from cnncalc.language.load import load
from cnncalc.numbers import exact
from tests.docs.pages import ROOT
from tests.docs.verification import line, lines
from tests.test_networks import SPECS

QUICK = 300
"""Layers; each day the turn comes to two networks that have no more."""


def layers(spec: str) -> int:
    return len(load(str(ROOT / "specs" / f"{spec}.yaml")).layers)


def of_today() -> list[str]:
    specs = [spec for spec in SPECS if layers(spec) <= QUICK]
    first = 2 * date.today().toordinal()
    return [specs[number % len(specs)] for number in (first, first + 1)]


def test_every_network_has_a_line() -> None:
    assert list(lines()) == list(SPECS)


def test_nothing_differs() -> None:
    for row in lines().values():
        assert "differs" not in row
        assert "not checked" not in row


@pytest.mark.parametrize("spec", SPECS)
def test_totals_are_those_of_the_spec(spec: str) -> None:
    totals = analyze(load(str(ROOT / "specs" / f"{spec}.yaml"))).totals
    cells = lines()[spec].split(" | ")
    assert cells[4:6] == [exact(totals.params.total), exact(totals.ops.macs)]


@pytest.mark.torch
@pytest.mark.parametrize("spec", of_today())
def test_the_lines_whose_turn_it_is(spec: str) -> None:
    assert line(spec) == lines()[spec]
