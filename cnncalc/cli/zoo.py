"""`cnncalc zoo` and `cnncalc zoo show`: their options."""

from typing import Annotated

from cnncalc.cli.declared import Option, Positional
from cnncalc.cli.running import run
from cnncalc.cli.shared import one_of
from cnncalc.commands import formats


def zoo(
    words: Annotated[
        str | None,
        Option("--filter", metavar="WORDS", help="Only those that speak of all these words."),
    ] = None,
    form: Annotated[str, one_of(formats.ZOO)] = formats.ZOO[0].name,
) -> int:
    """List the networks that ship with cnncalc; any command takes their names."""
    from cnncalc.commands.zoo import zoo as command

    return run(lambda: command(words, form))


def zoo_show(
    name: Annotated[
        str,
        Positional(help="A network: resnet50; or `blocks`, the libraries.", completes="libraries"),
    ],
) -> int:
    """Print the spec of a network, or list the libraries of blocks."""
    from cnncalc.commands.zoo import show as command

    return run(lambda: command(name))
