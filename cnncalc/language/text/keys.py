"""The keys of a spec, and what they tell of a text."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from cnncalc.diagnostics import closest

KEYS = (
    "name",
    "about",
    "source",
    "input",
    "args",
    "defaults",
    "include",
    "extends",
    "fit",
    "init",
    "blocks",
    "layers",
    "outputs",
    "expect",
    "published",
    "train",
)

ANYONES = ("name", "about", "source")
"""Keys that all sorts of files have."""

MOST_KEYS = 100
"""Top-level keys that are looked at."""


def speak(keys: Iterable[str]) -> bool:
    """Whether the top-level keys of a text are those of a spec or a library: some that few other
    files have, and fewer that specs have not."""
    seen = list(islice(keys, MOST_KEYS))
    own = sum(key in KEYS and key not in ANYONES for key in seen)
    return own > sum(key not in KEYS and not closest(key, KEYS) for key in seen)
