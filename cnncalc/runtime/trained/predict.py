"""A trained network and samples to what it says of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from cnncalc.evaluation import Guess, Prediction
from cnncalc.layers.base import times
from cnncalc.runtime.exhaustion import ran_out
from cnncalc.runtime.train import losses
from cnncalc.runtime.train.errors import TrainError
from cnncalc.runtime.trained.sample_files import Samples, samples
from cnncalc.runtime.trained.trained_network import TrainedNetwork


def predict(
    known: TrainedNetwork,
    paths: Sequence[str],
    top: int = 5,
    batch: int = 64,
    array: str | None = None,
) -> list[Prediction]:
    """Of each sample in the files and folders, in their order: so many of the likeliest classes, or
    the numbers. Raises TrainError."""
    shape = known.graph.output.shape
    if len(shape) != 1:
        raise TrainError(
            f"the network gives {times(shape)} for each sample: predict tells a class, or a few"
            " numbers"
        )
    with torch.inference_mode():
        return [
            one for found in samples(paths, known, array) for one in _told(known, found, top, batch)
        ]


def _told(known: TrainedNetwork, given: Samples, top: int, batch: int) -> Iterator[Prediction]:
    for first in range(0, len(given.places), batch):
        places = given.places[first : first + batch]
        chosen = torch.arange(first, first + len(places))
        try:
            output = known.output(known.shaped(given.images.fetch(chosen)))
        except (RuntimeError, MemoryError) as error:
            if not ran_out(error):
                raise
            raise TrainError(
                f"out of memory with a batch of {batch:,}: a smaller --batch"
            ) from None
        for (file, index), numbers in zip(places, output.cpu(), strict=True):
            yield Prediction(file, index, *_said(known, numbers, top))


def _said(
    known: TrainedNetwork, output: Tensor, top: int
) -> tuple[tuple[Guess, ...], tuple[float, ...]]:
    """The likeliest classes, or the numbers."""
    if not known.graded:
        return (), tuple(output.tolist())
    shares = losses.scores(known.graph.output, output).softmax(0)
    found = shares.topk(min(top, len(known.classes)))
    pairs = zip(found.indices.tolist(), found.values.tolist(), strict=True)
    return tuple(Guess(known.classes[place], share) for place, share in pairs), ()
