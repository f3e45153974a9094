"""Lightning's loops over the batches of an epoch, without what it does in each step for others:
eighty hooks, logging, closures, a millisecond in all. Steps are counted as it counts them, so that
checkpoints are the same."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import pytorch_lightning
from pytorch_lightning.loops.evaluation_loop import _EvaluationLoop
from pytorch_lightning.loops.training_epoch_loop import _TrainingEpochLoop
from pytorch_lightning.strategies import SingleDeviceStrategy
from pytorch_lightning.trainer.states import RunningStage, TrainerFn

KNOWN = "2.6."
"""The versions of Lightning in whose loops these fit."""


def shorten(trainer: pytorch_lightning.Trainer) -> None:
    """Have a trainer go the short way, where there is one."""
    if not version("pytorch_lightning").startswith(KNOWN):
        return
    trainer.fit_loop.epoch_loop = PlainSteps(trainer)
    trainer.fit_loop.epoch_loop.val_loop = PlainChecks(
        trainer, TrainerFn.FITTING, RunningStage.VALIDATING, verbose=False, inference_mode=False
    )


def is_plain(trainer: pytorch_lightning.Trainer) -> bool:
    """Whether one process trains one network, whose gradients are not scaled."""
    return (
        isinstance(trainer.strategy, SingleDeviceStrategy)
        and trainer.lightning_module.automatic_optimization
        and getattr(trainer.precision_plugin, "scaler", None) is None
    )


class PlainSteps(_TrainingEpochLoop):
    """Over the batches to train on."""

    def advance(self, data_fetcher: Any) -> None:
        """A step. Raises StopIteration behind the last one."""
        trainer, task = self.trainer, self.trainer.lightning_module
        if self.restarting or not is_plain(trainer):
            super().advance(data_fetcher)
            return
        self.val_loop.restarting = False
        batch, _, _ = next(data_fetcher)
        number = self.batch_idx + 1
        progress = self.batch_progress
        progress.is_last_batch = data_fetcher.done
        batch = task.transfer_batch_to_device(batch, trainer.strategy.root_device, 0)
        progress.increment_ready()
        task.on_train_batch_start(batch, number)
        progress.increment_started()
        self._step(batch, number)
        progress.increment_processed()
        for callback in trainer.callbacks:
            callback.on_train_batch_end(trainer, task, {}, batch, number)
        progress.increment_completed()

    def _step(self, batch: Any, number: int) -> None:
        """In Lightning's order: the last gradients are freed behind the forward pass."""
        trainer, task = self.trainer, self.trainer.lightning_module
        optimizer, gathered = trainer.optimizers[0], trainer.accumulate_grad_batches
        done = self.automatic_optimization.optim_progress.optimizer
        last = not self._should_accumulate()
        if last:
            done.step.increment_ready()
        loss = trainer.strategy.training_step(batch, number)
        loss = loss / gathered if gathered > 1 else loss
        if number % gathered == 0:
            done.zero_grad.increment_ready()
            done.zero_grad.increment_started()
            optimizer.zero_grad()
            done.zero_grad.increment_completed()
        loss.backward()
        if last:
            task.on_before_optimizer_step(optimizer)
            optimizer.step()
            task.on_after_optimizer_step()
            done.step.increment_completed()


class PlainChecks(_EvaluationLoop):
    """Over the batches to validate on."""

    def _evaluation_step(self, batch: Any, batch_idx: int, dataloader_idx: int, _: Any) -> None:
        """A batch."""
        trainer = self.trainer
        if not is_plain(trainer):
            super()._evaluation_step(batch, batch_idx, dataloader_idx, _)
            return
        task, progress = trainer.lightning_module, self.batch_progress
        batch = task.transfer_batch_to_device(batch, trainer.strategy.root_device, 0)
        progress.increment_ready()
        progress.increment_started()
        trainer.strategy.validation_step(batch, batch_idx)
        progress.increment_processed()
        progress.increment_completed()
        self._has_run = True
        self._seen_batches_per_dataloader[dataloader_idx] += 1
