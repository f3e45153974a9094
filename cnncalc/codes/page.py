"""The page of a diagnostic code."""

from __future__ import annotations

from cnncalc.records import NamedTuple


class Page(NamedTuple):
    """The page of a code.

    bad: a spec with this fault and no other; after `$ `, a command, where no text is at fault
    good: a sound spec
    ignorable: whether a spec or a project may say that it does not count: what has the fault can be
        read, and checked for others
    """

    title: str
    explanation: str
    bad: str
    good: str
    ignorable: bool = False


def page(title: str, explanation: str, bad: str, good: str, ignorable: bool = False) -> Page:
    """A page; where its explanation breaks lines does not matter."""
    explanation = " ".join(explanation.split())
    return Page(title, explanation, bad.strip() + "\n", good.strip() + "\n", ignorable)
