"""The short way: a usual command line read without typer, whose import takes longer than most
commands. Whatever is unusual, or wrong, is left to typer: it has the help and the messages."""

import os
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from types import UnionType
from typing import Any, get_args

from cnncalc.cli.commands import COMMANDS
from cnncalc.cli.declared import Misused, Option, Positional
from cnncalc.records import NamedTuple

COMPLETION = "_CNNCALC_COMPLETE"
"""What a shell sets that asks for completions."""


def called() -> int | None:
    """Run what the arguments of this process ask for: the exit code; None where typer is to."""
    if os.name == "nt" or COMPLETION in os.environ:  # there patterns of files are resolved
        return None
    name, *words = sys.argv[1:] or ("",)
    if name not in COMMANDS:
        return None
    function = loaded(name)
    given = parsed(function, words)
    if given is None:
        return None
    try:
        _obey(function, given)
        code: int = function(**given)
    except Misused:
        return None
    return code


def loaded(name: str) -> Callable[..., int]:
    """The function of a command."""
    function = COMMANDS[name]
    found: Callable[..., int] = getattr(import_module(f"cnncalc.cli.{function}"), function)
    return found


def _obey(function: Callable[..., int], given: dict[str, Any]) -> None:
    """What options do by themselves. Raises Misused."""
    for name, value in given.items():
        said = function.__annotations__[name].__metadata__[0]
        if isinstance(said, Option) and said.callback:
            said.callback(value)


def parsed(function: Callable[..., int], words: list[str]) -> dict[str, Any] | None:
    """What a command is given, by its parameters; None where that is not plain to see."""
    try:
        behind, alone = _sorted(words, dict(_options(function)))
        return behind | _placed(function, alone)
    except _UnusualError:
        return None


class _UnusualError(Exception):
    """Typer is to read this."""


class _Taking(NamedTuple):
    """What an option's name does: a value of that type follows; or it stands for a truth."""

    parameter: str
    kind: Any

    def value(self, equals: str, behind: str, following: Iterator[str]) -> Any:
        """Of this name with `=` and what is behind it, or of the next word."""
        if isinstance(self.kind, bool):
            if equals:
                raise _UnusualError
            return self.kind
        text = behind if equals else next(following, "-?")
        if not equals and _is_option(text):
            raise _UnusualError
        try:
            return int(text) if self.kind is int else text
        except ValueError:
            raise _UnusualError from None


def _options(function: Callable[..., int]) -> Iterator[tuple[str, _Taking]]:
    """A command's options by each of their names."""
    for parameter, annotation in _annotated(function):
        said, kind = annotation.__metadata__[0], _kind(annotation)
        for name in said.names if isinstance(said, Option) else ():
            yes, _, no = name.partition("/")
            yield yes, _Taking(parameter, True if kind is bool else kind)
            if no:
                yield no, _Taking(parameter, False)


def _sorted(words: list[str], options: dict[str, _Taking]) -> tuple[dict[str, Any], list[str]]:
    """What options are given, and what stands alone."""
    given: dict[str, Any] = {}
    alone: list[str] = []
    following = iter(words)
    for word in following:
        if not _is_option(word):
            alone.append(word)
            continue
        name, equals, behind = word.partition("=")
        taking = options.get(name)
        if taking is None or (equals and not name.startswith("--")):
            raise _UnusualError
        value = taking.value(equals, behind, following)
        if taking.kind == list[str]:
            given.setdefault(taking.parameter, []).append(value)
        else:
            given[taking.parameter] = value
    return given, alone


def _placed(function: Callable[..., int], alone: list[str]) -> dict[str, Any]:
    """What stands alone, by the parameters that it is for."""
    given: dict[str, Any] = {}
    optional = len(function.__defaults__ or ())
    required = function.__code__.co_varnames[: function.__code__.co_argcount - optional]
    for place, annotation in _annotated(function):
        if not isinstance(annotation.__metadata__[0], Positional):
            continue
        if alone:
            every = _kind(annotation) == list[str]
            given[place], alone = (alone, []) if every else (alone[0], alone[1:])
        elif place in required:
            raise _UnusualError
    if alone:
        raise _UnusualError
    return given


def _annotated(function: Callable[..., int]) -> Iterator[tuple[str, Any]]:
    """A command's parameters."""
    return (one for one in function.__annotations__.items() if one[0] != "return")


def _kind(annotation: Any) -> Any:
    """The type of a parameter that may be None as well."""
    plain = annotation.__origin__
    return get_args(plain)[0] if isinstance(plain, UnionType) else plain


def _is_option(word: str) -> bool:
    return word.startswith("-") and word != "-"
