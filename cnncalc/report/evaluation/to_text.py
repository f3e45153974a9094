"""An evaluation as plain text: how good, for each class, and what was taken for what."""

from __future__ import annotations

from cnncalc.evaluation import ClassFigures, Evaluation
from cnncalc.layers.fields import counted
from cnncalc.report.grid import aligned
from cnncalc.stored_weights import MEANS
from cnncalc.text import line

MATRIX = 20
"""Classes of which a matrix is shown; of more, the most frequent mistakes."""

SHOWN = 10
"""Mistakes that are listed."""

LONGEST = 24
"""Characters of a class's name."""

WORDS = {
    "cross_entropy": "cross-entropy, in nats",
    "mse": "mean of squares",
    "mae": "mean of absolute differences",
    "huber": "mean by Huber",
}


def to_text(found: Evaluation) -> str:
    """The means, then the classes, then who was taken for what."""
    lines = [
        f"network: {found.name}, {found.checkpoint}, epoch {found.epoch}",
        *([f"weights: {MEANS}"] if found.averaged else []),
        f"data: {found.data}",
        f"{found.noun}s: {found.samples:,} {found.part}",
        f"loss: {found.loss:.4g} ({WORDS[found.loss_kind]})",
    ]
    if found.accuracy is not None:
        among = "" if found.top5 is None else f"; among the five likeliest {_percent(found.top5)}"
        lines += [f"accuracy: {_percent(found.accuracy)} of {found.answers:,}{among}"]
        lines += ["", *_classes(found), "", *_confusion(found)]
    return "".join(f"{line(text)}\n" for text in lines)


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.2f} %"


def _named(name: str) -> str:
    return line(name if len(name) <= LONGEST else f"{name[: LONGEST - 3]}...")


def _classes(found: Evaluation) -> list[str]:
    head = ("class", f"{found.noun}s", "right", "recall", "precision")
    if found.answers != found.samples:
        head = ("class", "answers", *head[2:])
    return aligned([head, *map(_class, found.figures())], left={0})


def _class(of: ClassFigures) -> tuple[str, ...]:
    counts = f"{of.answers:,}", f"{of.right:,}"
    return _named(of.name), *counts, _percent(of.recall), _percent(of.precision)


def _confusion(found: Evaluation) -> list[str]:
    return _matrix(found) if len(found.classes) <= MATRIX else _mistakes(found)


def _matrix(found: Evaluation) -> list[str]:
    names = [_named(name) for name in found.classes]
    rows = [
        (name, *(f"{found.confusion.get((true, given), 0) or '.'}" for given in range(len(names))))
        for true, name in enumerate(names)
    ]
    return [
        "confusion: a row for each class, a column for what it was taken for",
        *aligned([("", *names), *rows], left={0}),
    ]


def _mistakes(found: Evaluation) -> list[str]:
    every = found.mistakes()
    if not every:
        return ["no mistakes"]
    rows = [(_named(true), _named(given), f"{count:,}") for true, given, count in every[:SHOWN]]
    more = len(every) - SHOWN
    rest = [f"and {counted(more, 'other pair')}; --format json has all"] if more > 0 else []
    return [*aligned([("class", "taken for", "times"), *rows], left={0, 1}), *rest]
