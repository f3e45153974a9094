"""A generator and a discriminator, trained against each other (Goodfellow et al. 2014)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from math import prod
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from cnncalc.language.recipe.opponents import CHANCE, PREFIX, limits
from cnncalc.network.graph import Graph
from cnncalc.network.recipe import Adversarial, Recipe
from cnncalc.records import NamedTuple
from cnncalc.runtime.train import epoch_lines, losses, optimizers
from cnncalc.runtime.train.batches import Batch, generator
from cnncalc.runtime.train.epoch_sums import Sums
from cnncalc.runtime.train.fitting_data import input_shape, normalised, shaped
from cnncalc.runtime.train.material import Material
from cnncalc.runtime.train.recomputation import run_again
from cnncalc.runtime.train.sides import Side
from cnncalc.runtime.train.task import Task
from cnncalc.trained import Round

GENERATOR, DISCRIMINATOR = 0, 1
"""The sides by their numbers."""

NEAREST = 1e-7
"""To 0 and 1: a chance nearer than that is taken for it, so that its logarithm is a number."""

SUMS = ("generator", "discriminator", "real", "drawn")
"""What is added up over an epoch: the losses of both, and what is said of both kinds."""

SHOWN = 64
"""Images on a sheet."""


class Loss(NamedTuple):
    """What is made small, each the mean over N scores: of real and of drawn images by the
    discriminator, of drawn ones by the generator."""

    real: Callable[[Tensor], Tensor]
    drawn: Callable[[Tensor], Tensor]
    generator: Callable[[Tensor], Tensor]


def _logarithm(scores: Tensor) -> Tensor:
    """-log of the chance that belongs to a score."""
    return F.softplus(-scores).mean()


LOSSES = {
    "logistic": Loss(_logarithm, lambda s: _logarithm(-s), _logarithm),
    "hinge": Loss(
        lambda s: F.relu(1 - s).mean(), lambda s: F.relu(1 + s).mean(), lambda s: -s.mean()
    ),
    "squares": Loss(
        lambda s: (s - 1).square().mean() / 2,
        lambda s: s.square().mean() / 2,
        lambda s: (s - 1).square().mean() / 2,
    ),
}


class Duel(Task):
    """A step changes the discriminator's weights, by a batch of real images and as many drawn
    ones; each `adversarial.steps`-th the generator's too, by what the discriminator then says of
    those."""

    columns = Round._fields
    head = epoch_lines.HEAD

    def __init__(
        self,
        graph: Graph,
        network: nn.Module,
        recipe: Recipe,
        material: Material,
        opponent: Side,
    ) -> None:
        super().__init__(graph, network, recipe, material)
        self.automatic_optimization = False
        self.discriminator = opponent.network
        self.opponent = opponent
        self.read = input_shape(graph)
        self.wanted = graph.output.shape
        self.rules = recipe.adversarial or Adversarial()
        self.losses = LOSSES[self.rules.loss]
        self.is_chance = limits(opponent.graph) == CHANCE
        self.sums = {name: Sums() for name in SUMS}
        optimizers.freeze(opponent.network, opponent.recipe)
        run_again(opponent.graph, opponent.network, opponent.recipe)

    @property
    def sides(self) -> tuple[Side, ...]:
        """In the order of their numbers."""
        return *super().sides, self.opponent

    @property
    def used(self) -> str:
        """All of them."""
        return f"{len(self.material.training):,} to train on"

    @property
    def noise(self) -> int:
        """The images' own, and what the generator draws them from."""
        return super().noise + prod(self.read)

    # -- steps ------------------------------------------------------------------------------

    def steps_in(self, updates: int) -> int:
        """Each `adversarial.steps` of the discriminator are followed by one of the generator."""
        return updates - updates // (self.rules.steps + 1)

    def averaged_in(self, updates: int) -> int:
        """Those of the generator."""
        return updates // (self.rules.steps + 1)

    def on_train_epoch_start(self) -> None:
        """Sums begin at 0."""
        super().on_train_epoch_start()
        self.sums = {name: Sums() for name in SUMS}

    def training_step(self, batch: Batch, batch_idx: int) -> None:
        """The turns of both sides. Raises TrainError where a loss is no number any more."""
        for number, loss in self.updates(batch):
            side, optimizer = self.sides[number], self.optimizers()[number]  # type: ignore[index]
            optimizer.zero_grad(set_to_none=True)
            self.manual_backward(loss)
            optimizer.step()
            optimizers.hold_norm(side.network, side.recipe.max_norm)
            if number == GENERATOR:
                self.average()
        if self.sums["real"].due or batch_idx + 1 == self.trainer.num_training_batches:
            self.check(batch_idx)

    def updates(self, batch: Batch) -> Iterator[tuple[int, Tensor]]:
        """The discriminator's turn, and the generator's where it has one."""
        due = (self.done + 1) % self.rules.steps == 0
        real = self.changed(shaped(batch.images, self.wanted), batch.draws[:, : -prod(self.read)])
        with torch.set_grad_enabled(due):
            drawn = self.given(GENERATOR, batch.draws[:, -prod(self.read) :])
        yield DISCRIMINATOR, self.told_apart(normalised(real, self.material.normalisation), drawn)
        if due:
            with optimizers.at_rest(self.discriminator):
                loss = self.losses.generator(self.scores(drawn))
                self.sums["generator"].add(loss, torch.zeros(()), batch.counted)
                yield GENERATOR, loss

    def told_apart(self, real: Tensor, drawn: Tensor) -> Tensor:
        """The discriminator's loss; each kind is a batch by itself."""
        scores = {"real": self.scores(real), "drawn": self.scores(drawn.detach())}
        loss = self.losses.real(scores["real"]) + self.losses.drawn(scores["drawn"])
        self.sums["discriminator"].add(loss, torch.zeros(()), len(real))
        for name, each in scores.items():
            shown = each.sigmoid() if self.rules.loss == "logistic" else each
            self.sums[name].add(shown.mean(), torch.zeros(()), len(real))
        return loss

    def given(self, number: int, values: Tensor) -> Tensor:
        """What the last layer of a side makes of a batch."""
        graph, network, _ = self.sides[number]
        return losses.heads(network(values.reshape(-1, *input_shape(graph))))[graph.last]

    def scores(self, images: Tensor) -> Tensor:
        """How real each image is: N; of a chance its logit."""
        found = self.given(DISCRIMINATOR, images).float().flatten()
        return found.logit(NEAREST) if self.is_chance else found

    def check(self, last: int) -> None:
        """Raises TrainError where a loss up to that of the step `last` is no number."""
        for name, prefix, side in zip(SUMS, ("", PREFIX), self.sides, strict=False):
            lower = f"{prefix}learning_rate={side.recipe.rate / 10:g}"
            self.check_losses(self.sums[name], f"the {name}'s loss", last, lower)
        for sums in self.sums.values():
            sums.read()

    def on_train_epoch_end(self) -> None:
        """No epoch is known to be the best: nothing says how good a drawn image is."""

    # -- what is said -----------------------------------------------------------------------

    def mean(self, name: str) -> float:
        """Over the epoch, as far as it is; no number before the first."""
        sums = self.sums[name]
        return sums.loss / sums.count if sums.count else math.nan

    @property
    def so_far(self) -> str:
        """How the epoch goes."""
        return "  ".join(f"{name} {self.mean(name):.4f}" for name in SUMS[:2])

    def ended(self, seconds: float) -> Any:
        """The epoch that has ended."""
        rates = [each.param_groups[0]["lr"] for each in self.trainer.optimizers]
        return Round(
            self.current_epoch + 1,
            self.done,
            self.mean("generator") if self.sums["generator"].count else None,
            self.mean("discriminator"),
            self.mean("real"),
            self.mean("drawn"),
            rates[GENERATOR],
            rates[DISCRIMINATOR],
            round(seconds, 3),
            round(self.sums["real"].count / max(seconds, 1e-9), 1),
        )

    def line(self, epoch: Any) -> str:
        """What is said of it."""
        return epoch_lines.round_line(epoch)

    # -- what is drawn ----------------------------------------------------------------------

    @torch.no_grad()
    def drawn(self) -> Tensor:
        """What the generator makes of the same noise after each epoch, as images are stored, from 0
        to 1: N x the output. As in use: batch norms take their running statistics."""
        noise = torch.randn(SHOWN, *self.read, generator=generator(self.recipe.seed))
        training = self.in_use.training
        self.in_use.eval()
        drawn = losses.heads(self.in_use(noise.to(self.device)))[self.graph.last]
        found = drawn.float().cpu()
        self.in_use.train(training)
        optimizers.keep_statistics(self.network, self.recipe)
        mean, deviation = (torch.tensor(values) for values in self.material.normalisation)
        each = (1, -1, *(1 for _ in found.shape[2:])) if found.ndim > 2 else (1, 1)
        return found * deviation.view(each) + mean.view(each)
