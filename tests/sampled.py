"""Of many cases that are alike, a few in each run and the others in a thorough one."""

from __future__ import annotations

from collections.abc import Iterable

import pytest


def sampled(cases: Iterable[object], every: int = 5) -> list[object]:
    """One of so many, from the first on: networks of one family stand side by side in a list."""
    return [
        pytest.param(case, marks=[pytest.mark.thorough] if number % every else [])
        for number, case in enumerate(cases)
    ]
