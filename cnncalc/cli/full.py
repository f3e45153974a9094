"""The whole way: typer, with its help, its messages and its completion.

Annotations are no texts here: typer would compile each of them.
"""

import os
import sys
from collections.abc import Callable, Iterable
from inspect import Parameter, signature
from typing import Annotated, Any

import typer

from cnncalc import __version__
from cnncalc.cli.commands import COMMANDS
from cnncalc.cli.declared import Completions, Misused, Option, Positional
from cnncalc.cli.short import COMPLETION, loaded
from cnncalc.cli.weights import weights_map, weights_show
from cnncalc.cli.zoo import zoo, zoo_show

WEIGHTS = "What files of weights hold, and which tensor is which."

_Refused: type[typer.BadParameter] = typer.BadParameter.__bases__[0]
"""Arguments that typer cannot read; it gives this class no name."""


def called() -> int:
    """Run what the arguments of this process ask for: the exit code."""
    named = [name for name in sys.argv[1:2] if name in COMMANDS]
    called_so = "cnncalc" if COMPLETION in os.environ else None  # as the variable has it
    try:
        return application(named or COMMANDS)(standalone_mode=False, prog_name=called_so) or 0
    except _Refused as error:
        error.show(sys.stderr)
        return 2


def application(names: Iterable[str] = COMMANDS) -> typer.Typer:
    """All that the command line offers, of the commands so named: typer reads every option of all
    that it has."""
    app = typer.Typer(
        name="cnncalc",
        help="What a convolutional network is, computed from its YAML spec before it is trained.",
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(options)
    for name in names:
        app.command(name)(for_typer(loaded(name)))
    networks = typer.Typer(help=zoo.__doc__, rich_markup_mode=None)
    app.add_typer(networks, name="zoo", invoke_without_command=True)
    networks.callback()(for_typer(zoo, above=True))
    networks.command("show")(for_typer(zoo_show))
    files = typer.Typer(help=WEIGHTS, rich_markup_mode=None, no_args_is_help=True)
    app.add_typer(files, name="weights")
    files.command("show")(for_typer(weights_show))
    files.command("map")(for_typer(weights_map))
    return app


def show_version(wanted: bool) -> None:
    """`--version`."""
    if wanted:
        typer.echo(f"cnncalc {__version__}")
        raise typer.Exit


def options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """The options of cnncalc itself."""


def for_typer(function: Callable[..., int], above: bool = False) -> Callable[..., None]:
    """A command as typer takes it; `above`: one that has others below it, and runs without."""

    def run(**given: Any) -> None:
        context = given.pop("context", None)
        if context is None or context.invoked_subcommand is None:
            raise typer.Exit(_heeding(function)(**given))

    parameters = [_parameter(one) for one in signature(function).parameters.values()]
    if above:
        kind = Parameter.POSITIONAL_OR_KEYWORD
        parameters.insert(0, Parameter("context", kind, annotation=typer.Context))
    run.__doc__ = function.__doc__
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    run.__signature__ = signature(function).replace(  # type: ignore[attr-defined]
        parameters=parameters, return_annotation=None
    )
    return run


def _heeding(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function whose complaint is one of typer's, with the usage above it."""

    def heeding(*given: Any, **named: Any) -> Any:
        try:
            return function(*given, **named)
        except Misused as error:
            raise typer.BadParameter(str(error)) from None

    return heeding


def _parameter(one: Parameter) -> Parameter:
    said, plain = one.annotation.__metadata__[0], one.annotation.__origin__
    asked = _argument(said) if isinstance(said, Positional) else _option(said)
    return one.replace(annotation=Annotated[plain, asked])


def _argument(said: Positional) -> Any:
    return typer.Argument(
        help=said.help,
        metavar=said.metavar,
        show_default=said.show_default,
        autocompletion=_completing(said.completes),
    )


def _option(said: Option) -> Any:
    return typer.Option(
        *said.names,
        help=said.help,
        metavar=said.metavar,
        autocompletion=_completing(said.completes),
        callback=said.callback and _obeyed(said.callback),
        expose_value=said.callback is None,
    )


def _completing(said: Completions | None) -> Callable[..., Any] | None:
    if isinstance(said, str):
        from cnncalc.cli import completions

        found: Callable[..., Any] = getattr(completions, said)
        return found
    return None if said is None else lambda: said


def _obeyed(callback: Callable[[Any], None]) -> Callable[[str | None], None]:
    def obey(value: str | None) -> None:
        if value is not None:
            _heeding(callback)(value)

    return obey
