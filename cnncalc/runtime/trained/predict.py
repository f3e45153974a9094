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
from cnncalc.runtime.trained.written_maps import Maps


def predict(
    known: TrainedNetwork,
    paths: Sequence[str],
    top: int = 5,
    batch: int = 64,
    array: str | None = None,
    maps: Maps | None = None,
) -> list[Prediction]:
    """Of each sample in the files and folders, in their order: so many of the likeliest classes, or
    the numbers; of maps where in `maps` they were written, and the shares of their classes. Raises
    TrainError."""
    shape = known.graph.output.shape
    if len(shape) != 1 and maps is None:
        raise TrainError(
            f"the network gives {times(shape)} for each sample, a map: `--output FOLDER` says where"
            " each one's is written"
        )
    if len(shape) == 1 and maps is not None:
        raise TrainError("--output is for networks that give maps: this one's answers are printed")
    with torch.inference_mode():
        return [
            _told(known, sample, top, maps)
            for found in samples(paths, known, array)
            for sample in _outputs(known, found, batch)
        ]


Sample = tuple[str, int | None, Tensor]
"""Where it is from, and what the network makes of it."""


def _outputs(known: TrainedNetwork, given: Samples, batch: int) -> Iterator[Sample]:
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
            yield file, index, numbers


def _told(known: TrainedNetwork, sample: Sample, top: int, maps: Maps | None) -> Prediction:
    file, place, output = sample
    classes = len(known.classes)
    if maps and known.graded:
        answers = losses.scores(known.graph.output, output).argmax(0)
        written = maps.write(answers, file, place, classes)
        return Prediction(file, place, (), (), written, _shares(known, answers, top))
    if maps:
        return Prediction(file, place, (), (), maps.write(output, file, place, classes))
    if not known.graded:
        return Prediction(file, place, (), tuple(output.tolist()))
    shares = losses.scores(known.graph.output, output).softmax(0)
    return Prediction(file, place, _likeliest(known, shares, top), ())


def _shares(known: TrainedNetwork, answers: Tensor, top: int) -> tuple[Guess, ...]:
    """The classes that most places have."""
    counts = answers.flatten().bincount(minlength=len(known.classes))
    found = _likeliest(known, counts / answers.numel(), top)
    return tuple(each for each in found if each.probability)


def _likeliest(known: TrainedNetwork, shares: Tensor, top: int) -> tuple[Guess, ...]:
    found = shares.topk(min(top, len(known.classes)))
    pairs = zip(found.indices.tolist(), found.values.tolist(), strict=True)
    return tuple(Guess(known.classes[place], share) for place, share in pairs)
