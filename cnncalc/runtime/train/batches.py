"""The order of the images: a function of seed, epoch and step, so that it is resumed as it was.

Each step has `batch` images for each process. All processes draw the same order and take their
share, so that two with a batch of 32 see what one with a batch of 64 sees.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from cnncalc.records import NamedTuple
from cnncalc.runtime.train.augment import draw
from cnncalc.runtime.train.data.images import Images


class Rank(NamedTuple):
    """Which of how many processes this is."""

    rank: int = 0
    world: int = 1


class Batch(NamedTuple):
    """counted: images that are counted; the others only keep all processes at the same step
    draws: N x DRAWS or more, what chance changes each image
    """

    images: Tensor
    labels: Tensor
    counted: int
    draws: Tensor

    def pinned(self) -> Batch:
        """In memory that a GPU can read."""
        images, labels, counted, draws = self
        return Batch(images.pin_memory(), labels.pin_memory(), counted, draws.pin_memory())


def generator(*numbers: int) -> torch.Generator:
    """Seeded by all the numbers together."""
    seed = 0
    for number in numbers:
        seed = (seed * 1_000_003 + number + 1) % 2**63
    return torch.Generator().manual_seed(seed)


def split(count: int, share: float, seed: int) -> tuple[Tensor, Tensor]:
    """Indices to train on, and those of a share to validate on, drawn from all."""
    order = torch.randperm(count, generator=generator(seed))
    kept = round(count * share)
    return order[kept:].sort().values, order[:kept].sort().values


class TrainingBatches:
    """An epoch: every image once, in an order of its own; a rest that processes cannot share evenly
    is left out, and so is a last batch of one image, which has no statistics to normalise by.

    noise: how many normal numbers are drawn for each image
    """

    def __init__(
        self,
        images: Images,
        indices: Tensor,
        batch: int,
        place: Rank,
        seed: int,
        epoch: int,
        noise: int = 0,
    ) -> None:
        self.images = images
        self.indices = indices
        self.place = place
        self.together = batch * place.world
        self.seed = seed
        self.epoch = epoch
        self.noise = noise
        self.most: int | None = None

    @property
    def steps(self) -> int:
        """Of a whole epoch."""
        whole, rest = divmod(len(self.indices), self.together)
        share = rest // self.place.world
        return whole + (share > 1 or (share == 1 and not whole))

    def __len__(self) -> int:
        return self.steps if self.most is None else min(self.steps, self.most)

    def __iter__(self) -> Iterator[Batch]:
        order = torch.randperm(len(self.indices), generator=generator(self.seed, self.epoch))
        for step in range(len(self)):
            chosen = self.indices[order[step * self.together : (step + 1) * self.together]]
            draws = draw(len(chosen), generator(self.seed, self.epoch, step), self.noise)
            share = len(chosen) // self.place.world
            own = slice(self.place.rank * share, (self.place.rank + 1) * share)
            labels = self.images.labels[chosen[own]]
            yield Batch(self.images.fetch(chosen[own]), labels, share, draws[own])


class ValidationBatches:
    """Every image once, in order."""

    def __init__(self, images: Images, indices: Tensor, batch: int, place: Rank) -> None:
        self.images = images
        self.indices = indices
        self.place = place
        self.together = batch * place.world

    def __len__(self) -> int:
        return -(-len(self.indices) // self.together)

    def __iter__(self) -> Iterator[Batch]:
        for chosen in torch.split(self.indices, self.together):
            own = chosen[self.place.rank :: self.place.world]
            count = len(own)
            own = own if count else chosen[:1]
            images = self.images.fetch(own)
            yield Batch(images, self.images.labels[own], count, torch.zeros(len(own), 0))
