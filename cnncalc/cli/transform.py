"""`cnncalc transform`: its options."""

from typing import Annotated

from cnncalc.cli.declared import Option, Positional
from cnncalc.cli.running import run
from cnncalc.cli.shared import Force, Inputs, Root, Settings, Spec


def transform(
    name: Annotated[
        str,
        Positional(help="fold-batch-norm, fc-to-conv or conv-to-fc.", completes="transformations"),
    ],
    spec: Spec,
    output: Annotated[
        str | None,
        Option("--output", "-o", metavar="FILE", help="Write here. [default: stdout]"),
    ] = None,
    force: Force = False,
    settings: Settings = None,
    inputs: Inputs = None,
    root: Root = None,
    weights: Annotated[
        str | None,
        Option("--weights", metavar="FILE", help="Convert these weights, too: a saved state_dict."),
    ] = None,
    to: Annotated[
        str | None, Option("--to", metavar="FILE", help="Where the converted weights go.")
    ] = None,
) -> int:
    """Write the spec of the same network in another form: batch norms folded into convolutions,
    linear layers as convolutions, or convolutions as linear layers."""
    from cnncalc.commands.transform import transform as command

    return run(
        lambda: command(name, spec, settings or [], output, force, weights, to, inputs or [])
    )
