"""The page of a word."""

from __future__ import annotations

from cnncalc.records import NamedTuple


class Example(NamedTuple):
    """A layer whose arithmetic shows the word; on the page its lines are computed.

    layer, shape: as `calc` takes them
    quantities: the lines of its explanation that are shown
    """

    layer: str
    shape: str
    quantities: tuple[str, ...]


class Topic(NamedTuple):
    """What a word means.

    called: other words for it
    text: paragraphs; formulas: lines of their own
    tries: commands to type next
    """

    title: str
    called: tuple[str, ...]
    text: tuple[str, ...]
    formulas: tuple[str, ...]
    examples: tuple[Example, ...]
    tries: tuple[str, ...]


def topic(
    title: str,
    text: str,
    *,
    called: str = "",
    formulas: str = "",
    examples: tuple[Example, ...] = (),
    tries: str = "",
) -> Topic:
    """A page; an empty line parts paragraphs, where lines break does not matter."""
    paragraphs = tuple(" ".join(part.split()) for part in text.strip().split("\n\n"))
    return Topic(
        title,
        tuple(word.strip() for word in called.split(",") if word.strip()),
        paragraphs,
        _lines(formulas),
        examples,
        _lines(tries),
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.strip().splitlines() if line.strip())
