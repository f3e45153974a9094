"""What a spec calls what another program calls otherwise."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from cnncalc.language.written.mappings import can_be_name

MOST_OF_A_NAME = 80


def plain(name: str) -> str:
    """The letters and digits of a name, `_` for all between them; empty where it has none."""
    return re.sub(r"[^A-Za-z0-9_]+", "_", name).strip("_")


def free_name(name: str, taken: Collection[str]) -> str:
    """The name, or where it is taken the first of `name_2`, `name_3` that is not."""
    free, count = name, 2
    while free in taken:
        free, count = f"{name}_{count}", count + 1
    return free


def input_names(names: Sequence[str]) -> dict[str, str]:
    """What the inputs are called: as they are, where fields can tell such a name from a formula."""
    found = {name: name for name in names if can_be_name(name)}
    for name in names:
        if name not in found:
            found[name] = free_name(_input_name(name), found.values())
    return {name: found[name] for name in names}


def _input_name(name: str) -> str:
    word = plain(name)[:MOST_OF_A_NAME]
    if can_be_name(word):
        return word
    return f"input_{word}" if word not in ("", "input") else "input_1"
