"""Predictions as plain text: a line for each sample."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.evaluation import Prediction
from cnncalc.report.grid import aligned
from cnncalc.text import line

LONGEST = 24
"""Characters of a class's name."""

OTHERS = 2
"""Classes that are named beside the likeliest."""


def to_text(found: Sequence[Prediction]) -> str:
    """The likeliest class with its probability, and the next ones; or the numbers."""
    if not found:
        return ""
    if found[0].map:
        rows = [("file", "map", "classes"), *((_place(each), *_mapped(each)) for each in found)]
        return "".join(f"{text}\n" for text in aligned(rows, {0, 1, 2}))
    graded = bool(found[0].guesses)
    head = ("file", "class", "probability", "then") if graded else ("file", "values")
    rows = [(_place(each), *(_guesses(each) if graded else (_values(each),))) for each in found]
    left = {0, 1, 3} if graded else {0, 1}
    return "".join(f"{text}\n" for text in aligned([head, *rows], left))


def one_line(found: Prediction) -> str:
    """A sample alone."""
    if found.map:
        return f"{_place(found)}: {', '.join(filter(None, _mapped(found)))}"
    first, *_ = _guesses(found) if found.guesses else (_values(found),)
    share = f", {_percent(found.guesses[0].probability)}" if found.guesses else ""
    return f"{_place(found)}: {first}{share}"


def _place(of: Prediction) -> str:
    return line(of.file if of.place is None else f"{of.file}[{of.place}]")


def _guesses(of: Prediction) -> tuple[str, str, str]:
    first, *others = of.guesses
    then = ", ".join(f"{_named(g.name)} {_percent(g.probability)}" for g in others[:OTHERS])
    return _named(first.name), _percent(first.probability), then


def _mapped(of: Prediction) -> tuple[str, str]:
    """Its file, and the classes of most places with their shares."""
    shown = (f"{_named(g.name)} {_percent(g.probability)}" for g in of.shares[: OTHERS + 1])
    return line(of.map or ""), ", ".join(shown)


def _values(of: Prediction) -> str:
    return " ".join(f"{value:.4g}" for value in of.values)


def _named(name: str) -> str:
    return line(name if len(name) <= LONGEST else f"{name[: LONGEST - 3]}...")


def _percent(share: float) -> str:
    return f"{100 * share:.2f} %"
