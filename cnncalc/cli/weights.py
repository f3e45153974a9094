"""`cnncalc weights show` and `cnncalc weights map`: their options."""

from typing import Annotated

from cnncalc.cli.declared import Option, Positional
from cnncalc.cli.running import run
from cnncalc.cli.shared import Force, Inputs, Root, Settings, one_of
from cnncalc.commands import formats


def weights_show(
    file: Annotated[
        str, Positional(help="A checkpoint, a saved state_dict, or a file of safetensors.")
    ],
    form: Annotated[str, one_of(formats.WEIGHTS)] = formats.WEIGHTS[0].name,
) -> int:
    """Say what a file of weights holds: spec, recipe, data, metrics, tensors. Nothing is run."""
    from cnncalc.commands.weights_show import weights_show as command

    return run(lambda: command(file, form))


def weights_map(
    ours: Annotated[str, Positional(help="A spec, a name of the zoo, or a file of weights.")],
    theirs: Annotated[
        str,
        Positional(help="A file of weights; of a spec also its model: package.module:callable."),
    ],
    output: Annotated[
        str | None,
        Option("--output", "-o", metavar="FILE", help="Write here. [default: stdout]"),
    ] = None,
    force: Force = False,
    settings: Settings = None,
    inputs: Inputs = None,
    root: Root = None,
) -> int:
    """Propose which tensor of a file each weight is: a map, for --map."""
    from cnncalc.commands.weights_map import weights_map as command

    return run(lambda: command(ours, theirs, settings or [], inputs or [], output, force))
