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
from cnncalc.lowering.source import source
from cnncalc.network.recipe import plain
from cnncalc.runtime.reading import ReadError, brief
from cnncalc.runtime.sealed import OWN, is_own, is_sealed, seal, state, unseal
from cnncalc.runtime.stored import load
from cnncalc.runtime.train.errors import TrainError
from cnncalc.runtime.train.restored import check_said, restored
from cnncalc.runtime.train.task import Task

LAST, BEST = "last.ckpt", "best.ckpt"


def header(
    task: Task, spec: str, settings: dict[str, str], inputs: dict[str, str]
) -> dict[str, Any]:
    """What a checkpoint says of itself: the spec's text, the recipe, how images were normalised."""
    mean, deviation = task.material.normalisation
    return {
        "version": __version__,
        "spec": spec,
        "set": dict(settings),
        "input": dict(inputs),
        "source": source(task.graph),
        "recipe": plain(task.recipe),
        "normalisation": {"mean": list(mean), "deviation": list(deviation)},
        "data": task.material.data.kind,
        "classes": list(task.material.data.classes),
        "images": task.material.counts(),
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
        """Raises OSError."""
        target = Path(path)
        partial = target.with_name(f".{target.name}.partial")
        memory = io.BytesIO()
        torch.save(seal(checkpoint), memory)
        try:
            with partial.open("wb") as file:
                file.write(memory.getbuffer())
                file.flush()
                os.fsync(file.fileno())
            partial.replace(target)
            self.epochs = checkpoint[OWN]["epochs"]
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
        if pl_module.is_best:
            trainer.save_checkpoint(self.folder / BEST)
        trainer.save_checkpoint(self.folder / LAST)


# -- reading --------------------------------------------------------------------------------


def load_exactly(network: nn.Module, path: Path) -> None:
    """Take over the tensors of a checkpoint of this very network. Raises TrainError."""
    given, own = weights(path), network.state_dict()
    if {n: t.shape for n, t in given.items()} != {n: t.shape for n, t in own.items()}:
        raise TrainError(f"`{path}` does not hold the weights of this network")
    network.load_state_dict(given)


def load_into(network: nn.Module, path: Path) -> str:
    """Take over the tensors of the same name and shape; what was, in words. Raises TrainError
    where none has."""
    given, own = weights(path), network.state_dict()
    same = {n: t for n, t in given.items() if n in own and _fits(t, own[n])}
    if not same:
        raise TrainError(f"`{path}` has no tensor that this network has, by name and shape")
    for name, tensor in same.items():
        if tensor.is_floating_point() and not bool(tensor.isfinite().all()):
            raise TrainError(f"`{path}` has values in `{name}` that are no numbers")
    network.load_state_dict(same, strict=False)
    new = [name for name in own if name not in same]
    rest = f"; new: {', '.join(new[:4])}{' ...' if len(new) > 4 else ''}" if new else ""
    return f"{len(same)} of {len(own)} tensors from {path}{rest}"


def _fits(given: Tensor, own: Tensor) -> bool:
    return given.shape == own.shape and given.is_floating_point() == own.is_floating_point()


def weights(path: Path) -> dict[str, Tensor]:
    """Tensors by name: of a checkpoint of ours, or a `state_dict`. Raises TrainError."""
    try:
        return state(path)
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
    if found["source"] != current["source"]:
        raise TrainError(f"the network is not the one of `{path}`; `--from` takes over its weights")
    if any(found[name] != current[name] for name in ("data", "normalisation", "images")):
        raise TrainError(f"`{path}` was trained with other data: {brief(found['data'], 400)}")
    changed = [
        name
        for name, value in current["recipe"].items()
        if name != "epochs" and found["recipe"].get(name) != value
    ]
    if changed:
        raise TrainError(f"the recipe is not the one of `{path}`: {', '.join(changed)}")
