"""Checkpoints: written whole or not at all, and read without running what is in them."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from pytorch_lightning import Trainer
from pytorch_lightning.callbacks import Checkpoint
from pytorch_lightning.plugins.io import TorchCheckpointIO
from torch import Tensor, nn

from cnncalc import __version__
from cnncalc.language.writing.one_file import spec_of
from cnncalc.lowering.source import source
from cnncalc.network.recipe import plain
from cnncalc.runtime.reading import ReadError, brief
from cnncalc.runtime.sealed import OWN, PREFIX, is_own, is_sealed, seal, unseal
from cnncalc.runtime.stored import load
from cnncalc.runtime.train.errors import TrainError
from cnncalc.runtime.train.folders import BEST, LAST
from cnncalc.runtime.train.restored import check_said, restored
from cnncalc.runtime.train.sides import Side
from cnncalc.runtime.train.task import Task
from cnncalc.runtime.weights.fitted_weights import UnfitError, begun_with
from cnncalc.runtime.weights.weight_files import tensors_in

OPPONENT = "discriminator."
"""What stands before the names of the weights that a generator trained against."""


def header(task: Task) -> dict[str, Any]:
    """What a checkpoint says of itself: the spec in one file, the recipe, how images were
    normalised, what the classes are called."""
    mean, deviation = task.material.normalisation
    return {
        "version": __version__,
        **said_of(task.sides[0]),
        "normalisation": {"mean": list(mean), "deviation": list(deviation)},
        "data": task.material.data.kind,
        "classes": list(task.material.data.classes),
        "images": task.material.counts(),
    }


def said_of(side: Side) -> dict[str, Any]:
    """What a checkpoint says of a network that trains."""
    return {
        "spec": spec_of(side.graph),
        "set": dict(side.graph.settings),
        "input": dict(side.graph.shapes),
        "source": source(side.graph),
        "recipe": plain(side.recipe),
    }


# -- writing --------------------------------------------------------------------------------


class WholeFiles(TorchCheckpointIO):
    """Writes beside the file, then renames: what was there stays whole until the new one is.
    `given` is what was read and checked before: no file is read a second time."""

    given: Mapping[str, Any] | None = None
    epochs = 0
    """How many are in the newest one."""

    def load_checkpoint(self, path: Any, *ignored: Any, **named: Any) -> dict[str, Any]:
        """What a run goes on from."""
        assert self.given is not None
        return dict(self.given)

    def save_checkpoint(
        self, checkpoint: dict[str, Any], path: Any, storage_options: Any = None
    ) -> None:
        """storage_options: paths at which the same is written before. Raises OSError."""
        memory = io.BytesIO()
        torch.save(seal(checkpoint), memory)
        for target in (*(storage_options or ()), Path(path)):
            self._write(memory, target, checkpoint[OWN]["epochs"])

    def _write(self, memory: io.BytesIO, target: Path, epochs: int) -> None:
        partial = target.with_name(f".{target.name}.partial")
        try:
            with partial.open("wb") as file:
                file.write(memory.getbuffer())
                file.flush()
                os.fsync(file.fileno())
            partial.replace(target)
            self.epochs = epochs
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        _sync_folder(target.parent)


def _sync_folder(path: Path) -> None:
    """The rename itself, too; not every system can."""
    if os.name == "posix":
        folder = os.open(path, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)


class Saves(Checkpoint):
    """`last.ckpt` after every epoch, `best.ckpt` after those that are better than all before."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        """Behind the task's own: it knows by now whether the epoch was the best."""
        before = (self.folder / BEST,) if pl_module.is_best else ()
        trainer.save_checkpoint(self.folder / LAST, storage_options=before or None)


# -- reading --------------------------------------------------------------------------------


def load_exactly(network: nn.Module, path: Path) -> None:
    """Take over the tensors of a checkpoint of this very network. Raises TrainError."""
    given, own = weights(path), network.state_dict()
    if {n: t.shape for n, t in given.items()} != {n: t.shape for n, t in own.items()}:
        raise TrainError(f"`{path}` does not hold the weights of this network")
    network.load_state_dict(given)


def begin_with(task: Task, path: Path, names: Path | None = None) -> list[str]:
    """Take over the weights of another run, of both networks where it had two; what was and what
    was not, in words. names: a map of the network's. Raises TrainError where there are none."""
    words = load_into(task.network, path, names)
    for side in task.sides[1:]:
        if weights(path, OPPONENT):
            words += [f"discriminator: {w}" for w in load_into(side.network, path, None, OPPONENT)]
    return words


def load_into(
    network: nn.Module, path: Path, names: Path | None = None, prefix: str = PREFIX
) -> list[str]:
    """Take over the tensors that fit; what was and what was not, in words. Raises TrainError where
    none does."""
    try:
        found = begun_with(network, path, names, prefix)
    except UnfitError as error:
        raise TrainError(str(error)) from None
    found.put_into(network)
    return found.lines()


def weights(path: Path, prefix: str = PREFIX) -> dict[str, Tensor]:
    """Tensors by name. Raises TrainError."""
    try:
        return tensors_in(path, prefix)
    except ReadError as error:
        raise TrainError(f"`{path}` {error}") from None


def resumable(path: Path, task: Task, trainer: Trainer) -> dict[str, Any]:
    """What a run goes on from, every part of it checked. Raises TrainError where it is not whole,
    or was another run's."""
    if not path.exists():
        raise TrainError(f"there is no `{path}` to go on from")
    try:
        found = load(path)
        if not is_own(found):
            raise TrainError(f"`{path}` is no checkpoint of `cnncalc train`")
        if not is_sealed(found):
            raise ReadError("was written by an older cnncalc, without a digest")
        unseal(found)
        check_said(found[OWN])
        _check_same(path, found[OWN], task.header)
        return restored(found, task, trainer)
    except ReadError as error:
        raise TrainError(f"`{path}` {error}; {_way_out(path)}") from None


def _way_out(path: Path) -> str:
    best = path.with_name(BEST)
    start = best if best.exists() else path
    return f"`--from {start}` begins a new run with the weights, where they are whole"


def _check_same(path: Path, found: dict[str, Any], current: dict[str, Any]) -> None:
    """Raises TrainError where another network was trained, with other data or by another recipe."""
    given: dict[str, Any] | None = found.get("discriminator")
    wanted: dict[str, Any] | None = current.get("discriminator")
    if (given is None) != (wanted is None):
        raise TrainError(f"`{path}` is of a run with{'' if given else 'out'} a discriminator")
    if found.get("refit") != current.get("refit"):
        raise TrainError(f"`{path}` is of a final fit of another run, or of this one as it was")
    pairs = [("", found, current)]
    if given and wanted:
        pairs.append(("discriminator's ", given, wanted))
    for whose, one, other in pairs:
        if one["source"] != other["source"]:
            raise TrainError(
                f"the {whose}network is not the one of `{path}`; `--from` takes over its weights"
            )
    if any(found[name] != current[name] for name in ("data", "normalisation", "images")):
        raise TrainError(f"`{path}` was trained with other data: {brief(found['data'], 400)}")
    for whose, one, other in pairs:
        changed = _changed(one["recipe"], other["recipe"])
        if changed:
            raise TrainError(f"the {whose}recipe is not the one of `{path}`: {', '.join(changed)}")


FREE = ("epochs", "recompute")
"""The fields of a recipe that change no step."""


def _changed(found: dict[str, Any], current: dict[str, Any]) -> list[str]:
    """The fields that have other values, but for those that may."""
    return [n for n, value in current.items() if n not in FREE and found.get(n) != value]
