"""`cnncalc check`: whether specs are sound, hold what they expect, and keep to the budgets."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.checking.checker import Checker
from cnncalc.checking.policy import Policy, not_ignorable, unknown
from cnncalc.commands import PROBLEMS, SOUND
from cnncalc.commands.formats import CHECK, show_all
from cnncalc.commands.options import arguments, codes, one_format, shapes


def check(
    paths: list[str],
    settings: list[str],
    select: str | None = None,
    ignore: str | None = None,
    strict: bool = False,
    form: str = "text",
    inputs: Sequence[str] = (),
) -> int:
    """Print what is found in specs and in the folders' specs; 1 where there are problems. Raises
    UsageError."""
    chosen = one_format(form, CHECK)
    policy = Policy(codes("--select", select, unknown), codes("--ignore", ignore, not_ignorable))
    checker = Checker(arguments(settings), policy, shapes(inputs))
    for path in paths:
        checker.check(path)
    findings = checker.findings(strict)
    show_all(chosen, findings)
    return SOUND if findings.sound else PROBLEMS
