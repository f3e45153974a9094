"""The final fit: drawn anew, on what was trained and what was validated on, for as many steps as
were best (Goodfellow, Bengio & Courville 2016, algorithm 7.2)."""

from __future__ import annotations

import csv
from math import isfinite
from pathlib import Path
from typing import Any

import torch

from cnncalc.network.recipe import Plateau, Recipe
from cnncalc.records import NamedTuple
from cnncalc.runtime.lower import lower
from cnncalc.runtime.train.data.images import Data, Joined
from cnncalc.runtime.train.errors import TrainError
from cnncalc.runtime.train.fitting_data import normalisation
from cnncalc.runtime.train.material import Material
from cnncalc.runtime.train.record import METRICS
from cnncalc.runtime.train.schedules import factor
from cnncalc.runtime.train.task import Task
from cnncalc.runtime.train.watch import Watch

FOLDER = "refit"
"""Where it is written, in the folder of the run."""


class Course(NamedTuple):
    """What the first fit was, as far as the final one does the same.

    epoch: its best one; steps: done by then
    each: steps of its epochs; epochs: that it had in all
    falls: the epochs after which a plateau had its rate fall
    """

    epoch: int
    steps: int
    each: int
    epochs: int
    falls: tuple[int, ...]


def course_of(task: Task, folder: Path) -> Course:
    """Of a fit that has ended. Raises TrainError where it cannot be told any more."""
    best = task.watch.epoch
    steps = min(best * task.steps, task.recipe.steps or best * task.steps)
    return Course(best, steps, task.steps, task.epochs, _falls(task, folder / METRICS))


def _falls(task: Task, metrics: Path) -> tuple[int, ...]:
    if not isinstance(task.recipe.schedule, Plateau):
        return ()
    watch, found = Watch(task.recipe), []
    for epoch, value in enumerate(_watched(task, metrics), 1):
        before = watch.falls
        watch.see(epoch, value)
        found += [epoch] * (watch.falls - before)
    if watch.falls != task.watch.falls:
        raise TrainError(f"`{metrics}` does not say any more when the rate fell")
    return tuple(found)


def _watched(task: Task, metrics: Path) -> list[float]:
    """What was watched, of each epoch."""
    try:
        with metrics.open(encoding="utf-8", newline="") as file:
            found = [float(row[f"validation_{task.watched}"]) for row in csv.DictReader(file)]
    except (OSError, ValueError, KeyError, TypeError, csv.Error):
        found = []
    if not found or not all(map(isfinite, found)):
        raise TrainError(f"`{metrics}` does not say what was watched in each epoch")
    return found


def check_refits(data: Data, recipe: Recipe, duel: bool, begun: bool) -> None:
    """Raises TrainError where nothing tells which step is the best, or weights that were begun with
    would not be begun with again."""
    if duel:
        raise TrainError("--refit: of two that train against each other no step is the best")
    if begun:
        raise TrainError("--refit draws weights anew, --from takes those of a file: give one")
    if not data.validation and not recipe.validation:
        raise TrainError(
            "--refit wants images to validate on, which say how many steps are best;"
            " --recipe validation=0.1 keeps some apart"
        )


class Refit(Task):
    """Nothing is validated, and the last epoch is the one that is wanted; rates are at each step
    what they were at that of the first fit."""

    def __init__(self, first: Task, course: Course) -> None:
        recipe = first.recipe._replace(steps=course.steps, validation=0.0, early_stopping=None)
        network = lower(first.graph, recipe.seed)
        super().__init__(first.graph, network, recipe, _all_of(first))
        self.course = course
        self.first = first.recipe

    def rate_factor(self, recipe: Recipe, done: int) -> float:
        """As the first fit's."""
        course = self.course
        falls = sum(done >= epoch * course.each for epoch in course.falls)
        return factor(self.first, done, course.each, course.epochs, falls)

    def on_train_epoch_end(self) -> None:
        """No epoch is better than another."""
        self.training_means = self.together(self.learned)
        self.is_best = False

    def said(self) -> dict[str, Any]:
        """What its checkpoints say of it."""
        return {"epoch": self.course.epoch, "steps": self.course.steps}


def _all_of(first: Task) -> Material:
    """All images that are not only tested on."""
    data = together(first.material.data)
    every = torch.arange(len(data.train.labels))
    how = normalisation(data.train, every, first.wanted, first.recipe.normalise)
    return Material(data, every, every[:0], how)


def together(data: Data) -> Data:
    """What is validated on is trained on, too."""
    if data.validation is None:
        return data
    joined = Joined((data.train, data.validation))
    named = {name: called for name, called in data.named.items() if name != "validation"}
    return data._replace(train=joined, validation=None, named=named)
