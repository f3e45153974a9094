"""What the script of a page shows of the part that a reader points at: the arithmetic of `explain`,
and what its middle output sees of the input. Sentences that many layers have are told once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnncalc.analysis import Row
from cnncalc.analysis.layout.diagram import Box
from cnncalc.report.explanation.layer import Outlook, facts, outlook_of
from cnncalc.report.page.chapter import Chapter
from cnncalc.report.page.foldable import diagram_of, every_box
from cnncalc.report.page.markup import Markup, ours, tag
from cnncalc.report.picture.field_style import input_size, middle_field
from cnncalc.text import json_in_html, line


def reader_data(chapter: Chapter) -> Markup:
    """As JSON in a script that is none.

    facts: sentences; of: for each part, those that are told of it, by number
    drawn: for each part, the one whose box stands for it
    fields: for each part, the first and last row and column that its middle output sees
    input: its rows and columns
    """
    pool: dict[str, int] = {}
    told, fields, outlook = [], [], outlook_of(chapter.summary, chapter.summary.rows)
    for each in chapter.lines:
        said = _said(chapter, each.row, outlook) if each.row else []
        told.append([pool.setdefault(sentence, len(pool)) for sentence in said])
        fields.append(middle_field(each.row) if each.row else None)
    found: dict[str, Any] = {
        "facts": list(pool),
        "of": told,
        "drawn": drawn_by(chapter.parts, diagram_of(chapter.summary)),
        "fields": fields,
        "input": input_size(chapter.summary),
    }
    return data(found, chapter.anchor("data"))


def data(found: Mapping[str, object], anchor: str = "data") -> Markup:
    """It, for the script."""
    return tag("script", ours(json_in_html(found)), type="application/json", id=anchor)


def _said(chapter: Chapter, row: Row, outlook: Outlook) -> list[str]:
    """A quantity and how it comes about, with a tab between."""
    return [
        f"{fact.quantity}\t{line(fact.text)}".replace("\N{NO-BREAK SPACE}", " ")
        for fact in facts(chapter.summary, row, outlook)
    ]


def drawn_by(parts: Mapping[str, int], box: Box) -> list[int]:
    """For each part the number of the one whose box is drawn for it: its own; of a run of several
    alike, that of the first; else that of the part around it."""
    drawn = {each.part.path for each in every_box(box)}
    return [parts.get(_seen(path, drawn), -1) for path in parts]


def _seen(path: str, drawn: set[str]) -> str:
    """The path of the box that stands for a part; empty where none does."""
    if path in drawn or not path:
        return path
    around, _, name = path.rpartition(".")
    outer = _seen(around, drawn)
    if outer != around and (there := _seen_in(outer, name, drawn)):
        return there
    for before in range(int(name) - 1, -1, -1) if name.isdecimal() else ():
        if (first := f"{around}.{before}") in drawn:
            return first
    return outer


def _seen_in(outer: str, name: str, drawn: set[str]) -> str:
    """The part of that name in another one, if it is drawn."""
    path = f"{outer}.{name}" if outer else name
    return path if path in drawn else ""
