"""Misspelt keys: reported, then read as what was meant, so that nothing else looks wrong."""

from __future__ import annotations

from collections.abc import Collection

from cnncalc.diagnostics import Diagnostics, short
from cnncalc.language.text.tree import Entry, Node, Scalar
from cnncalc.later_patterns import pattern
from cnncalc.records import NamedTuple

_JOINED = pattern(r"(?P<name>\w++)(?:\s*+[:=]\s*+|\s++)(?P<rest>\S.*)\Z")


class Repair(NamedTuple):
    """What an unknown key was meant to be, and the hint that says so; None: nothing that a spec
    has, or not by this word alone."""

    entry: Entry | None
    hint: str


class Repaired(NamedTuple):
    """What an unknown key was meant to be, and the hint that says so."""

    entry: Entry
    hint: str


def suggestion(word: str, known: Collection[str], diagnostics: Diagnostics) -> str | None:
    """A hint that names the word that was probably meant."""
    from cnncalc.language.text.foreign_names import folded, foreign_kind  # once something is wrong

    close = diagnostics.closest(word, known)
    foreign = None if close and folded(close) == folded(word) else foreign_kind(word, known)
    if foreign and (foreign.called or "relu" in known):  # else no kind is wanted
        return foreign.hint(short(word))
    return f"did you mean `{short(close)}`?" if close else None


def separated(key: Scalar, value: Node) -> Repaired | None:
    """A key and a value that only `: ` keeps apart: `kernel=3`, `kernel:3`."""
    parts = _JOINED.match(key.text)
    if not parts or not isinstance(value, Scalar) or not value.empty:
        return None
    name, rest = parts["name"], parts["rest"]
    return Repaired((Scalar(name, key.span), Scalar(rest, key.span)), f"`{name}: {rest}`")


def repaired(
    key: Scalar,
    value: Node,
    known: Collection[str],
    given: Collection[str],
    diagnostics: Diagnostics,
) -> Repaired | None:
    """The one of the `known` keys, without those that are `given` already, that was meant, with
    its value. What is wrong with the value of a key that is guessed stays quiet."""
    joined = separated(key, value)
    if joined and _is_free(joined.entry[0].text, known, given):
        return joined
    close = diagnostics.closest(key.text, (name for name in known if name not in given))
    if close is None:
        return None
    diagnostics.guess(value.span)
    return Repaired((Scalar(close, key.span), value), f"did you mean `{short(close)}`?")


def repaired_field(
    key: Scalar,
    value: Node,
    known: Collection[str],
    given: Collection[str],
    diagnostics: Diagnostics,
) -> Repair | None:
    """The field that was meant, by what other tools call it before how it is spelt."""
    from cnncalc.language.text.foreign_names import folded, foreign_field  # once it is wrong

    free = [name for name in known if name not in given]
    close = diagnostics.closest(key.text, free)
    foreign = None if close and folded(close) == folded(key.text) else foreign_field(key.text, free)
    if foreign is None:
        found = repaired(key, value, known, given, diagnostics)
        return Repair(*found) if found else None
    entry = (Scalar(foreign.called, key.span), value) if foreign.called else None
    return Repair(entry, foreign.hint(short(key.text)))


def _is_free(word: str, known: Collection[str], given: Collection[str]) -> bool:
    return word in known and word not in given
