"""`cnncalc export`: its options."""

from typing import Annotated

from cnncalc.cli.declared import Option
from cnncalc.cli.running import run
from cnncalc.cli.shared import Force, Inputs, Names, Root, Settings, Spec, Weights, one_of
from cnncalc.commands import formats


def export(
    spec: Spec,
    form: Annotated[str, one_of(formats.EXPORT, "--to", "FORM")] = formats.EXPORT[0].name,
    output: Annotated[
        str | None,
        Option("--output", "-o", metavar="FILE", help="Write here. [default: stdout]"),
    ] = None,
    weights: Weights = None,
    names: Names = None,
    preprocessing: Annotated[
        bool,
        Option("--with-preprocessing", help="Put the normalisation of training into the file."),
    ] = False,
    force: Force = False,
    settings: Settings = None,
    inputs: Inputs = None,
    root: Root = None,
) -> int:
    """Write PyTorch source that stands alone: a class for each block, the spec's names."""
    from cnncalc.commands.export import export as command

    return run(
        lambda: command(
            spec, settings or [], form, output, force, inputs or [], weights, names, preprocessing
        )
    )
