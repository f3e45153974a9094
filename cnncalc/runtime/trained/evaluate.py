"""A trained network and labelled data to how well it does."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from cnncalc.evaluation import Evaluation
from cnncalc.layers.base import Shape
from cnncalc.records import NamedTuple
from cnncalc.runtime.exhaustion import ran_out
from cnncalc.runtime.train import losses
from cnncalc.runtime.train.answers import TOP, Answers
from cnncalc.runtime.train.batches import split
from cnncalc.runtime.train.data import Given, open_data
from cnncalc.runtime.train.data.images import Data, Images
from cnncalc.runtime.train.errors import TrainError
from cnncalc.runtime.train.fitting_data import answers, check
from cnncalc.runtime.trained.trained_network import TrainedNetwork

WAY = "--{}"
"""How an image is made to fit: `--resize`, `--recolour`."""

PARTS = ("train", "val", "test")

SHOWN = 4
"""Names that a message lists."""


class ChosenPart(NamedTuple):
    """Some images of a data set, and which those are, in words."""

    images: Images
    indices: Tensor
    words: str


def evaluate(
    known: TrainedNetwork, path: Path, data: Given, part: str | None = None, batch: int = 64
) -> Evaluation:
    """Loss and answers of the network on a part of the data: `train`, `val`, `test`; None: those
    that it was not trained on, as far as that is known. Raises TrainError."""
    given = open_data(data, known.wanted, known.graph.output.shape[0], known.recipe.resize)
    if given.real and known.classes:
        raise TrainError(
            "the data has numbers for answers (floats), the network was trained on classes"
        )
    found = _named_alike(given, known)
    check(found, known.graph, known.recipe, WAY)
    chosen = _part(found, known, part)
    sums = _judged(known, chosen, batch)
    shape = known.wanted if len(known.wanted) > 1 else found.train.shape
    answered = sum(sums.confusion.values())
    return Evaluation(
        str(path),
        known.graph.name,
        known.epoch,
        found.kind,
        chosen.words,
        len(chosen.indices),
        "image" if len(shape) == 3 else "sample",
        known.loss_kind,
        sums.loss / len(chosen.indices),
        known.classes if known.graded else (),
        dict(sums.confusion),
        sums.among / answered if answered and len(known.classes) > TOP else None,
        known.averaged,
    )


# -- classes --------------------------------------------------------------------------------


class Relabelled:
    """Images whose labels are counted as the network's classes are."""

    def __init__(self, images: Images, places: Tensor) -> None:
        self.images = images
        self.labels = places[images.labels]

    @property
    def shape(self) -> Shape:
        """Of one image."""
        return self.images.shape

    def fetch(self, indices: Tensor) -> Tensor:
        """As those of the data."""
        return self.images.fetch(indices)


def _named_alike(data: Data, known: TrainedNetwork) -> Data:
    """The data with the network's classes, by their names; where they have none but numbers, by
    these. Raises TrainError."""
    if not known.classes or data.real or data.classes == known.classes:
        return data
    places = {name: place for place, name in enumerate(known.classes)}
    strange = [name for name in data.classes if name not in places]
    if strange and all(map(str.isdecimal, data.classes)) and len(data.classes) <= len(places):
        return data._replace(classes=known.classes)
    if strange:
        shown = ", ".join(f"`{name}`" for name in strange[:SHOWN])
        more = f" and {len(strange) - SHOWN:,} more" if len(strange) > SHOWN else ""
        raise TrainError(f"the data has classes that the network was not trained on: {shown}{more}")
    moved = torch.tensor([places[name] for name in data.classes])
    sets = {name: getattr(data, name) for name in ("train", "validation", "test")}
    changed: dict[str, Any] = {n: Relabelled(each, moved) for n, each in sets.items() if each}
    return data._replace(classes=known.classes, **changed)


# -- parts ----------------------------------------------------------------------------------


def _part(data: Data, known: TrainedNetwork, wanted: str | None) -> ChosenPart:
    """Raises TrainError where the data has no such part."""
    count = len(data.train.labels)
    kept = _kept(data, known)
    whole = {"val": data.validation, "test": data.test}
    names = {"val": data.named.get("validation"), "test": data.named.get("test")}
    for name in ("test", "val") if wanted is None else (wanted,):
        images = whole.get(name)
        if images:
            return ChosenPart(images, torch.arange(len(images.labels)), f"of `{names[name]}`")
    if kept and wanted in (None, "val"):
        return ChosenPart(data.train, kept[1], f"of {count:,}, those kept apart in training")
    if kept and wanted == "train":
        return ChosenPart(data.train, kept[0], f"of {count:,}, those trained on")
    if wanted in (None, "train"):
        trained = known.images.get("training") == count
        every = f"of {count:,}, all trained on" if trained else "all there are"
        words = "of `train`" if any(names.values()) else every
        return ChosenPart(data.train, torch.arange(count), words)
    raise TrainError(f"the data has no part `{wanted}`")


def _kept(data: Data, known: TrainedNetwork) -> tuple[Tensor, Tensor] | None:
    """What of the data was trained on, and what was kept apart, where it is as much as in the
    training, and none of it has its own part for that."""
    images: Mapping[str, Any] = known.images
    trained, kept = images.get("training"), images.get("validation")
    count = len(data.train.labels)
    if data.validation or not isinstance(trained, int) or not isinstance(kept, int):
        return None
    if not kept or trained + kept != count:
        return None
    found = split(count, known.recipe.validation, known.recipe.seed)
    return found if len(found[1]) == kept else None


# -- answers --------------------------------------------------------------------------------


def _judged(known: TrainedNetwork, part: ChosenPart, batch: int) -> Answers:
    sums = Answers()
    with torch.inference_mode():
        for chosen in torch.split(part.indices, batch):
            try:
                _add(sums, known, part.images, chosen)
            except (RuntimeError, MemoryError) as error:
                if not ran_out(error):
                    raise
                raise TrainError(
                    f"out of memory with a batch of {batch:,}: a smaller --batch"
                ) from None
    return sums


def _add(sums: Answers, known: TrainedNetwork, images: Images, chosen: Tensor) -> None:
    given = known.shaped(images.fetch(chosen))
    labels = images.labels[chosen].to(known.device)
    output = known.output(given)
    if known.graded:
        scores = losses.scores(known.graph.output, output)
        wanted = answers(labels, known.graph.output.shape)
        loss = losses.cross_entropy(scores, wanted)
        sums.add(scores, wanted)
    else:
        target = answers(labels, known.graph.output.shape) if not known.classes else given
        loss = losses.difference(known.loss_kind, output, target)
    sums.loss += float(loss) * len(chosen)
