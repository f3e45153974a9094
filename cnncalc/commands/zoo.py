"""`cnncalc zoo`: the networks that ship with cnncalc, and their specs."""

from __future__ import annotations

import sys
from textwrap import fill

from cnncalc import zoo as networks
from cnncalc.analysis import analyze
from cnncalc.commands import PROBLEMS, SOUND
from cnncalc.commands.formats import ZOO, show_all
from cnncalc.commands.graphs import graph_of
from cnncalc.commands.options import UsageError, one_format
from cnncalc.diagnostics import Diagnostics
from cnncalc.language.text.files import read_file
from cnncalc.language.written.document import read_document
from cnncalc.report.grid import GAP
from cnncalc.report.zoo.entry import Entry, entry
from cnncalc.streams import terminal_width


def zoo(words: str | None, form: str) -> int:
    """List the networks whose name, now or formerly, family, title or source holds `words`; those
    of lectures hold `lecture`. Raises UsageError."""
    chosen = one_format(form, ZOO)
    entries = []
    known = networks.networks()
    for name, path in known.items():
        graph = graph_of(name, {})
        if graph is None:
            return PROBLEMS
        found = entry(name, analyze(graph))
        if words is None or _holds(found, path.parent.name, words):
            entries.append(found)
    if not entries:
        raise UsageError(f"none of the {len(known)} networks of the zoo speaks of `{words}`")
    show_all(chosen, entries)
    return SOUND


def _holds(found: Entry, family: str, words: str) -> bool:
    former = [old for old, new in networks.FORMER.items() if new == found.name]
    lecture = ["lectures"] if found.name in networks.LECTURE else []
    said = (found.name, *former, family, found.network, found.source, *lecture)
    text = " ".join(said).lower()
    return all(word in text for word in words.lower().split())


def show(name: str) -> int:
    """Print the spec of one network, a library of blocks, or the list of these, `blocks`. Raises
    UsageError."""
    if name == networks.LIBRARY:
        sys.stdout.write(libraries())
        return SOUND
    path = networks.find(name) or networks.libraries().get(name)
    if path is None:
        hint = networks.suggestion(name) or "`cnncalc zoo` lists them"
        raise UsageError(f"the zoo has no network `{name}`; {hint}")
    sys.stdout.write(path.read_text(encoding="utf-8"))
    return SOUND


def libraries() -> str:
    """The libraries that specs include, with the blocks that each defines."""
    rows = [("library", "blocks")]
    for name, path in networks.libraries().items():
        diagnostics = Diagnostics()
        source = read_file(str(path), name, diagnostics, None)
        document = read_document(source, str(path), diagnostics, read_file) if source else None
        rows.append((name, ", ".join(document.blocks if document else ())))
    width = terminal_width()
    room = max(map(len, networks.libraries())) + len(GAP)
    lines = [f"{name.ljust(room)}{text}" for name, text in rows]
    if width:
        lines = [fill(text, width, subsequent_indent=" " * room) for text in lines]
    usage = "a spec uses them by `include: " + next(iter(networks.libraries())) + "`"
    return "\n".join([*lines, "", usage]) + "\n"
