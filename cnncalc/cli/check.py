"""`cnncalc check`: its options."""

from typing import Annotated

from cnncalc.cli.declared import Option, Positional
from cnncalc.cli.running import run
from cnncalc.cli.shared import Inputs, Root, Settings, one_of
from cnncalc.commands import formats


def check(
    paths: Annotated[
        list[str] | None,
        Positional(
            help="Spec files, folders of them, names of the zoo, or `-`. [default: this folder]",
            show_default=False,
            completes="specs",
        ),
    ] = None,
    settings: Settings = None,
    inputs: Inputs = None,
    root: Root = None,
    select: Annotated[
        str | None,
        Option(
            "--select",
            metavar="CODES",
            help="Report these only, besides what cannot be read.",
            completes="codes",
        ),
    ] = None,
    ignore: Annotated[
        str | None,
        Option(
            "--ignore",
            metavar="CODES",
            help="Do not report these: CNN602,CNN9.",
            completes="codes",
        ),
    ] = None,
    strict: Annotated[bool, Option("--strict", help="Fail on warnings too.")] = False,
    form: Annotated[str, one_of(formats.CHECK)] = formats.CHECK[0].name,
    jobs: Annotated[
        int | None,
        Option(
            "--jobs",
            "-j",
            metavar="N",
            help="Processes that check many files. [default: one for each processor]",
        ),
    ] = None,
    no_cache: Annotated[
        bool,
        Option("--no-cache", help="Check all anew, and remember nothing of it."),
    ] = False,
) -> int:
    """Check specs: their language, what they expect, the project's budgets, good design."""
    from cnncalc.commands.check import check as command

    given = (paths or ["."], settings or [], select, ignore, strict, form, inputs or [])
    return run(lambda: command(*given, jobs, not no_cache))
