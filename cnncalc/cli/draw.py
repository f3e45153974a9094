"""`cnncalc draw`: its options."""

from typing import Annotated

from cnncalc.cli.declared import Option, Positional
from cnncalc.cli.running import run
from cnncalc.cli.shared import Force, Inputs, Root, Settings, one_of
from cnncalc.commands import formats


def draw(
    spec: Annotated[
        str,
        Positional(
            help="A spec file, a name of the zoo, or `-`; a folder for a scatter.",
            completes="specs",
        ),
    ],
    style: Annotated[
        str,
        Option(
            "--style",
            metavar="STYLE",
            help="graph, volumes, field, bars or window; of a folder scatter or accuracy.",
            completes="styles",
        ),
    ] = "graph",
    show: Annotated[
        str | None,
        Option(
            "--show", metavar="COLUMN", help="A number in each box: params, macs, activations, ..."
        ),
    ] = None,
    depth: Annotated[
        str | None,
        Option(
            "--depth", metavar="N|all", help="Shut what stands deeper than N. [default: what fits]"
        ),
    ] = None,
    layer: Annotated[
        str | None,
        Option(
            "--layer",
            metavar="PATH",
            help="Whose field to draw. [default: the last's]",
            completes="layers",
        ),
    ] = None,
    batch: Annotated[int, Option("--batch", help="Samples to count operations for.")] = 1,
    unfold: Annotated[
        bool, Option("--unfold", help="Draw every run of a repeat, not `x3`.")
    ] = False,
    width: Annotated[
        str | None, Option("--width", metavar="LENGTH", help="Of a picture: 3.3in, 84mm.")
    ] = None,
    dpi: Annotated[
        int | None,
        Option("--dpi", metavar="N", help="Pixels of a PNG in an inch. [default: 192]"),
    ] = None,
    form: Annotated[str | None, one_of(formats.DRAW)] = None,
    output: Annotated[
        str | None,
        Option("--output", "-o", metavar="FILE", help="Write here. [default: stdout]"),
    ] = None,
    force: Force = False,
    settings: Settings = None,
    inputs: Inputs = None,
    root: Root = None,
) -> int:
    """Draw a network: its graph, its volumes, a receptive field, or its numbers as bars."""
    from cnncalc.commands.draw import Asked
    from cnncalc.commands.draw import draw as command

    asked = Asked(style, show, depth, layer, batch, width, unfold, dpi)
    return run(lambda: command(spec, settings or [], asked, form, output, force, inputs or []))
