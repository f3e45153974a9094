"""`cnncalc memory`: its options."""

from typing import Annotated, Any

from cnncalc.cli.declared import Option
from cnncalc.cli.running import run
from cnncalc.cli.shared import Force, Inputs, Root, Settings, Specs, one_of
from cnncalc.commands import formats


def memory(
    specs: Specs,
    batch: Annotated[int, Option("--batch", help="Samples in a batch, on each device.")] = 1,
    training: Annotated[
        bool, Option("--training/--inference", help="A step of training, or a forward pass.")
    ] = True,
    optimizer: Annotated[
        str,
        Option(
            "--optimizer",
            metavar="NAME",
            help="sgd, momentum, adam or adamw.",
            completes="optimizers",
        ),
    ] = "sgd",
    dtype: Annotated[
        str,
        Option(
            "--dtype",
            metavar="TYPE",
            help="fp32, bf16, fp16, or int8 with --inference.",
            completes=("fp32", "bf16", "fp16", "int8"),
        ),
    ] = "fp32",
    autocast: Annotated[
        str | None,
        Option(
            "--autocast",
            metavar="TYPE",
            completes=("bf16", "fp16"),
            help="bf16 or fp16 where PyTorch's autocast has it on a GPU; weights in fp32.",
        ),
    ] = None,
    devices: Annotated[
        int, Option("--devices", help="That train together: copies of gradients.")
    ] = 1,
    recompute: Annotated[
        list[str] | None,
        Option(
            "--recompute",
            metavar="GROUP",
            help="Keep what it reads alone, and run it again; `all`, `none`; else the recipe's.",
        ),
    ] = None,
    ema: Annotated[
        bool | None,
        Option("--ema/--no-ema", help="Running means of all weights; else the recipe's."),
    ] = None,
    accumulate: Annotated[
        bool | None,
        Option(
            "--accumulate/--no-accumulate",
            help="Gradients of several batches gathered; else the recipe's.",
        ),
    ] = None,
    fits: Annotated[
        str | None,
        Option("--fits", metavar="SIZE", help="What there is: 24GiB. What fits, then?"),
    ] = None,
    definitions: Annotated[
        bool, Option("--definitions", help="What other tools call memory, beside it.")
    ] = False,
    form: Annotated[str, one_of(formats.MEMORY)] = formats.MEMORY[0].name,
    output: Annotated[
        str | None,
        Option("--output", "-o", metavar="FILE", help="Write here. [default: stdout]"),
    ] = None,
    force: Force = False,
    settings: Settings = None,
    inputs: Inputs = None,
    root: Root = None,
) -> int:
    """Say what memory training or inference takes, where, and which batch fits."""
    from cnncalc.analysis.memory_use import Setup
    from cnncalc.commands.memory import memory as command

    kept: Any = optimizer if training else None
    number: Any = dtype
    wanted = Setup(batch, kept, number, devices, tuple(recompute or ()), autocast, ema, accumulate)
    given = inputs or []
    return run(
        lambda: command(
            specs, settings or [], wanted, fits, form, output, force, given, definitions
        )
    )
