"""Checkpoints: written whole or not at all, and read without running what is in them."""

from __future__ import annotations

import io
import os
import pickle
from pathlib import Path
from typing import Any

import torch
from pytorch_lightning.callbacks import Checkpoint
from pytorch_lightning.plugins.io import TorchCheckpointIO
from torch import Tensor, nn

from cnncalc import __version__
from cnncalc.lowering.source import source
from cnncalc.runtime.train.errors import TrainError
from cnncalc.runtime.train.task import Task
from cnncalc.spec.recipe import plain

LAST, BEST = "last.ckpt", "best.ckpt"
PREFIX = "network."


def header(task: Task, spec: str, settings: dict[str, str]) -> dict[str, Any]:
    """What a checkpoint says of itself: the spec's text, the recipe, how images were normalised."""
    mean, deviation = task.material.normalisation
    return {
        "version": __version__,
        "spec": spec,
        "set": dict(settings),
        "source": source(task.graph),
        "recipe": plain(task.recipe),
        "normalisation": {"mean": list(mean), "deviation": list(deviation)},
        "data": task.material.data.kind,
        "classes": list(task.material.data.classes),
    }


# -- writing --------------------------------------------------------------------------------


class WholeFiles(TorchCheckpointIO):
    """Writes beside the file, then renames: what was there stays whole until the new one is."""

    def save_checkpoint(
        self, checkpoint: dict[str, Any], path: Any, storage_options: Any = None
    ) -> None:
        """Raises OSError."""
        target = Path(path)
        partial = target.with_name(f".{target.name}.partial")
        memory = io.BytesIO()
        torch.save(checkpoint, memory)
        try:
            with partial.open("wb") as file:
                file.write(memory.getbuffer())
                file.flush()
                os.fsync(file.fileno())
            partial.replace(target)
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


def read(path: Path) -> dict[str, Any]:
    """A checkpoint's contents: tensors, numbers, texts. Raises TrainError."""
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        raise TrainError(
            f"`{path}` holds more than weights, numbers and texts, and is not loaded"
        ) from None
    except (OSError, RuntimeError, EOFError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no whole checkpoint"
        raise TrainError(f"`{path}` cannot be read: {reason.lower()}") from None
    if not isinstance(found, dict):
        raise TrainError(f"`{path}` is no checkpoint of a network")
    return found


def weights(path: Path) -> dict[str, Tensor]:
    """Tensors by name: of a checkpoint of ours, or a `state_dict`. Raises
    TrainError."""
    found = read(path)
    state = found.get("state_dict", found)
    tensors = {name: value for name, value in state.items() if isinstance(value, Tensor)}
    if any(name.startswith(PREFIX) for name in tensors):
        own = {name: t for name, t in tensors.items() if name.startswith(PREFIX)}
        tensors = {name.removeprefix(PREFIX): tensor for name, tensor in own.items()}
    return tensors


def load_into(network: nn.Module, path: Path) -> str:
    """Take over the tensors of the same name and shape; what was, in words. Raises TrainError
    where none has."""
    given, own = weights(path), network.state_dict()
    same = {n: t for n, t in given.items() if n in own and own[n].shape == t.shape}
    if not same:
        raise TrainError(f"`{path}` has no tensor that this network has, by name and shape")
    network.load_state_dict(same, strict=False)
    new = [name for name in own if name not in same]
    rest = f"; new: {', '.join(new[:4])}{' ...' if len(new) > 4 else ''}" if new else ""
    return f"{len(same)} of {len(own)} tensors from {path}{rest}"


def resumable(path: Path, current: dict[str, Any]) -> dict[str, Any]:
    """What a run says of itself that goes on as `current`. Raises TrainError where it was
    another."""
    if not path.is_file():
        raise TrainError(f"there is no `{path}` to go on from")
    found = read(path).get("cnncalc")
    if not isinstance(found, dict):
        raise TrainError(f"`{path}` is no checkpoint of `cnncalc train`")
    if found["source"] != current["source"]:
        raise TrainError(f"the network is not the one of `{path}`; `--from` takes over its weights")
    if found["data"] != current["data"] or found["normalisation"] != current["normalisation"]:
        raise TrainError(f"`{path}` was trained with other data: {found['data']}")
    changed = [
        name
        for name, value in current["recipe"].items()
        if name != "epochs" and found["recipe"].get(name) != value
    ]
    if changed:
        raise TrainError(f"the recipe is not the one of `{path}`: {', '.join(changed)}")
    return found
