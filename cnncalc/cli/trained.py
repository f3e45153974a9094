"""What commands take that use a trained network."""

from typing import Annotated

from cnncalc.cli.declared import Option, Positional

Checkpoint = Annotated[
    str, Positional(help="A checkpoint of `cnncalc train`: runs/lenet5/best.ckpt.")
]
Resize = Annotated[bool, Option("--resize", help="Resize images to the network's input.")]
Recolour = Annotated[
    bool, Option("--recolour", help="Make three channels of one, or one of three.")
]
Ema = Annotated[
    bool,
    Option(
        "--ema/--no-ema",
        help="Running means of the weights, where training kept them; or those of its last step.",
    ),
]
Batch = Annotated[int, Option("--batch", help="Samples at once.")]
Device = Annotated[
    str, Option("--device", help="auto, cpu, cuda or cuda:1.", completes=("auto", "cpu", "cuda"))
]
