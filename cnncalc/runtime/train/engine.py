"""A training from its start or its last checkpoint to its end, on PyTorch Lightning."""

from __future__ import annotations

import errno
import logging
import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytorch_lightning
import torch
from pytorch_lightning.callbacks import Callback
from pytorch_lightning.utilities import rank_zero_only

from cnncalc.layers.fields import counted
from cnncalc.network.graph import Graph
from cnncalc.network.recipe import Recipe
from cnncalc.records import NamedTuple
from cnncalc.runtime.exhaustion import ran_out
from cnncalc.runtime.lower import lower
from cnncalc.runtime.tf32 import tf32
from cnncalc.runtime.train import checkpoint
from cnncalc.runtime.train import fitting_batch as memory
from cnncalc.runtime.train.adversarial import Duel
from cnncalc.runtime.train.checkpoint import Saves, WholeFiles
from cnncalc.runtime.train.data import Given
from cnncalc.runtime.train.data.images import Data
from cnncalc.runtime.train.epoch_lines import lost, percent
from cnncalc.runtime.train.epoch_sums import Means
from cnncalc.runtime.train.errors import TrainError
from cnncalc.runtime.train.fitting_data import input_shape, normalisation
from cnncalc.runtime.train.folders import BEST, LAST, check_new, folder_of, make
from cnncalc.runtime.train.habits import habits
from cnncalc.runtime.train.interruption import Ending, InterruptionError, listening
from cnncalc.runtime.train.lock import held
from cnncalc.runtime.train.material import Material, data_for, divided, introduced
from cnncalc.runtime.train.record import RunRecord, say
from cnncalc.runtime.train.refit import FOLDER as REFIT
from cnncalc.runtime.train.refit import Refit, check_refits, course_of
from cnncalc.runtime.train.run_pictures import draw_confusion
from cnncalc.runtime.train.sheets import FOLDER, Sheets
from cnncalc.runtime.train.sides import Side
from cnncalc.runtime.train.steps import shorten
from cnncalc.runtime.train.task import Task
from cnncalc.trained import Trained, TrainedPair

PRECISIONS = {
    "float32": "32-true",
    "tf32": "32-true",
    "bfloat16": "bf16-mixed",
    "float16": "16-mixed",
}

FULL = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}


class Opponent(NamedTuple):
    """The discriminator that a generator trains against."""

    graph: Graph
    recipe: Recipe


class Training(NamedTuple):
    """How a network is trained, beside its recipe.

    data: a name or a path, or arrays by name
    folder: what is written goes there; None: `runs/` and the spec's name, with a number where that
        is taken
    resume: whether to go on from the folder's last checkpoint
    refit: whether to fit once more, on the images to validate on, too
    start: a file to take weights from; names: a map of its tensors to the network's
    device: `cpu`, `cuda`, `cuda:1` or `auto`; devices: how many, in each machine
    opponent: the discriminator, of a generator
    tell: takes a line of the results; bar: whether one moves on a terminal
    """

    data: Given = "digits"
    folder: Path | None = None
    resume: bool = False
    refit: bool = False
    start: Path | None = None
    names: Path | None = None
    device: str = "auto"
    devices: int = 1
    opponent: Opponent | None = None
    tell: Callable[[str], None] = say
    bar: bool = True


def train(graph: Graph, recipe: Recipe, run: Training) -> Trained | TrainedPair:
    """Train, and tell what came of it. Raises TrainError, InterruptionError."""
    with _quiet(), tf32(recipe.precision == "tf32"), listening() as ending:
        try:
            accelerator = _accelerator(run)
            other = run.opponent.graph if run.opponent else None
            data = data_for(graph, recipe, run.data, other)
            if run.refit:
                check_refits(data, recipe, other is not None, run.start is not None)
            folder = folder_of(graph, run.folder, run.resume)
            make(folder)
            with held(folder) if is_first() else nullcontext():
                check_new(folder, run.folder is not None, run.resume)
                if run.opponent:
                    duel = _duel(graph, recipe, data, run.opponent)
                    return _train_pair(duel, folder, accelerator, run, ending)
                return _train(_task(graph, recipe, data), folder, accelerator, run, ending)
        except KeyboardInterrupt:
            raise InterruptionError(ending.code) from None


def is_first() -> bool:
    """Whether this process writes; Lightning starts others by this command, too."""
    return bool(getattr(rank_zero_only, "rank", 0) == 0)


def _train(task: Task, folder: Path, accelerator: str, run: Training, ending: Ending) -> Trained:
    task.header = checkpoint.header(task)
    with _fitted(task, folder, accelerator, run, ending) as (trainer, epochs, tell):
        _conclude(task, folder, tell)
        if is_first():
            with _writing(folder):
                draw_confusion(task, folder, trainer.strategy.root_device)
        means = None if run.refit else _test(trainer, task, folder / BEST, tell)
    refit = folder / REFIT / LAST if run.refit else None
    if run.refit:
        means = _refit(task, folder, accelerator, run, ending)
    loss, error = means or (None, None)
    best = task.watch.epoch
    return Trained(task.graph.name, epochs, best, loss, error, folder / BEST, (), refit)


def _refit(
    first: Task, folder: Path, accelerator: str, run: Training, ending: Ending
) -> Means | None:
    """The final fit, tested where there is something to test on. Raises TrainError,
    InterruptionError."""
    own = folder / REFIT
    make(own)
    task = Refit(first, course_of(first, folder))
    task.header = {**checkpoint.header(task), "refit": task.said()}
    run = run._replace(resume=run.resume and (own / LAST).exists())
    if is_first():
        run.tell(f"final fit: {task.course.steps:,} steps, as were best, from the beginning")
    try:
        with _fitted(task, own, accelerator, run, ending) as (trainer, _, tell):
            tell(f"checkpoint: {own / LAST}")
            return _test(trainer, task, own / LAST, tell)
    except InterruptionError as error:
        if error.epochs:
            raise
        last = folder / LAST if error.last else None
        raise InterruptionError(error.code, last, first.trainer.current_epoch) from None


def _train_pair(
    task: Duel, folder: Path, accelerator: str, run: Training, ending: Ending
) -> TrainedPair:
    assert run.opponent
    other = run.opponent.graph
    task.header = checkpoint.header(task)
    task.header["discriminator"] = checkpoint.said_of(task.opponent)
    with _fitted(task, folder, accelerator, run, ending) as (_, epochs, tell):
        samples, last = folder / FOLDER, folder / LAST
        tell(f"drawn: {samples}")
        tell(f"checkpoint: {last}")
    return TrainedPair(task.graph.name, other.name, epochs, last, samples, ())


@contextmanager
def _fitted(
    task: Task, folder: Path, accelerator: str, run: Training, ending: Ending
) -> Iterator[tuple[pytorch_lightning.Trainer, tuple[Any, ...], Callable[[str], None]]]:
    """A training up to its last epoch: the trainer, the epochs, and where to tell the rest, which
    can be interrupted as well. Raises TrainError, InterruptionError."""
    files = WholeFiles()
    sheets = [Sheets(folder)] if run.opponent else []
    callbacks = [*sheets, Saves(folder), ending]
    trainer, record = _trainer(task, folder, accelerator, run, callbacks, files)
    first = trainer.is_global_zero
    tell = run.tell if first else _silent
    _introduce(task, tell)
    if run.start:
        begun, *others = checkpoint.begin_with(task, run.start, run.names)
        for said in (f"begins with {begun}", *others):
            tell(said)
    last = folder / LAST if run.resume else None
    if last:
        files.given = checkpoint.resumable(last, task, trainer)
        files.epochs = files.given["epoch"] + 1
        tell(f"goes on from {last}, after epoch {files.epochs}")
    try:
        _fit(trainer, task, folder, last)
        with _writing(folder):
            record.close(task)
        yield trainer, tuple(record.epochs), tell
    except KeyboardInterrupt:
        raise InterruptionError(
            ending.code, folder / LAST if first else None, files.epochs
        ) from None


def _silent(text: str) -> None:
    """What processes but the first tell."""


# -- before ---------------------------------------------------------------------------------


def _accelerator(run: Training) -> str:
    """`cpu`, `cuda`, or one GPU, `cuda:1`. Raises TrainError where the device is not there."""
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    name, _, number = run.device.partition(":")
    if name == "cuda" and not count:
        raise TrainError("there is no CUDA device that PyTorch can use; `--device cpu` trains here")
    if run.opponent and (run.devices > 1 or int(os.environ.get("WORLD_SIZE", 1)) > 1):
        raise TrainError("a generator and a discriminator train in one process, on one device")
    if number:
        _check_number(int(number), count, run)
        return run.device
    kind = "cuda" if name == "cuda" or (name == "auto" and count) else "cpu"
    if kind == "cuda" and run.devices > count:
        raise TrainError(f"--devices {run.devices}: {counted(count, 'CUDA device')} here")
    return kind


def _check_number(number: int, count: int, run: Training) -> None:
    """Raises TrainError where there is no such GPU, or one is not enough."""
    if number >= count:
        raise TrainError(
            f"there is no `{run.device}`: {counted(count, 'CUDA device')}, counted from 0"
        )
    if run.devices > 1 or int(os.environ.get("WORLD_SIZE", 1)) > 1:
        raise TrainError(f"`--device {run.device}` is one device; `--device cuda` takes several")


def _duel(graph: Graph, recipe: Recipe, data: Data, opponent: Opponent) -> Duel:
    """Of all images, none of which are kept apart."""
    every = torch.arange(len(data.train.labels))
    how = normalisation(data.train, every, graph.output.shape, recipe.normalise)
    its_recipe = opponent.recipe._replace(epochs=recipe.epochs, steps=recipe.steps)
    other = Side(opponent.graph, lower(opponent.graph, recipe.seed), its_recipe)
    material = Material(data, every, every[:0], how)
    return Duel(graph, lower(graph, recipe.seed), recipe, material, other)


def _task(graph: Graph, recipe: Recipe, data: Data) -> Task:
    network = lower(graph, recipe.seed)
    training, validation = divided(recipe, data)
    how = normalisation(data.train, training, input_shape(graph), recipe.normalise)
    return Task(graph, network, recipe, Material(data, training, validation, how))


def _trainer(
    task: Task,
    folder: Path,
    accelerator: str,
    run: Training,
    callbacks: list[Callback],
    files: WholeFiles,
) -> tuple[pytorch_lightning.Trainer, RunRecord]:
    """torchrun says by its variables how many processes and machines there are."""
    local = int(os.environ.get("LOCAL_WORLD_SIZE", run.devices))
    world = int(os.environ.get("WORLD_SIZE", local))
    kind, _, number = accelerator.partition(":")
    record = RunRecord(folder, run.tell, run.bar)
    trainer = pytorch_lightning.Trainer(
        accelerator=kind,
        devices=[int(number)] if number else local,
        num_nodes=max(1, world // local),
        strategy=_strategy(task) if world > 1 else "auto",
        sync_batchnorm=kind == "cuda" and world > 1,
        precision=PRECISIONS[task.recipe.precision],  # type: ignore[arg-type]
        max_epochs=task.recipe.epochs,
        accumulate_grad_batches=task.recipe.accumulate,
        callbacks=[record, *callbacks],
        plugins=[files],
        logger=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        use_distributed_sampler=False,
        num_sanity_val_steps=0,
        reload_dataloaders_every_n_epochs=1,
        default_root_dir=folder,
    )
    shorten(trainer)
    return trainer, record


def _strategy(task: Task) -> str:
    """Heads without a loss have parameters that no gradient reaches."""
    trained = {head.path for head in task.recipe.auxiliary}
    unused = task.graph.outputs.keys() - trained
    return "ddp_find_unused_parameters_true" if unused else "ddp"


@contextmanager
def _quiet() -> Iterator[None]:
    """Lightning's advice is for those who write training loops."""
    for name in ("pytorch_lightning", "lightning_fabric", "lightning.pytorch", "lightning.fabric"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


# -- meanwhile ------------------------------------------------------------------------------


def _fit(trainer: pytorch_lightning.Trainer, task: Task, folder: Path, last: Path | None) -> None:
    """Raises TrainError for what the user can change, KeyboardInterrupt."""
    task.trainer = trainer
    trainer.fit_loop.max_epochs = task.epochs  # as many as the recipe's steps need
    try:
        with _writing(folder), _interruptible(trainer):
            trainer.fit(task, ckpt_path=last, weights_only=True if last else None)
    except (RuntimeError, MemoryError) as error:
        if not ran_out(error):
            raise
    else:
        return
    raise TrainError(_too_large(task, trainer.strategy.root_device))


@contextmanager
def _interruptible(trainer: pytorch_lightning.Trainer) -> Iterator[None]:
    """Lightning makes an exit of a KeyboardInterrupt: it stays one."""
    try:
        yield
    except SystemExit:
        if not trainer.interrupted:
            raise
        raise KeyboardInterrupt from None


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Raises TrainError where a file cannot be written."""
    try:
        yield
    except OSError as error:
        raise TrainError(_unwritten(error, folder)) from None


def _unwritten(error: OSError, folder: Path) -> str:
    reason = "the disk is full" if error.errno in FULL else (error.strerror or str(error)).lower()
    whole = folder / LAST
    rest = f"; `{whole}` is whole: make room, then --resume" if whole.exists() else ""
    return f"cannot write in `{folder}`: {reason}{rest}"


def _too_large(task: Task, device: torch.device) -> str:
    """Lightning has moved the network to the CPU by now; it is tried where it was."""
    batch = task.recipe.batch
    fits = memory.fitting_batch(task, device)
    if not fits:
        return f"out of memory with a batch of {batch:,}, and with a single image, too"
    return f"out of memory with a batch of {batch:,}; {fits:,} fits: --recipe batch={fits}"


# -- after ----------------------------------------------------------------------------------


def _introduce(task: Task, tell: Callable[[str], None]) -> None:
    data = task.material.data
    for said in introduced(data, task.wanted, task.used):
        tell(said)
    for side in task.sides[1:]:
        tell(f"against: {side.graph.name}")
    for note in (*data.notes, *habits(task)):
        tell(f"note: {note}")


def _conclude(task: Task, folder: Path, tell: Callable[[str], None]) -> None:
    watch = task.watch
    what = "error" if task.watched == "error" else "loss"
    value = percent(1 - watch.best) if what == "error" else lost(watch.best, task.graded)
    name = "accuracy" if what == "error" else "loss"
    kept = len(task.material.validation)
    where = counted(kept, f"validation {task.noun}") if kept else f"the training {task.noun}s"
    if watch.stopped:
        tell(f"stopped: not better for {counted(watch.patience or 0, 'epoch')}")
    tell(f"best: epoch {watch.epoch}, {name} {value} of {where}")
    tell(f"checkpoint: {folder / BEST}")


def _test(
    trainer: pytorch_lightning.Trainer, task: Task, file: Path, tell: Callable[[str], None]
) -> Means | None:
    """The weights of a checkpoint, on the images that are only tested on. Raises TrainError."""
    if task.material.data.test is None:
        return None
    checkpoint.load_exactly(task.in_use, file)
    try:
        with _interruptible(trainer):
            trainer.test(task, verbose=False)
    except (RuntimeError, MemoryError) as error:
        if not ran_out(error):
            raise
        raise TrainError(
            f"out of memory in the test pass, with a batch of {task.recipe.batch:,};"
            f" `{file}` stands, untested"
        ) from None
    if task.means:
        count = counted(len(task.material.data.test.labels), task.noun)
        tell(f"test: {_shown(task.means)} of {count}")
    return task.means


def _shown(means: Means) -> str:
    if means.error is None:
        return f"loss {lost(means.loss, graded=False)}"
    return f"accuracy {percent(1 - means.error)}"
