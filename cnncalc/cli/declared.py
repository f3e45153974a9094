"""How a command says what it takes: an argument by its place, or an option by its names, in the
annotation of a parameter. Both ways of reading a command line are made from it."""

from collections.abc import Callable
from typing import Any

Completions = str | tuple[str | tuple[str, str], ...]
"""The values that a shell offers, or the function of `completions` that finds them."""


class Misused(Exception):  # noqa: N818 (no error of ours)
    """Arguments that do not go together, or mean nothing; the message says why."""


class Positional:
    """What stands at a place."""

    def __init__(
        self,
        *,
        help: str,  # noqa: A002 (as typer calls it)
        metavar: str | None = None,
        show_default: bool = True,
        completes: Completions | None = None,
    ) -> None:
        self.help = help
        self.metavar = metavar
        self.show_default = show_default
        self.completes = completes


class Option:
    """What stands behind one of some names; `--on/--off` where it is a choice of two.

    callback: what to do with the value at once, in place of passing it to the command
    """

    def __init__(
        self,
        *names: str,
        help: str,  # noqa: A002 (as typer calls it)
        metavar: str | None = None,
        completes: Completions | None = None,
        callback: Callable[[Any], None] | None = None,
    ) -> None:
        self.names = names
        self.help = help
        self.metavar = metavar
        self.completes = completes
        self.callback = callback
