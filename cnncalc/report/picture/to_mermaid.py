"""A network as a graph in Mermaid, which GitHub and GitLab draw in Markdown: boxes are laid out
there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnncalc.analysis import Summary
from cnncalc.analysis.layout.diagram import NOTHING, Box, diagram, opened
from cnncalc.report.picture.box_looks import look_of, marked
from cnncalc.report.picture.box_words import BoxWords, Numbers, arriving, leaving, title, words
from cnncalc.report.picture.looks import LIGHT
from cnncalc.report.picture.marks import Look
from cnncalc.report.picture.wish import NONE, Wish
from cnncalc.text import mermaid

MOST = 60
"""Boxes that a picture has unless a depth is asked for: a page is as wide as a column of text."""


def to_mermaid(summary: Summary, wish: Wish = NONE) -> str:
    """A flowchart from the top to the bottom, in the colours of paper."""
    box = opened(diagram(summary.graph, wish.unfold, wish.changed or NOTHING), wish.depth, MOST)
    return "\n".join(_Flowchart(summary, wish).lines(box)) + "\n"


Ends = dict[int, str]
"""The boxes that something comes from, by its place among what is read or given."""


class _Flowchart:
    """Writes boxes, each called by its number, and gathers the ways between them."""

    def __init__(self, summary: Summary, wish: Wish) -> None:
        self.graph = summary.graph
        self.numbers = Numbers(summary, wish.show)
        self.changed = wish.changed
        self.count = 0
        self.ways: list[str] = []
        self.looks: dict[Look, None] = {"data": None}

    def lines(self, box: Box) -> Iterator[str]:
        """All of it."""
        yield "flowchart TB"
        entered: Ends = {}
        for place, found in enumerate(arriving(box, self.graph)):
            entered[place] = self.name()
            yield _end(entered[place], found.text)
        inside, given = self.inside(box, entered)
        yield from inside
        for place, found in enumerate(leaving(box, self.graph)):
            end = self.name()
            yield _end(end, found.text)
            self.ways.append(f"{_at(given, place)} --> {end}")
        yield from self.ways
        yield from map(_colours, self.looks)

    def name(self) -> str:
        """A new one."""
        self.count += 1
        return f"n{self.count}"

    def inside(self, box: Box, entered: Ends) -> tuple[list[str], Ends]:
        """What stands in a frame, and from where what it gives comes; entered: from where what it
        reads does."""
        lines: list[str] = []
        given: list[Ends] = []
        for number, each in enumerate(box.boxes):
            reads = self.ends(box, number, entered, given)
            some, gives = (self.frame if each.boxes else self.shut)(each, reads)
            lines += some
            given.append(gives)
        return lines, self.ends(box, None, entered, given)

    def ends(self, box: Box, target: int | None, entered: Ends, given: Sequence[Ends]) -> Ends:
        """From where what a box in a frame reads comes, by its place; None: what leaves it."""
        return {
            wire.enters: _at(entered if wire.source is None else given[wire.source], wire.leaves)
            for wire in box.wires
            if wire.target == target
        }

    def frame(self, box: Box, reads: Ends) -> tuple[list[str], Ends]:
        """A frame, and all in it."""
        name = self.name()
        lines, gives = self.inside(box, reads)
        head = f'subgraph {name}["{mermaid(title(box))}"]'
        return [head, *(f"  {line}" for line in lines), "end"], gives

    def shut(self, box: Box, reads: Ends) -> tuple[list[str], Ends]:
        """A shut box, and the ways that lead to it."""
        name, found = self.name(), words(box, self.numbers)
        look = look_of(box, self.changed)
        self.looks[look] = None
        self.ways += (f"{source} --> {name}" for source in dict.fromkeys(reads.values()))
        return [_node(name, f'["{_label(marked(found, box, self.changed))}"]', look)], {0: name}


def _label(found: BoxWords) -> str:
    """A line for the name, for what it is, for its numbers."""
    rows = [found.name, f"{found.kind} {found.fields}".rstrip(), f"{found.size} {found.number}"]
    return "<br/>".join(mermaid(row.strip()) for row in rows if row.strip())


def _at(ends: Ends, place: int) -> str:
    """The one at a place; of several alike that are one box, the last may give what the first does
    not."""
    return ends[place] if place in ends else ends[max(ends)]


def _end(name: str, text: str) -> str:
    """What arrives at the network, or leaves it."""
    return _node(name, f'(["{mermaid(text)}"])', "data")


def _node(name: str, label: str, look: Look) -> str:
    return f"{name}{label}:::{look}"


def _colours(look: Look) -> str:
    fill, line = LIGHT.boxes[look]
    return f"classDef {look} fill:{fill},stroke:{line},color:{LIGHT.letters['strong']}"
