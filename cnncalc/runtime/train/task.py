"""What happens in each step and epoch."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cached_property, partial
from math import prod
from typing import Any

import pytorch_lightning
import torch
from torch import Tensor, nn

from cnncalc.network.graph import Graph, Node
from cnncalc.network.recipe import Recipe
from cnncalc.runtime.train import epoch_lines, losses, optimizers
from cnncalc.runtime.train.augment import augmented, noisy, placed_labels
from cnncalc.runtime.train.augment_sequences import augmented_sequences
from cnncalc.runtime.train.averaging import averaged
from cnncalc.runtime.train.batches import Batch, Rank, TrainingBatches, ValidationBatches
from cnncalc.runtime.train.class_weights import class_weights, weighed
from cnncalc.runtime.train.data.images import Images
from cnncalc.runtime.train.epoch_sums import Means, Sums
from cnncalc.runtime.train.errors import TrainError
from cnncalc.runtime.train.fitting_data import (
    answers,
    input_shape,
    normalised,
    shaped,
    shaped_once,
)
from cnncalc.runtime.train.losses import EVENLY, Judging
from cnncalc.runtime.train.material import Material, noun, used
from cnncalc.runtime.train.mixing import Wanted, mixed
from cnncalc.runtime.train.recomputation import run_again
from cnncalc.runtime.train.schedules import factor
from cnncalc.runtime.train.sides import Side
from cnncalc.runtime.train.watch import Watch
from cnncalc.trained import Epoch


class Task(pytorch_lightning.LightningModule):
    """The network with its data and recipe. `header` is what a checkpoint says of itself."""

    counts: Tensor | None

    def __init__(
        self, graph: Graph, network: nn.Module, recipe: Recipe, material: Material
    ) -> None:
        super().__init__()
        self.graph = graph
        self.network = network
        self.recipe = recipe
        self.material = material
        self.header: dict[str, Any] = {}
        self.watch = Watch(recipe)
        self.loss_kind = losses.loss_of(recipe, graph, material.data.real)
        self.graded = self.loss_kind not in losses.DIFFERENCES
        self.watched = recipe.watch or ("error" if self.graded else "loss")
        self.wanted = input_shape(graph)
        self.shaped: dict[int, Images] = {}
        self.learned, self.seen = Sums(), Sums()
        self.training_means = Means(math.nan, None)
        self.means: Means | None = None
        self.is_best = False
        optimizers.freeze(network, recipe)
        self.averaged = averaged(network, recipe.ema)
        run_again(graph, network, recipe)
        trained = material.data.train.labels[material.training]
        classes = material.data.classes if self.graded else ()
        self.class_weights = class_weights(recipe, classes, trained)
        self.register_buffer("counts", self.class_weights, persistent=False)  # where it trains

    @property
    def in_use(self) -> nn.Module:
        """The network that is validated and tested: with the running means of its weights, where
        there are any."""
        return self.averaged.module if self.averaged else self.network

    @property
    def sides(self) -> tuple[Side, ...]:
        """The networks that train, each with an optimizer of its own."""
        return (Side(self.graph, self.network, self.recipe),)

    @property
    def used(self) -> str:
        """What is used for what, with counts."""
        data, training, validation, _ = self.material
        return used(data, training, validation)

    @property
    def noise(self) -> int:
        """How many normal numbers are drawn for each sample."""
        return prod(self.wanted) if self.recipe.augment.noise else 0

    @property
    def noun(self) -> str:
        """What a sample of the data is."""
        return noun(self.material.data, self.wanted)

    # -- data -------------------------------------------------------------------------------

    @property
    def place(self) -> Rank:
        """Which process this is."""
        return Rank(self.trainer.global_rank, self.trainer.world_size)

    @cached_property
    def steps(self) -> int:
        """Of an epoch."""
        return self.batches(0).steps

    @property
    def epochs(self) -> int:
        """That are begun."""
        if self.recipe.steps is None:
            return self.recipe.epochs
        return min(self.recipe.epochs, math.ceil(self.recipe.steps / self.steps))

    def batches(self, epoch: int) -> TrainingBatches:
        """An epoch's; the last one ends where the steps do."""
        images, steps = self.ready(self.material.data.train), self.recipe.steps
        found = TrainingBatches(
            images,
            self.material.training,
            self.recipe,
            self.place,
            epoch,
            self.noise,
            partial(weighed, weights=self.class_weights),
        )
        if steps is not None:
            found.most = max(0, steps - epoch * found.steps)
        return found

    def ready(self, images: Images) -> Images:
        """The same, as the network reads them where that is quickest: a GPU shapes them itself."""
        if self.trainer.strategy.root_device.type == "cuda":
            return images
        if id(images) not in self.shaped:
            self.shaped[id(images)] = shaped_once(images, self.wanted)
        return self.shaped[id(images)]

    def train_dataloader(self) -> TrainingBatches:
        """Anew for each epoch."""
        return self.batches(self.trainer.current_epoch)

    def val_dataloader(self) -> ValidationBatches | list[Any]:
        """The images to validate on."""
        if not len(self.material.validation):
            return []
        images = self.material.data.validation or self.material.data.train
        indices = self.material.validation
        return ValidationBatches(self.ready(images), indices, self.recipe.batch, self.place)

    def test_dataloader(self) -> ValidationBatches:
        """The images that are only tested on."""
        images = self.material.data.test
        assert images is not None
        every = torch.arange(len(images.labels))
        return ValidationBatches(self.ready(images), every, self.recipe.batch, self.place)

    def transfer_batch_to_device(self, batch: Batch, device: torch.device, number: int) -> Any:
        """A GPU fetches it by itself, while the host goes on."""
        if device.type != "cuda":
            return batch
        return super().transfer_batch_to_device(batch.pinned(), device, number)

    # -- steps ------------------------------------------------------------------------------

    def configure_optimizers(self) -> list[torch.optim.Optimizer]:
        """The recipes'."""
        return [side.optimizer() for side in self.sides]

    def on_train_epoch_start(self) -> None:
        """Sums begin at 0."""
        for side in self.sides:
            optimizers.keep_statistics(side.network, side.recipe)
        self.learned, self.means = Sums(), None

    def steps_in(self, updates: int) -> int:
        """The steps in which weights have been changed so many times."""
        return updates

    def averaged_in(self, updates: int) -> int:
        """The updates of the network that is in use, of so many in all."""
        return updates

    @property
    def done(self) -> int:
        """Steps behind this one."""
        return self.steps_in(self.global_step)

    def on_train_batch_start(self, batch: Any, batch_idx: int) -> None:
        """What is drawn in a step, dropout for one, depends on seed, step and process alone."""
        done, gathered = self.done, self.recipe.accumulate
        number = done * gathered + batch_idx % gathered
        seed = (self.recipe.seed * 1_000_003 + number) * 1_000_003 + self.trainer.global_rank
        self.begin_chance(seed)
        for side, optimizer in zip(self.sides, self.trainer.optimizers, strict=True):
            times = self.rate_factor(side.recipe, done)
            for group in optimizer.param_groups:
                group["lr"] = side.recipe.rate * times * group["factor"]

    def rate_factor(self, recipe: Recipe, done: int) -> float:
        """What a learning rate is multiplied with at a step."""
        return factor(recipe, done, self.steps, self.epochs, self.watch.falls)

    def begin_chance(self, seed: int) -> None:
        """The generators that a step draws from begin anew. `torch.manual_seed` seeds those of all
        kinds of devices, and formats a stack trace for each kind that is not there."""
        torch.default_generator.manual_seed(seed)
        if self.device.type == "cuda":
            torch.cuda.default_generators[self.device.index].manual_seed(seed)

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor | None:
        """The loss of a batch, times its share where Lightning takes the mean of several. Raises
        TrainError where it is no number any more."""
        loss, wrong = self.learnt_from(batch)
        self.learned.add(loss, wrong, batch.counted)
        if self.learned.due or batch_idx + 1 == self.trainer.num_training_batches:
            self.check(batch_idx)
        gathered = self.recipe.accumulate
        return loss * (batch.share * gathered) if gathered > 1 else loss

    def updates(self, batch: Batch) -> Iterator[tuple[int, Tensor]]:
        """The number of each side whose weights a step changes, and the loss that it makes small:
        the next one is computed once that is done."""
        yield 0, self.learnt_from(batch)[0]

    def learnt_from(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Loss and wrong answers of a batch to train on."""
        images, labels = shaped(batch.images, self.wanted), batch.labels
        if labels.ndim == 3 and images.ndim == 4 and not labels.is_floating_point():
            labels = placed_labels(labels, self.recipe.augment, batch.draws)
        images, wanted = mixed(self.changed(images, batch.draws), labels, batch.mix)
        how = Judging(self.recipe.label_smoothing, self.counts)
        return self.judged(self.network, images, wanted, how)

    def changed(self, images: Tensor, draws: Tensor) -> Tensor:
        """As the recipe changes them by chance."""
        change = {4: augmented, 3: augmented_sequences}.get(images.ndim, noisy)
        return change(images, self.recipe.augment, draws)

    def check(self, last: int) -> None:
        """Raises TrainError where a loss up to that of the step `last` is no number."""
        self.check_losses(
            self.learned, "the loss", last, f"learning_rate={self.recipe.rate / 10:g}"
        )

    def check_losses(self, sums: Sums, what: str, last: int, lower: str) -> None:
        """Raises TrainError where one of those up to that of the step `last` is no number."""
        losses = sums.read()
        for batch, loss in enumerate(losses, last + 1 - len(losses)):
            if not math.isfinite(loss):
                step = batch // self.recipe.accumulate + 1
                raise TrainError(
                    f"{what} is {loss} in epoch {self.current_epoch + 1}, step {step};"
                    f" a lower rate may help: --recipe {lower}"
                )

    def judged(
        self, network: nn.Module, images: Tensor, wanted: Wanted, how: Judging
    ) -> tuple[Tensor, Tensor]:
        """Loss, auxiliary ones included where there is a gradient, and the number of wrong
        answers."""
        found = losses.heads(network(normalised(images, self.material.normalisation)))
        output = found[self.graph.last]
        if not self.graded and not self.material.data.real:
            return losses.difference(self.loss_kind, output, images), torch.zeros(())
        loss, wrong = self.compared(self.graph.output, output, wanted, how)
        for head in self.recipe.auxiliary if torch.is_grad_enabled() else ():
            node = self.graph.outputs[head.path]
            loss = loss + head.value * self.compared(node, found[head.path], wanted, how)[0]
        return loss, wrong

    def compared(
        self, head: Node, output: Tensor, wanted: Wanted, how: Judging
    ) -> tuple[Tensor, Tensor]:
        """Loss and wrong answers of one output of the network; where images are mixed, those of
        both answers in their shares."""
        labels, others, share = wanted
        if others is not None:
            one, other = (
                self.compared(head, output, Wanted(each), how) for each in (labels, others)
            )
            loss, wrong = (share * a + (1 - share) * b for a, b in zip(one, other, strict=True))
            return loss, wrong
        labels = answers(labels, head.shape)
        if not self.graded:
            return losses.difference(self.loss_kind, output, labels), torch.zeros(())
        scores = losses.scores(head, output)
        return losses.cross_entropy(scores, labels, how), losses.wrong(scores.detach(), labels)

    def on_before_optimizer_step(self, optimizer: torch.optim.Optimizer) -> None:
        """Gradients are bounded as the recipe says; Lightning knows one of the two ways at a
        time."""
        number = next(i for i, one in enumerate(self.trainer.optimizers) if one is optimizer)
        optimizers.clip(
            [weight for group in optimizer.param_groups for weight in group["params"]],
            self.sides[number].recipe,
        )

    def optimizer_step(self, *arguments: Any, **named: Any) -> None:
        """A step, and what follows."""
        super().optimizer_step(*arguments, **named)
        self.on_after_optimizer_step()

    def on_after_optimizer_step(self) -> None:
        """The bound on each unit's weights, then their running means."""
        optimizers.hold_norm(self.network, self.recipe.max_norm)
        self.average()

    def average(self) -> None:
        """The weights go into their running means, if there are any."""
        if self.averaged:
            self.averaged.update_parameters(self.network)

    # -- validation -------------------------------------------------------------------------

    def on_validation_epoch_start(self) -> None:
        """Sums begin at 0."""
        self.seen = Sums()

    def validation_step(self, batch: Batch, batch_idx: int) -> None:
        """Add up a batch."""
        images = shaped(batch.images, self.wanted)
        loss, wrong = self.judged(self.in_use, images, Wanted(batch.labels), EVENLY)
        if batch.counted:
            self.seen.add(loss, wrong, batch.counted)
        if self.seen.due:
            self.seen.read()

    def on_validation_epoch_end(self) -> None:
        """The means over all processes."""
        self.means = self.together(self.seen)

    on_test_epoch_start = on_validation_epoch_start
    test_step = validation_step
    on_test_epoch_end = on_validation_epoch_end

    def together(self, sums: Sums) -> Means:
        """The means of what all processes have added up."""
        sums.read()
        parts = torch.tensor([sums.loss, sums.wrong, sums.count], dtype=torch.float64)
        if self.place.world > 1:
            parts = parts.to(self.device)
            torch.distributed.all_reduce(parts)
        loss, wrong, count = parts.tolist()
        return Means(loss / count, wrong / count if self.graded else None)

    def on_train_epoch_end(self) -> None:
        """Whether this epoch is the best, and whether it is the last."""
        self.training_means = self.together(self.learned)
        means = self.means or self.training_means
        value = means.error if self.watched == "error" else means.loss
        assert value is not None
        self.is_best = self.watch.see(self.current_epoch + 1, value)
        if self.watch.stopped:
            self.trainer.should_stop = True

    # -- what is said -----------------------------------------------------------------------

    columns: tuple[str, ...] = Epoch._fields
    """Of `metrics.csv`."""

    @property
    def head(self) -> str:
        """What stands above the lines of epochs."""
        return epoch_lines.head(self.graded)

    @property
    def so_far(self) -> str:
        """How well the epoch goes."""
        return f"loss {self.learned.loss / self.learned.count:.4f}"

    def ended(self, seconds: float) -> Epoch:
        """The epoch that has ended."""
        means, learned = self.means, self.training_means
        return Epoch(
            self.current_epoch + 1,
            self.done,
            learned.loss,
            learned.error,
            means.loss if means else None,
            means.error if means else None,
            self.trainer.optimizers[0].param_groups[0]["lr"],
            round(seconds, 3),
            round(self.learned.count * self.place.world / max(seconds, 1e-9), 1),
        )

    def line(self, epoch: Epoch) -> str:
        """What is said of it."""
        return epoch_lines.line(epoch, self.is_best, self.graded)

    # -- checkpoints ------------------------------------------------------------------------

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """What the run was, beside its weights."""
        means = self.means
        found = {"loss": means.loss, "error": means.error} if means else None
        epoch = {"epochs": self.current_epoch + 1, "validation": found}
        checkpoint["cnncalc"] = {**self.header, **epoch, "watch": self.watch.state()}

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Go on watching."""
        self.watch.restore(checkpoint["cnncalc"]["watch"])
