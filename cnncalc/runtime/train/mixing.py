"""Images mixed with others of their batch, and what is wanted of them likewise: mixup, cutmix."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy
from torch import Tensor

from cnncalc.network.recipe import Augment
from cnncalc.records import NamedTuple

KINDS = ("mixup", "cutmix")
AXES = 3
"""Along which a box may be cut, at most."""

Box = tuple[slice, ...]


class Mix(NamedTuple):
    """How a batch is mixed. share: of each sample's own; centre: of the box that is another's, as
    shares of the size; none where all of it is a mean"""

    share: float
    centre: tuple[float, ...] = ()


class Wanted(NamedTuple):
    """The labels of a batch; others: those of what is mixed in, if so; share: of the first."""

    labels: Tensor
    others: Tensor | None = None
    share: float = 1.0


def draw_mix(augment: Augment, *numbers: int) -> Mix | None:
    """How a batch is mixed, by chance that the numbers seed; of two ways, each by half a chance.
    None: it is not."""
    kinds = [kind for kind in KINDS if getattr(augment, kind)]
    if not kinds:
        return None
    chance = numpy.random.default_rng(numbers)
    kind = kinds[chance.integers(len(kinds))]
    alpha = getattr(augment, kind)
    share = float(chance.beta(alpha, alpha))
    return Mix(share, tuple(chance.random(AXES).tolist()) if kind == "cutmix" else ())


def mixed(images: Tensor, labels: Tensor, mix: Mix | None) -> tuple[Tensor, Wanted]:
    """Each with the one before it: batches are drawn in an order of chance. Numbers are wanted as
    the mean that they are mixed to; a map of labels is cut as its image is."""
    if mix is None:
        return images, Wanted(labels)
    others, other_labels = images.roll(1, 0), labels.roll(1, 0)
    if not mix.centre:
        share = mix.share
        images = others.lerp(images, share)
    else:
        size = images.shape[2:]
        box = box_of(size, mix)
        images = _pasted(images, others, box)
        share = 1 - prod(part.stop - part.start for part in box) / prod(size)
        if labels.shape[1:] == size:
            return images, Wanted(_pasted(labels, other_labels, box))
    if labels.is_floating_point():
        return images, Wanted(other_labels.lerp(labels, share))
    return images, Wanted(labels, other_labels, share)


def box_of(size: Sequence[int], mix: Mix) -> Box:
    """As large as the other's share, what stands over the edges left out."""
    side = (1 - mix.share) ** (1 / len(size))
    found = []
    for length, centre in zip(size, mix.centre, strict=False):
        wide = int(length * side)
        begin = int(length * centre) - wide // 2
        found.append(slice(max(0, begin), min(length, begin + wide)))
    return tuple(found)


def _pasted(values: Tensor, others: Tensor, box: Box) -> Tensor:
    """A box of others in them, over the last axes."""
    found, place = values.clone(), (slice(None),) * (values.ndim - len(box)) + box
    found[place] = others[place]
    return found
