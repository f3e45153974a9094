"""`cnncalc compare`: its options."""

from typing import Annotated

from cnncalc.cli.declared import Option
from cnncalc.cli.running import run
from cnncalc.cli.shared import (
    Autocast,
    Batch,
    Dtype,
    Inputs,
    Root,
    Settings,
    Specs,
    Tool,
    one_of,
)
from cnncalc.commands import formats


def compare(
    specs: Specs,
    revision: Annotated[
        str | None,
        Option("--git", metavar="REV", help="Compare each spec with what it was at REV."),
    ] = None,
    layers: Annotated[
        bool | None,
        Option(
            "--layers/--no-layers",
            help="Layer by layer. [default: with --git, or for two specs that share most layers]",
        ),
    ] = None,
    vary: Annotated[
        list[str] | None,
        Option(
            "--vary",
            metavar="NAME=VALUES",
            help="One spec beside itself with other values of an argument: width=0.5,1.0.",
        ),
    ] = None,
    columns: Annotated[
        str | None,
        Option(
            "--columns",
            metavar="NAMES",
            completes="columns",
            help="Totals to show, with commas: params,macs; +size adds some to the usual.",
        ),
    ] = None,
    tool: Tool = None,
    batch: Batch = 1,
    dtype: Dtype = "fp32",
    autocast: Autocast = None,
    settings: Settings = None,
    inputs: Inputs = None,
    root: Root = None,
    form: Annotated[str, one_of(formats.COMPARE)] = formats.COMPARE[0].name,
) -> int:
    """Put the totals of networks side by side, and say what is different layer by layer."""
    from cnncalc.commands.compare import HowToCompare
    from cnncalc.commands.compare import compare as command

    choice = HowToCompare(revision, layers, vary or [], columns, batch, dtype, autocast, tool)
    return run(lambda: command(specs, settings or [], choice, form, inputs or []))
