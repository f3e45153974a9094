"""Misspelt keys: reported, then read as what was meant, so that nothing else looks wrong."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from cnncalc.diagnostics import closest
from cnncalc.spec.source import Entry, Node, Scalar

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


_JOINED = re.compile(r"(?P<name>\w+)\s*[\s:=]\s*(?P<rest>\S.*)\Z")


class Repair(NamedTuple):
    """What an unknown key was meant to be, and the hint that says so."""

    entry: Entry
    hint: str


def suggestion(word: str, known: Collection[str]) -> str | None:
    """A hint that names the word that was probably meant."""
    here = ELSEWHERE.get(word.lower())
    if here in known:
        return f"here it is called `{here}`"
    close = closest(word, known)
    return f"did you mean `{close}`?" if close else None


def separated(key: Scalar, value: Node) -> Repair | None:
    """A key and a value that only `: ` keeps apart: `kernel=3`, `kernel:3`."""
    parts = _JOINED.match(key.text)
    if not parts or not isinstance(value, Scalar) or not value.empty:
        return None
    name, rest = parts["name"], parts["rest"]
    return Repair((Scalar(name, key.span), Scalar(rest, key.span)), f"`{name}: {rest}`")


def repaired(key: Scalar, value: Node, known: Collection[str]) -> Repair | None:
    """The one of the `known` keys that was meant, with its value."""
    joined = separated(key, value)
    if joined and joined.entry[0].text in known:
        return joined
    word = ELSEWHERE.get(key.text.lower())
    word = word if word in known else closest(key.text, known)
    hint = suggestion(key.text, known)
    return Repair((Scalar(word, key.span), value), hint) if word and hint else None
