"""What a training would do, without it: what it reads, how many steps it takes, and the memory that
these take. PyTorch Lightning is not imported."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import torch

from cnncalc.analysis.memory_use import Use, as_trained, conditions_of, use
from cnncalc.layers.fields import counted
from cnncalc.network.graph import Graph
from cnncalc.network.recipe import Recipe
from cnncalc.network.stated import StatedError
from cnncalc.records import NamedTuple
from cnncalc.runtime.lower import lower
from cnncalc.runtime.reading import most
from cnncalc.runtime.train.batches import Rank, TrainingBatches
from cnncalc.runtime.train.data import Given
from cnncalc.runtime.train.errors import TrainError
from cnncalc.runtime.train.fitting_data import input_shape
from cnncalc.runtime.train.folders import check_new, folder_of
from cnncalc.runtime.train.material import data_for, divided, introduced, used
from cnncalc.runtime.weights.fitted_weights import UnfitError, begun_with


class DryRun(NamedTuple):
    """What would be trained.

    lines: what is said of data, steps and weights; folder: what would be written to
    steps: of an epoch; epochs: that are begun; total: steps in all, at most
    use: the memory of a step, on each device; None where nobody knows it
    """

    lines: tuple[str, ...]
    folder: Path
    steps: int
    epochs: int
    total: int
    use: Use | None

    @property
    def fits(self) -> bool:
        """Whether the device holds it, as far as that is known."""
        use = self.use
        return use is None or use.largest is None or use.largest >= use.conditions.batch


class Devices(NamedTuple):
    """Where it would train: `cpu`, `cuda`, `cuda:1` or `auto`, and how many of them."""

    kind: str = "auto"
    number: int = 1


def dry_run(
    graph: Graph,
    recipe: Recipe,
    given: Given,
    devices: Devices,
    folder: Path | None = None,
    start: Path | None = None,
    names: Path | None = None,
    opponent: Graph | None = None,
    refit: bool = False,
) -> DryRun:
    """Nothing is computed with the network, and nothing written. Raises TrainError where it could
    not train."""
    data = data_for(graph, recipe, given, opponent)
    where = folder_of(graph, folder, resume=False)
    check_new(where, folder is not None, resume=False)
    found = None if opponent else _use(graph, recipe, devices)
    every = torch.arange(len(data.train.labels))
    training, validation = (every, every[:0]) if opponent else divided(recipe, data)
    wanted = graph.output.shape if opponent else input_shape(graph)
    words = f"{len(training):,} to train on" if opponent else used(data, training, validation)
    rank = Rank(0, devices.number)
    steps = TrainingBatches(data.train, training, recipe, rank, 0).steps
    most_steps = recipe.steps or recipe.epochs * steps
    epochs = min(recipe.epochs, math.ceil(most_steps / max(steps, 1)))
    total = min(epochs * steps, most_steps)
    lines = [*introduced(data, wanted, words), *(f"note: {note}" for note in data.notes)]
    lines.append(_steps(recipe, devices, (steps, epochs, total)))
    if refit:
        count = len(training) + len(validation)
        lines.append(f"final fit: on {count:,}, for as many of these steps as are best")
    if start:
        lines += _begun(graph, start, names)
    return DryRun(tuple(lines), where, steps, epochs, total, found)


def _steps(recipe: Recipe, devices: Devices, numbers: tuple[int, int, int]) -> str:
    steps, epochs, total = numbers
    gathered = f"{recipe.accumulate:,} of " if recipe.accumulate > 1 else ""
    each = f" on each of {devices.number}" if devices.number > 1 else ""
    batch = f"{gathered}{recipe.batch:,}{each}"
    most = ", at most" if recipe.early_stopping else ""
    return (
        f"steps: {steps:,} an epoch, batch {batch}; {total:,} in {counted(epochs, 'epoch')}{most}"
    )


def _begun(graph: Graph, start: Path, names: Path | None) -> Iterator[str]:
    """What of a file would be begun with. Raises TrainError."""
    try:
        found = begun_with(lower(graph, device="meta"), start, names)
    except UnfitError as error:
        raise TrainError(str(error)) from None
    first, *others = found.lines()
    return iter((f"begins with {first}", *others))


# -- memory ---------------------------------------------------------------------------------


def _use(graph: Graph, recipe: Recipe, devices: Devices) -> Use | None:
    """What a step takes, and how far the device's memory goes."""
    trained = as_trained(graph._replace(recipe=recipe))
    if trained is None:
        return None
    network, asked = trained
    conditions = conditions_of(network, asked._replace(devices=devices.number))
    try:
        return use(network, conditions, _limit(devices.kind))
    except StatedError:
        return None


def _limit(device: str) -> int:
    """Bytes that a device has. Raises TrainError where it is not there."""
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    kind, _, number = device.partition(":")
    if kind == "cuda" and int(number or 0) >= count:
        raise TrainError(f"there is no `{device}` that PyTorch can use; `--device cpu` trains here")
    if count and kind != "cpu":
        return int(torch.cuda.get_device_properties(int(number or 0)).total_memory)
    return 2 * most()
