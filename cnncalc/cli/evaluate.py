"""`cnncalc evaluate`: its options."""

from typing import Annotated

from cnncalc.cli.declared import Option
from cnncalc.cli.running import run
from cnncalc.cli.shared import one_of
from cnncalc.cli.trained import Batch, Checkpoint, Device, Ema, Recolour, Resize
from cnncalc.commands import formats


def evaluate(
    checkpoint: Checkpoint,
    data: Annotated[
        str, Option("--data", metavar="NAME|PATH", help="Data as `train` takes it.")
    ] = "digits",
    part: Annotated[
        str | None,
        Option(
            "--part",
            metavar="PART",
            help="train, val or test. [default: what was not trained on]",
            completes=("train", "val", "test"),
        ),
    ] = None,
    resize: Resize = False,
    recolour: Recolour = False,
    ema: Ema = True,
    batch: Batch = 64,
    device: Device = "auto",
    form: Annotated[str, one_of(formats.EVALUATE)] = formats.EVALUATE[0].name,
) -> int:
    """How well a trained network does: loss, accuracy, each class, what was taken for what."""
    from cnncalc.commands.evaluate import evaluate as command
    from cnncalc.commands.trained import HowToRead

    how = HowToRead(resize, recolour, batch, device, ema)
    return run(lambda: command(checkpoint, data, part, form, how))
