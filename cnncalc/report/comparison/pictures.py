"""The pictures of a comparison in Markdown: graphs in Mermaid, folded away.

GitHub shows neither SVG in Markdown nor images out of it; it draws Mermaid, in comments too, as
GitLab does. Elsewhere its text is read: a line for each box.
"""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.analysis.difference import Difference
from cnncalc.analysis.told_apart import told_apart
from cnncalc.report.picture.box_looks import SIGNS
from cnncalc.report.picture.to_mermaid import to_mermaid
from cnncalc.report.picture.wish import Wish
from cnncalc.text import html

LONGEST = 60_000
"""Characters of a document with pictures: GitHub takes 65,536 of a comment."""


class MarkdownPictures:
    """Gives pictures as long as there is room for them in a document of so many characters."""

    def __init__(self, used: int) -> None:
        self.room = LONGEST - used
        self.left_out = 0

    def of(self, difference: Difference, heads: tuple[str, str]) -> Iterator[str]:
        """The network with what is new in it; the one before, where something of it is gone."""
        told = told_apart(difference)
        pairs = (difference.before, told.before), (difference.after, told.after)
        for (summary, changed), head in zip(pairs, heads, strict=True):
            states = set(changed.values()) & SIGNS.keys()
            if not states or (changed is told.before and "removed" not in states):
                continue
            keys = ", ".join(f"{SIGNS[state]} {state}" for state in SIGNS if state in states)
            said = html(f"picture of {head}: {keys}")
            graph = to_mermaid(summary, Wish(changed=changed))
            text = f"<details>\n<summary>{said}</summary>\n\n```mermaid\n{graph}```\n\n</details>"
            if len(text) > self.room:
                self.left_out += 1
                continue
            self.room -= len(text)
            yield text
