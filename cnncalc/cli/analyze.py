"""`cnncalc analyze`: its options."""

from typing import Annotated

from cnncalc.cli.declared import Option
from cnncalc.cli.running import run
from cnncalc.cli.shared import (
    Autocast,
    Batch,
    Columns,
    Dtype,
    Inputs,
    Root,
    Settings,
    Specs,
    Tool,
    one_of,
)
from cnncalc.commands import formats


def analyze(
    specs: Specs,
    depth: Annotated[
        str | None,
        Option(
            "--depth", metavar="N|all", help="Fold what stands deeper than N. [default: what fits]"
        ),
    ] = None,
    columns: Columns = None,
    sort: Annotated[
        str | None,
        Option(
            "--sort",
            metavar="COLUMN",
            completes="columns",
            help="The layers in the order of a column, the largest first: macs.",
        ),
    ] = None,
    top: Annotated[
        int | None, Option("--top", metavar="N", help="Only the first N of them. [by macs]")
    ] = None,
    unit: Annotated[
        str,
        Option(
            "--unit",
            metavar="UNIT",
            completes=("1", "K", "M", "G", "T"),
            help="Counts in 1, K, M, G or T each; or auto.",
        ),
    ] = "auto",
    tool: Tool = None,
    batch: Batch = 1,
    dtype: Dtype = "fp32",
    autocast: Autocast = None,
    machine: Annotated[
        str | None,
        Option("--machine", metavar="FILE", help="Times there, as `profile --save` measured it."),
    ] = None,
    settings: Settings = None,
    inputs: Inputs = None,
    root: Root = None,
    form: Annotated[str, one_of(formats.ANALYZE)] = formats.ANALYZE[0].name,
) -> int:
    """Print every layer's output volume, parameters, MACs and receptive field, and the totals."""
    from cnncalc.commands.analyze import HowToAnalyze
    from cnncalc.commands.analyze import analyze as command

    choice = HowToAnalyze(depth, columns, batch, dtype, autocast, sort, top, unit, tool, machine)
    return run(lambda: command(specs, settings or [], choice, form, inputs or []))
