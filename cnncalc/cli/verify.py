"""`cnncalc verify`: its options."""

from typing import Annotated

from cnncalc.cli.declared import Option
from cnncalc.cli.running import run
from cnncalc.cli.shared import Inputs, Root, Settings, Specs, one_of
from cnncalc.commands import formats


def verify(
    specs: Specs,
    device: Annotated[
        str | None,
        Option(
            "--device",
            metavar="DEVICE",
            help="cpu, meta, cuda or cuda:1. [default: cpu; meta for large networks]",
        ),
    ] = None,
    no_field: Annotated[bool, Option("--no-field", help="Leave out the receptive fields.")] = False,
    settings: Settings = None,
    inputs: Inputs = None,
    root: Root = None,
    form: Annotated[str, one_of(formats.VERIFY)] = formats.VERIFY[0].name,
) -> int:
    """Compare every number with the network in PyTorch: shapes, weights, MACs, fields."""
    from cnncalc.commands.verify import verify as command

    return run(lambda: command(specs, settings or [], device, not no_field, form, inputs or []))
