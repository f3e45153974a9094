"""A run as pictures in its folder: the losses as they went, and what was taken for what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import torch

from cnncalc.report.picture.confusion_style import Matrix, confusion_style
from cnncalc.report.picture.curve_style import CurveLine, Curves, Panel, curve_style
from cnncalc.report.picture.marks import Look, Picture
from cnncalc.report.picture.to_svg import to_svg
from cnncalc.runtime.exhaustion import ran_out
from cnncalc.runtime.train import checkpoint, losses
from cnncalc.runtime.train.answers import Answers
from cnncalc.runtime.train.batches import Rank, ValidationBatches
from cnncalc.runtime.train.fitting_data import answers, normalised, shaped
from cnncalc.runtime.train.folders import BEST
from cnncalc.runtime.train.task import Task
from cnncalc.whole_files import whole

CURVES, CONFUSION = "curves.svg", "confusion.svg"

Row = Mapping[str, float | None]

PANELS: Mapping[str, Mapping[str, str]] = {
    "loss": {
        "loss": "trained on",
        "validation_loss": "validated on",
        "generator_loss": "generator",
        "discriminator_loss": "discriminator",
    },
    "wrong answers, %": {"error": "trained on", "validation_error": "validated on"},
    "taken for real": {"real": "real", "drawn": "drawn"},
}
"""The panels, with the columns of `metrics.csv` that each has, and what they are called."""

LOOKS: Sequence[Look] = ("wire", "seen")


def draw_curves(rows: Sequence[Row], name: str, best: int | None, folder: Path) -> None:
    """The lines of `metrics.csv`. Raises OSError."""
    panels = tuple(_panels(rows))
    if panels:
        _write(curve_style(Curves(name, panels, best)), folder / CURVES)


def _panels(rows: Sequence[Row]) -> Iterator[Panel]:
    for title, columns in PANELS.items():
        times = 100 if title.endswith("%") else 1
        found = [(called, _points(rows, column, times)) for column, called in columns.items()]
        there = [(called, points) for called, points in found if points]
        if there:
            lines = zip(there, LOOKS[-len(there) :], strict=True)
            yield Panel(title, tuple(CurveLine(called, look, p) for (called, p), look in lines))


def _points(rows: Sequence[Row], column: str, times: int) -> tuple[tuple[float, float], ...]:
    found = ((row.get("epoch"), row.get(column)) for row in rows)
    return tuple((x, times * y) for x, y in found if x is not None and y is not None)


def draw_confusion(task: Task, folder: Path, device: torch.device) -> None:
    """Of the images that were validated on, by the weights that were best; where answers are
    numbers, or nothing was validated, there is none. Raises OSError, TrainError."""
    if not task.graded or not len(task.material.validation):
        return
    checkpoint.load_exactly(task.network, folder / BEST)
    try:
        found = _validated(task, device)
    except (RuntimeError, MemoryError) as error:
        if not ran_out(error):
            raise
        return
    finally:
        task.network.cpu()
    title = f"{task.graph.name}: {len(task.material.validation):,} {task.noun}s validated on"
    matrix = Matrix(title, task.material.data.classes, found.confusion)
    _write(confusion_style(matrix), folder / CONFUSION)


@torch.inference_mode()
def _validated(task: Task, device: torch.device) -> Answers:
    network, found = task.network.to(device).eval(), Answers()
    data, _, validation, how = task.material
    images = data.validation or data.train
    for batch in ValidationBatches(images, validation, task.recipe.batch, Rank()):
        given = normalised(shaped(batch.images.to(device), task.wanted), how)
        output = losses.heads(network(given))[task.graph.last].float()
        labels = answers(batch.labels.to(device), task.graph.output.shape)
        found.add(losses.scores(task.graph.output, output), labels)
    return found


def _write(picture: Picture, path: Path) -> None:
    with whole(str(path)) as file:
        file.write_text(to_svg(picture), encoding="utf-8", newline="")
