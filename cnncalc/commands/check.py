"""`cnncalc check`: whether specs are sound, hold what they expect, and keep to the budgets."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.checking.ahead import look_ahead
from cnncalc.checking.checker import Checker
from cnncalc.checking.policy import Policy, not_ignorable, unknown
from cnncalc.commands import PROBLEMS, SOUND
from cnncalc.commands.formats import CHECK, show_all
from cnncalc.commands.options import UsageError, arguments, codes, one_format, shapes


def check(
    paths: list[str],
    settings: list[str],
    select: str | None = None,
    ignore: str | None = None,
    strict: bool = False,
    form: str = "text",
    inputs: Sequence[str] = (),
    jobs: int | None = None,
    remembers: bool = True,
) -> int:
    """Print what is found in specs and in the folders' specs; 1 where there are problems. Raises
    UsageError.

    jobs: processes that check many files; None: as many as there are processors
    remembers: whether what is known of unchanged files from earlier runs is taken
    """
    if jobs is not None and jobs < 1:
        raise UsageError(f"--jobs wants a number from 1 on, got {jobs}")
    chosen = one_format(form, CHECK)
    policy = Policy(codes("--select", select, unknown), codes("--ignore", ignore, not_ignorable))
    checker = Checker(arguments(settings), policy, shapes(inputs))
    look_ahead(checker, paths, jobs, remembers)
    for path in paths:
        checker.check(path)
    findings = checker.findings(strict)
    show_all(chosen, findings)
    return SOUND if findings.sound else PROBLEMS
