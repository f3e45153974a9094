"""Misspelt keys: reported, then read as what was meant, so that nothing else looks wrong."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from cnncalc.diagnostics import Diagnostics, short
from cnncalc.language.text.tree import Entry, Node, Scalar

ELSEWHERE = {
    "batchnorm2d": "batch_norm",
    "bn": "batch_norm",
    "convolution": "conv",
    "dense": "linear",
    "fc": "linear",
    "fully_connected": "linear",
    "gap": "global_avg_pool",
    "lrn": "local_response_norm",
    "swish": "silu",
    "ceil_mode": "rounding",
    "channels": "filters",
    "out_channels": "filters",
    "out_features": "units",
    "p": "rate",
}
"""What other tools call kinds and fields."""


_JOINED = re.compile(r"(?P<name>\w++)(?:\s*+[:=]\s*+|\s++)(?P<rest>\S.*)\Z")


class Repair(NamedTuple):
    """What an unknown key was meant to be, and the hint that says so."""

    entry: Entry
    hint: str


def suggestion(word: str, known: Collection[str], diagnostics: Diagnostics) -> str | None:
    """A hint that names the word that was probably meant."""
    here = ELSEWHERE.get(word.lower())
    if here in known:
        return f"here it is called `{here}`"
    return diagnostics.did_you_mean(word, known)


def separated(key: Scalar, value: Node) -> Repair | None:
    """A key and a value that only `: ` keeps apart: `kernel=3`, `kernel:3`."""
    parts = _JOINED.match(key.text)
    if not parts or not isinstance(value, Scalar) or not value.empty:
        return None
    name, rest = parts["name"], parts["rest"]
    return Repair((Scalar(name, key.span), Scalar(rest, key.span)), f"`{name}: {rest}`")


def repaired(
    key: Scalar,
    value: Node,
    known: Collection[str],
    given: Collection[str],
    diagnostics: Diagnostics,
) -> Repair | None:
    """The one of the `known` keys, without those that are `given` already, that was meant, with
    its value."""
    joined = separated(key, value)
    if joined and _is_free(joined.entry[0].text, known, given):
        return joined
    word = ELSEWHERE.get(key.text.lower())
    if word and _is_free(word, known, given):
        return Repair((Scalar(word, key.span), value), f"here it is called `{word}`")
    close = diagnostics.closest(key.text, (name for name in known if name not in given))
    if close is None:
        return None
    return Repair((Scalar(close, key.span), value), f"did you mean `{short(close)}`?")


def _is_free(word: str, known: Collection[str], given: Collection[str]) -> bool:
    return word in known and word not in given
