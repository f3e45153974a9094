"""What several commands take: specs, `--set`, `--input`, `--depth`, `--batch`, `--dtype`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from cnncalc.commands.formats import Format
from cnncalc.commands.formats import names as names_of
from cnncalc.diagnostics import did_you_mean
from cnncalc.network.precision import AUTOCASTS, WIDTHS, Precision
from cnncalc.records import NamedTuple

if TYPE_CHECKING:
    from cnncalc.checking.policy import Refusal


class UsageError(Exception):
    """A command was called wrongly; the message says how to call it."""


class Given(NamedTuple):
    """What takes the place of a spec's arguments, and of its inputs' shapes."""

    overrides: dict[str, str]
    inputs: dict[str, str]


def arguments(settings: Iterable[str], option: str = "--set") -> dict[str, str]:
    """`--set width=32` as name and text. Raises UsageError."""
    found = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals or not name:
            raise UsageError(f"{option} wants NAME=VALUE, got `{setting}`")
        found[name.strip()] = text
    return found


def shapes(inputs: Iterable[str]) -> dict[str, str]:
    """`--input image=3x8x8` as name and shape; a shape alone without a name. Raises UsageError."""
    found: dict[str, str] = {}
    for given in inputs:
        name, equals, text = given.partition("=")
        name, text = (name.strip(), text) if equals else ("", given)
        if equals and not name:
            raise UsageError(f"--input wants a shape, or NAME=SHAPE, got `{given}`")
        if name in found:
            whose = f"`{name}`" if name else "the input; of several, `--input NAME=SHAPE`"
            raise UsageError(f"--input gives two shapes for {whose}")
        found[name] = text
    return found


def one_of(option: str, value: str, allowed: Sequence[str]) -> None:
    """Raises UsageError where an option has another value than those there are."""
    if value not in allowed:
        hint = did_you_mean(value, allowed)
        message = f"{option} wants one of {', '.join(allowed)}, got `{value}`"
        raise UsageError(f"{message}; {hint}" if hint else message)


def one_format(name: str, formats: tuple[Format, ...], option: str = "--format") -> Format:
    """The format of that name. Raises UsageError where a command has none of it."""
    one_of(option, name, names_of(formats))
    return next(form for form in formats if form.name == name)


def one_device(value: str, allowed: Sequence[str]) -> None:
    """Raises UsageError where it is none of them, nor a GPU by its number."""
    if not re.fullmatch("cuda:[0-9]{1,3}", value):
        one_of("--device", value, (*allowed, "cuda:1"))


def precision(dtype: str, autocast: str | None) -> Precision:
    """`--dtype` and `--autocast`. Raises UsageError."""
    one_of("--dtype", dtype, tuple(WIDTHS))
    if autocast is not None:
        one_of("--autocast", autocast, AUTOCASTS)
        if dtype != "fp32":
            raise UsageError(f"--autocast wants weights of fp32, got --dtype {dtype}")
    return Precision(dtype, autocast)


def samples(batch: int) -> int:
    """`--batch`. Raises UsageError."""
    if batch < 1:
        raise UsageError(f"--batch wants a number of at least 1, got {batch}")
    return batch


def fold(depth: str) -> int | None:
    """`--depth 2`, or `all`: None. Raises UsageError."""
    if depth == "all":
        return None
    if depth.isdecimal() and 1 <= int(depth) <= 1000:
        return int(depth)
    raise UsageError(f"--depth wants a number from 1, or `all`, got `{depth}`")


def codes(
    option: str, text: str | None, refuse: Callable[[str], Refusal | None]
) -> tuple[str, ...]:
    """`CNN602,CNN9` as codes and their beginnings. Raises UsageError."""
    if text is None:
        return ()
    found = tuple(filter(None, map(str.strip, text.split(","))))
    for code in found:
        refusal = refuse(code)
        if refusal:
            raise UsageError(f"{option}: {refusal.message}; {refusal.hint}")
    if not found:
        raise UsageError(f"{option} wants codes, with commas: CNN602,CNN603")
    return found


def need_torch(what: str) -> None:
    """Raises UsageError, with what to install, where PyTorch is missing, and `what` needs it."""
    need_package(what, "torch", "torch")


def need_package(what: str, package: str, extra: str) -> None:
    """Raises UsageError, with the extra to install, where a package is missing."""
    try:
        import_module(package)
    except ModuleNotFoundError as error:
        raise UsageError(f"{what} needs {error.name}: pip install 'cnncalc[{extra}]'") from None
