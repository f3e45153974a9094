"""Design advice: what is sound and yet probably not meant."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cnncalc.analysis.summary import Summary
from cnncalc.diagnostics import Diagnostic

Rule = Callable[[Summary], Iterator[Diagnostic]]

RULES: tuple[Rule, ...] = ()


def advise(summary: Summary) -> Iterator[Diagnostic]:
    """The advice of every rule."""
    for rule in RULES:
        yield from rule(summary)
