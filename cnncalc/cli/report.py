"""`cnncalc report`: its options."""

from typing import Annotated

from cnncalc.cli.declared import Option, Positional
from cnncalc.cli.running import run
from cnncalc.cli.shared import Batch, Force, Inputs, Root, Settings


def report(
    specs: Annotated[
        list[str],
        Positional(
            help="Specs, names of the zoo, `-`; or a folder.",
            show_default=False,
            completes="specs",
        ),
    ],
    revision: Annotated[
        str | None,
        Option("--git", metavar="REV", help="Beside what the spec was at REV."),
    ] = None,
    batch: Batch = 1,
    output: Annotated[
        str | None,
        Option("--output", "-o", metavar="FILE", help="Write here. [default: stdout]"),
    ] = None,
    profile: Annotated[
        str | None,
        Option(
            "--profile", metavar="FILE", help="Of `profile --format json`: show what it measured."
        ),
    ] = None,
    force: Force = False,
    settings: Settings = None,
    inputs: Inputs = None,
    root: Root = None,
) -> int:
    """Write a page for a browser: of a network its numbers, its picture, its layers, its spec; of
    several what is different; of a folder all its networks."""
    from cnncalc.commands.report import report as command

    return run(
        lambda: command(
            specs, settings or [], output, force, inputs or [], batch, revision, profile
        )
    )
