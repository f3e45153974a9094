"""The page of a diagnostic code."""

from __future__ import annotations

from typing import NamedTuple


class Page(NamedTuple):
    """The page of a code.

    bad: a spec with this fault and no other; after `$ `, a command, where no text is at fault
    good: a sound spec
    """

    title: str
    explanation: str
    bad: str
    good: str


def page(title: str, explanation: str, bad: str, good: str) -> Page:
    """A page; where its explanation breaks lines does not matter."""
    return Page(title, " ".join(explanation.split()), bad.strip() + "\n", good.strip() + "\n")
