"""`cnncalc predict`: its options."""

from typing import Annotated

from cnncalc.cli.declared import Option, Positional
from cnncalc.cli.running import run
from cnncalc.cli.shared import Force, one_of
from cnncalc.cli.trained import Batch, Checkpoint, Device, Ema, Recolour, Resize
from cnncalc.commands import formats


def predict(
    checkpoint: Checkpoint,
    files: Annotated[
        list[str],
        Positional(help="Images, folders of them, .npz or idx files.", show_default=False),
    ],
    top: Annotated[int, Option("--top", help="How many of the likeliest classes to tell.")] = 3,
    array: Annotated[
        str | None,
        Option("--array", metavar="NAME", help="The array of an .npz file that holds several."),
    ] = None,
    output: Annotated[
        str | None,
        Option("--output", "-o", metavar="FOLDER", help="Where maps go, a file for each sample."),
    ] = None,
    force: Force = False,
    resize: Resize = False,
    recolour: Recolour = False,
    ema: Ema = True,
    batch: Batch = 64,
    device: Device = "auto",
    form: Annotated[str, one_of(formats.PREDICT)] = formats.PREDICT[0].name,
) -> int:
    """What a trained network says of images: the likeliest classes, or the numbers."""
    from cnncalc.commands.predict import predict as command
    from cnncalc.commands.trained import HowToRead

    how = HowToRead(resize, recolour, batch, device, ema)
    return run(lambda: command(checkpoint, files, top, array, form, how, output, force))
