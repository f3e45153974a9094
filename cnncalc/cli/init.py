"""`cnncalc init`: its options."""

from typing import Annotated

from cnncalc.cli.declared import Option, Positional
from cnncalc.cli.running import run


def init(
    file: Annotated[str, Positional(help="The spec to write.")] = "network.yaml",
    network: Annotated[
        str | None,
        Option(
            "--from", metavar="NAME", help="Start from a network of the zoo.", completes="networks"
        ),
    ] = None,
    schema: Annotated[
        str | None,
        Option(
            "--schema",
            metavar="PLACE",
            help="A path or URL of the schema for editors, in place of one beside the spec.",
        ),
    ] = None,
) -> int:
    """Write a first spec, and beside it the schema that editors complete and check it by."""
    from cnncalc.commands.init import init as command

    return run(lambda: command(file, network, schema))
