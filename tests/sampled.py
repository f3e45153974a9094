"""Of many cases that are alike, a few in each run and the others in a thorough one."""

from __future__ import annotations

from collections.abc import Iterable

import pytest


def sampled(cases: Iterable[object], every: int = 2, first: int = 0) -> list[object]:
    """One of so many, from the first on."""
    return [
        pytest.param(case, marks=[] if number % every == first else [pytest.mark.thorough])
        for number, case in enumerate(cases)
    ]


def of_the_zoo(cases: Iterable[object]) -> list[object]:
    """One of six, in the order of the zoo, where networks of a family stand side by side: of each
    family some, and none of those that take longest."""
    return sampled(cases, 6, 3)
