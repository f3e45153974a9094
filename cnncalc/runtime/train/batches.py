"""The order of the images: a function of seed, epoch and step, so that it is resumed as it was.

Each step has `batch` images for each process, or as many such batches as are gathered. All
processes draw the same order and take their share, so that two with a batch of 32 see what one with
a batch of 64 sees, and so does one that gathers two of 32.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from cnncalc.network.recipe import Augment, Recipe
from cnncalc.records import NamedTuple
from cnncalc.runtime.train.augment import draw
from cnncalc.runtime.train.data.images import Images
from cnncalc.runtime.train.mixing import Mix, draw_mix


class Rank(NamedTuple):
    """Which of how many processes this is."""

    rank: int = 0
    world: int = 1


class Batch(NamedTuple):
    """counted: images that are counted; the others only keep all processes at the same step
    draws: N x DRAWS or more, what chance changes each image
    share: of its step, by what its answers count
    mix: how its images are mixed with each other, if so
    """

    images: Tensor
    labels: Tensor
    counted: int
    draws: Tensor
    share: float = 1.0
    mix: Mix | None = None

    def pinned(self) -> Batch:
        """In memory that a GPU can read."""
        parts = {name: getattr(self, name).pin_memory() for name in ("images", "labels", "draws")}
        return self._replace(**parts)


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
    weighed: what the answers of a batch count together in the mean over a step
    """

    def __init__(
        self,
        images: Images,
        indices: Tensor,
        recipe: Recipe,
        place: Rank,
        epoch: int,
        noise: int = 0,
        weighed: Callable[[Tensor], float] = len,
    ) -> None:
        self.images = images
        self.indices = indices
        self.batch, self.gathered = recipe.batch, recipe.accumulate
        self.augment: Augment = recipe.augment
        self.place = place
        self.together = recipe.batch * recipe.accumulate * place.world
        self.seed = recipe.seed
        self.epoch = epoch
        self.noise = noise
        self.weighed = weighed
        self.most: int | None = None

    @property
    def steps(self) -> int:
        """Of a whole epoch."""
        whole, rest = divmod(len(self.indices), self.together)
        share = rest // self.place.world
        return whole + (share > 1 or (share == 1 and not whole))

    @property
    def taken(self) -> int:
        """Steps of this epoch."""
        return self.steps if self.most is None else min(self.steps, self.most)

    def __len__(self) -> int:
        """Batches."""
        if not self.taken:
            return 0
        return (self.taken - 1) * self.gathered + len(self._sizes(self.taken - 1))

    def _share(self, step: int) -> int:
        """Images of a step for each process."""
        left = len(self.indices) - step * self.together
        return min(left, self.together) // self.place.world

    def _sizes(self, step: int) -> list[int]:
        """Images of each batch of a step: of the last step, which has fewer, about the same."""
        share = self._share(step)
        parts = -(-share // self.batch)
        each, more = divmod(share, parts)
        found = [each + 1] * more + [each] * (parts - more)
        return found[:-1] if found[-1] == 1 < self.batch and parts > 1 else found

    def __iter__(self) -> Iterator[Batch]:
        chance = generator(self.seed, self.epoch)
        order = self.indices[torch.randperm(len(self.indices), generator=chance)]
        for step in range(self.taken):
            chosen = order[step * self.together : (step + 1) * self.together]
            draws = draw(len(chosen), generator(self.seed, self.epoch, step), self.noise)
            sizes = self._sizes(step)
            begin = self.place.rank * self._share(step)
            own = slice(begin, begin + sum(sizes))
            parts = torch.split(chosen[own], sizes), torch.split(draws[own], sizes)
            yield from self._batches(step, *parts)

    def _batches(
        self, step: int, parts: tuple[Tensor, ...], draws: tuple[Tensor, ...]
    ) -> Iterator[Batch]:
        labels = [self.images.labels[part] for part in parts]
        counts = [self.weighed(each) for each in labels] if len(parts) > 1 else [1]
        for number, part in enumerate(parts):
            seeds = self.seed, self.epoch, step, self.place.rank, number
            yield Batch(
                self.images.fetch(part),
                labels[number],
                len(part),
                draws[number],
                counts[number] / sum(counts),
                draw_mix(self.augment, *seeds),
            )


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
