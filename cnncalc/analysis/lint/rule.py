"""A rule of design advice: its code, its page and what looks for it, in one place."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cnncalc.analysis.lint.subject import Advice, Subject
from cnncalc.diagnostics import Severity
from cnncalc.records import NamedTuple

Finds = Callable[[Subject], Iterator[Advice]]


class Rule(NamedTuple):
    """A rule; a warning is worth a change, a note worth a thought.

    title, explanation, bad, good: its page, as `cnncalc.codes.page` has it
    finds: what it has to say of a network
    """

    code: str
    severity: Severity
    title: str
    explanation: str
    bad: str
    good: str
    finds: Finds


def rule(
    code: str, severity: Severity, title: str, explanation: str, bad: str, good: str
) -> Callable[[Finds], Rule]:
    """Stands above the function that looks for it, and makes a rule of it."""
    return lambda finds: Rule(code, severity, title, explanation, bad, good, finds)
