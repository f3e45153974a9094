"""A checkpoint to the network that was trained, and what it takes to use it. Nothing of what a
checkpoint says is believed before it is checked, and no other file is opened for it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from cnncalc.diagnostics import Diagnostics, Source, Span
from cnncalc.language.load import read_source
from cnncalc.language.text.files import nowhere
from cnncalc.language.text.tree import LARGEST_FILE
from cnncalc.layers.base import Shape, times
from cnncalc.network.graph import Graph
from cnncalc.network.recipe import Augment, Recipe
from cnncalc.records import NamedTuple
from cnncalc.runtime.lower import lower
from cnncalc.runtime.profile.device import UnavailableError, device
from cnncalc.runtime.reading import ReadError
from cnncalc.runtime.sealed import MEANS, OWN, PREFIX, behind, contents, has_means, is_own
from cnncalc.runtime.train import losses
from cnncalc.runtime.train.errors import TrainError
from cnncalc.runtime.train.fitting_data import Normalisation, input_shape, normalised, shaped

Said = Mapping[str, Any]


class TrainedNetwork(NamedTuple):
    """A network in evaluation mode, and what is known of its training.

    recipe: what of it says how data is read and judged
    classes: their names; none where the answers are numbers
    epoch: the last one that it has seen
    images: how many were used for what
    averaged: whether its weights are running means of those in training
    """

    graph: Graph
    network: nn.Module
    recipe: Recipe
    normalisation: Normalisation
    classes: tuple[str, ...]
    epoch: int
    images: Said
    device: torch.device
    averaged: bool = False

    @property
    def wanted(self) -> Shape:
        """What the network reads."""
        return input_shape(self.graph)

    @property
    def loss_kind(self) -> str:
        """What its output is judged by."""
        return losses.loss_of(self.recipe, self.graph, not self.classes)

    @property
    def graded(self) -> bool:
        """Whether answers are right or wrong."""
        return self.loss_kind not in losses.DIFFERENCES

    def shaped(self, images: Tensor) -> Tensor:
        """Images as the network reads them, from 0 to 1, on its device."""
        return shaped(images.to(self.device), self.wanted)

    def output(self, images: Tensor) -> Tensor:
        """Of the last layer, from what `shaped` gave. Raises TrainError."""
        found = losses.heads(self.network(normalised(images, self.normalisation)))
        output = found[self.graph.last].float()
        if not bool(output.isfinite().all()):
            raise TrainError(
                "the network gives values that are no numbers: its weights, or the data, are too"
                " large"
            )
        return output


def trained_network(path: Path, where: str = "cpu", ema: bool = True) -> TrainedNetwork:
    """The network of a checkpoint of `cnncalc train`, on the device `where`. ema: with the running
    means of its weights, where there are any. Raises TrainError."""
    try:
        chosen = device(where, "fp32").torch_device
        return _network(path, chosen, ema)
    except UnavailableError as error:
        raise TrainError(str(error)) from None
    except ReadError as error:
        raise TrainError(f"`{path}` {error}") from None


def _network(path: Path, where: torch.device, ema: bool) -> TrainedNetwork:
    found, named, sealed = contents(path)
    if not is_own(found):
        raise ReadError(
            "is no checkpoint of `cnncalc train`: weights alone do not say of which network"
        )
    if not sealed:
        raise ReadError("was written by an older cnncalc, without a digest")
    said = found[OWN]
    if "discriminator" in said:
        raise ReadError("is of a generator: what it draws is not right or wrong")
    graph = _graph(said, path)
    recipe = _recipe(said, graph)
    classes = _names(said)
    averaged = ema and has_means(named)
    weights = behind(MEANS if averaged else PREFIX, named)
    network = _loaded(graph, weights).to(where).eval()
    made = TrainedNetwork(
        graph,
        network,
        recipe,
        normalisation_said(said, input_shape(graph)),
        classes,
        _count(said, "epochs"),
        _typed(said, "images", Mapping),
        where,
        averaged,
    )
    if made.graded and graph.output.shape[:1] != (len(classes),):
        raise ReadError(
            f"names {len(classes)} classes, its network gives {times(graph.output.shape)}"
        )
    return made


# -- the spec -------------------------------------------------------------------------------


def _graph(said: Said, path: Path) -> Graph:
    text = _typed(said, "spec", str)
    if len(text) > LARGEST_FILE:
        raise ReadError(f"has a spec of {len(text):,} characters")
    given, inputs = _texts(said, "set"), _texts(said, "input")
    diagnostics = Diagnostics()
    source = Source(f"{path}: spec", text)
    graph = read_source(source, "spec", diagnostics, given, _no_file, inputs)
    if graph is None:
        first = next(iter(diagnostics))
        raise ReadError(f"has a spec that cannot be read: {first.code} {first.message}")
    return graph


def _no_file(path: str, name: str, diagnostics: Diagnostics, at: Span | None) -> Source | None:
    """A checkpoint holds all of its spec."""
    message = (
        f"`{name}` is another file, which the checkpoint does not hold: an older cnncalc wrote it"
    )
    diagnostics.error("CNN107", at or nowhere(name), message)
    return None


def _recipe(said: Said, graph: Graph) -> Recipe:
    """The run's, as far as it says how data is read and judged."""
    found = _typed(said, "recipe", dict)
    share, loss = found.get("validation"), found.get("loss")
    if isinstance(share, bool) or not isinstance(share, float | int) or not 0 <= share < 1:
        raise ReadError("has a recipe whose `validation` is no share")
    if loss is not None and loss not in (*losses.DIFFERENCES, "cross_entropy"):
        raise ReadError("has a recipe whose `loss` is none")
    return (graph.recipe or Recipe())._replace(
        resize=_typed(found, "resize", bool),
        recolour=_typed(found, "recolour", bool),
        validation=float(share),
        seed=_typed(found, "seed", int),
        loss=loss,
        augment=Augment(),
        auxiliary=(),
    )


# -- weights --------------------------------------------------------------------------------


def _loaded(graph: Graph, given: Mapping[str, Tensor]) -> nn.Module:
    """The network with the weights, once they are known to be its own: then it takes no more memory
    than they do. Raises ReadError."""
    wanted = lower(graph, device="meta").state_dict()
    for name in sorted(given.keys() ^ wanted.keys()):
        raise ReadError(f"{'lacks' if name in wanted else 'has'} the weight `{name}`")
    for name, tensor in given.items():
        if tensor.shape != wanted[name].shape or tensor.dtype != wanted[name].dtype:
            here, there = (times(each.shape) or "one" for each in (tensor, wanted[name]))
            raise ReadError(f"has a weight `{name}` of {here}, where the network has {there}")
        if tensor.is_floating_point() and not bool(tensor.isfinite().all()):
            raise ReadError(f"has values in `{name}` that are no numbers")
    network = lower(graph)
    network.load_state_dict(dict(given))
    return network


# -- entries --------------------------------------------------------------------------------


def _typed(entries: Said, name: str, kind: Any) -> Any:
    found = entries.get(name)
    if not isinstance(found, kind) or (kind is int and isinstance(found, bool)):
        raise ReadError(f"has no `{name}`, or another than `cnncalc train` writes")
    return found


def _count(said: Said, name: str) -> int:
    found: int = _typed(said, name, int)
    if not 0 <= found < 2**53:
        raise ReadError(f"has `{name}` {found}, which is no count")
    return found


def _texts(said: Said, name: str) -> dict[str, str]:
    found = _typed(said, name, dict)
    if not all(isinstance(text, str) for pair in found.items() for text in pair):
        raise ReadError(f"has a `{name}` of other things than texts")
    return dict(found)


def _names(said: Said) -> tuple[str, ...]:
    found = _typed(said, "classes", list)
    if not all(isinstance(name, str) for name in found) or len(set(found)) != len(found):
        raise ReadError("has `classes` that are no names, or the same ones twice")
    return tuple(found)


def normalisation_said(said: Said, wanted: Shape) -> Normalisation:
    """Of the channels that a network reads. Raises ReadError."""
    found = _typed(said, "normalisation", dict)
    mean, deviation = (_typed(found, name, list) for name in ("mean", "deviation"))
    channels = wanted[0] if len(wanted) > 1 else 1
    numbers = [*mean, *deviation]
    if not all(isinstance(number, float) and math.isfinite(number) for number in numbers):
        raise ReadError("has a `normalisation` that is not of numbers")
    if not len(mean) == len(deviation) == channels or not all(each > 0 for each in deviation):
        raise ReadError(f"has a `normalisation` that is not of {channels} channels")
    return Normalisation(tuple(mean), tuple(deviation))
