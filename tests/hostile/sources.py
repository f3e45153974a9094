"""Hostile names in graphs built in Python, past the rule of the language: what their sources do.

`python -m tests.hostile.sources FOLDER PART PARTS` prints, as JSON, what went wrong, and how often
something would have happened without writer and whitelist.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import torch

from cnncalc.lowering import printing
from cnncalc.lowering.classes import network_name
from cnncalc.lowering.source import source
from cnncalc.lowering.whitelist import ForeignCodeError, check
from tests.hostile.places import fresh, pairs, renamed
from tests.hostile.watch import Watch


def run(text: str, name: str) -> None:
    """Define a network, make it and call it; what Python raises is no matter here."""
    with contextlib.suppress(Exception), contextlib.redirect_stdout(io.StringIO()):
        namespace: dict[str, object] = {"__name__": "hostile"}
        exec(compile(text, "<hostile>", "exec"), namespace)
        network = namespace[name]()  # type: ignore[operator]
        network(torch.zeros(1, 4, 8, 8), torch.zeros(1, 4, 8, 8))


def faults(watch: Watch, place: str, name: str) -> Iterator[str]:
    """What is wrong with the source of a graph with one name at one place: the writer alone."""
    graph = renamed(fresh(), place, name)
    try:
        text = source(graph)
    except ValueError:
        return  # refused
    try:
        ast.parse(text)
        check(text)
    except (SyntaxError, ValueError) as error:
        yield f"{type(error).__name__}: {error}"
    except ForeignCodeError:
        pass  # a child that cannot be called so
    with watch.watching() as seen:
        run(text, network_name(graph))
    yield from seen


def plain(value: object) -> str:
    """A constant, a text in it taken for granted."""
    return f'"{value}"' if isinstance(value, str) else repr(value)


def trusting(place: str, name: str) -> tuple[str, str]:
    """The source by a writer that trusts names, and the name of its class."""
    with contextlib.ExitStack() as patches:
        for what, instead in (("literal", plain), ("identifier", str), ("remark", str)):
            patches.enter_context(mock.patch.object(printing, what, instead))
        graph = renamed(fresh(), place, name)
        return source(graph), network_name(graph)


def let_in(watch: Watch, place: str, name: str) -> tuple[bool, list[str]]:
    """Whether such a source does something, and what the whitelist alone lets it do."""
    try:
        text, called = trusting(place, name)
        ast.parse(text)
    except (SyntaxError, ValueError, TypeError, KeyError):
        return False, []
    with watch.watching() as seen:
        run(text, called)
    try:
        check(text)
    except ForeignCodeError:
        return bool(seen), []
    return bool(seen), seen


def main(folder: Path, part: int, parts: int) -> None:
    """Every name at every place, of so many parts one."""
    torch.set_num_threads(1)
    warnings.simplefilter("ignore", SyntaxWarning)
    sys.breakpointhook = lambda *arguments: None
    run(source(fresh()), "Title")  # what PyTorch opens at its first use
    watch = Watch(folder)
    written_faults, past, does = [], [], 0
    for place, name in pairs(part, parts):
        at = f"{place} {name!r}"
        written_faults += [f"{at}: {fault}" for fault in faults(watch, place, name)]
        happens, events = let_in(watch, place, name)
        past += [f"{at}: {event}" for event in events]
        does += happens
    sys.stdout.write(json.dumps({"faults": written_faults, "past": past, "does": does}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
