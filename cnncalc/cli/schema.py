"""`cnncalc schema`: its options."""

from typing import Annotated

from cnncalc.cli.declared import Option
from cnncalc.cli.running import run


def schema(
    machine: Annotated[
        bool, Option("--machine", help="That of machine files, in place of specs.")
    ] = False,
) -> int:
    """Print the JSON Schema of specs, for editors."""
    from cnncalc.commands.schema import schema as command

    return run(lambda: command(machine))
