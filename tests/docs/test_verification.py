"""The table of what was verified: it has every network, and nothing in it differs.

What each line says is held in `tests/verify/test_zoo.py`, which verifies every network anyway.
"""

from __future__ import annotations

import pytest

from cnncalc.analysis import analyze
from cnncalc.language.load import load
from cnncalc.numbers import exact
from tests.docs.pages import ROOT
from tests.docs.verification import lines
from tests.test_networks import SPECS


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
