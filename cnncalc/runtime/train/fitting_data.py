"""Whether data and network go together, and how images become the network's input."""

from __future__ import annotations

from functools import lru_cache, partial
from math import prod
from operator import ge

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from cnncalc.layers.base import Shape, times
from cnncalc.layers.fields import counted
from cnncalc.network.graph import Graph
from cnncalc.network.recipe import FIXED, Augment, Recipe
from cnncalc.records import NamedTuple
from cnncalc.runtime.train.augment import foreign, moves
from cnncalc.runtime.train.data.images import Data, Images, Stored
from cnncalc.runtime.train.errors import TrainError
from cnncalc.runtime.train.losses import DIFFERENCES, loss_of

LUMA = (0.299, 0.587, 0.114)
"""How bright red, green and blue are to the eye (ITU-R BT.601)."""

KEPT = 2**28
"""Bytes of images that are shaped once, at most: more are shaped when they are asked for."""

MEASURED = 10_000
"""Images that mean and deviation are taken from, at most."""


class Normalisation(NamedTuple):
    """What is taken away from each channel, and what it is then divided by."""

    mean: tuple[float, ...]
    deviation: tuple[float, ...]


def input_shape(graph: Graph) -> Shape:
    """Of the network's only input. Raises TrainError."""
    if len(graph.inputs) != 1:
        names = ", ".join(f"`{name}`" for name in graph.inputs)
        raise TrainError(f"the network has the inputs {names}; images are one input")
    (node,) = graph.inputs.values()
    readers = [reader.layer for reader in graph.layers if node in reader.inputs]
    if any(layer and layer.indices for layer in readers):
        raise TrainError("the network reads indices of words; `train` has images for it, no words")
    return node.shape


def check(data: Data, graph: Graph, recipe: Recipe, way: str = "--recipe {}=true") -> None:
    """Raises TrainError where images, classes and network do not go together; `way` as for
    `check_images`."""
    check_images(data.train, input_shape(graph), recipe, way)
    for part, images in (("validation", data.validation), ("test", data.test)):
        if images:
            _check_part(images, data.named[part], data)
    _check_changes(recipe, graph, data)
    kind = loss_of(recipe, graph, data.real)
    if kind in DIFFERENCES and not data.real:
        if graph.output.shape != input_shape(graph):
            raise TrainError(
                f"`{kind}` draws the input again: the network reads {times(input_shape(graph))}"
                f" and gives {times(graph.output.shape)}; `--recipe loss=cross_entropy` for classes"
            )
        return
    if data.real:
        _check_of_numbers(recipe, kind)
    fits = _check_numbers if data.real else partial(_check_classes, wanted=input_shape(graph))
    fits(graph.output.shape, "the network", data)
    for head in recipe.auxiliary:
        fits(graph.outputs[head.path].shape, f"its head `{head.path}`", data)


def check_samples(images: Images, graph: Graph, recipe: Recipe) -> None:
    """Raises TrainError where images and the network that reads them do not go together."""
    check_images(images, input_shape(graph), recipe)
    _check_words(recipe, input_shape(graph))


def _check_words(recipe: Recipe, shape: Shape) -> None:
    """Raises TrainError where the recipe changes what such an input is not."""
    word = foreign(recipe.augment, len(shape))
    if word:
        what = {3: "images", 2: "sequences", 1: "vectors"}.get(len(shape), times(shape))
        raise TrainError(
            f"the recipe's `augment` has `{word}`, which does not change {what}, what the network"
            f" reads; take it back: --recipe augment.{word}={_nothing(word)}"
        )


def _check_changes(recipe: Recipe, graph: Graph, data: Data) -> None:
    """Raises TrainError where the recipe changes what is not there."""
    shape, labels = input_shape(graph), data.train.labels
    _check_words(recipe, shape)
    maps = tuple(labels.shape[1:])
    placed = bool(maps) and (not data.real or bare(maps) == bare(shape))
    whole = not data.real and len(shape) == 3 and maps == shape[1:]
    if placed and moves(recipe.augment) and not whole:
        raise TrainError(
            f"the recipe's `augment` moves what has answers at its places, {times(maps)} of"
            " them: only classes, one for each pixel, move along"
        )


def _nothing(word: str) -> str:
    return str(getattr(Augment(), word))


def _check_part(images: Images, name: str, data: Data) -> None:
    if images.shape != data.train.shape:
        both = f"those of `{name}` {times(images.shape)}"
        raise TrainError(f"the images to train on are {times(data.train.shape)}, {both}")
    if images.labels.shape[1:] != data.train.labels.shape[1:]:
        given, wanted = (times(i.labels.shape[1:]) or "1" for i in (images, data.train))
        raise TrainError(f"the answers to train on are {wanted} each, those of `{name}` {given}")
    if data.real:
        return
    most = int(images.labels.max())
    if most >= len(data.classes):
        raise TrainError(
            f"`{name}` has the label {most}, those to train on end at {len(data.classes) - 1}"
        )


def _check_of_numbers(recipe: Recipe, kind: str) -> None:
    """Raises TrainError where the recipe speaks of classes, and the data has none."""
    if kind not in DIFFERENCES:
        raise TrainError(
            f"the data has numbers for answers (floats), `{kind}` wants classes (integers);"
            " --recipe loss=mse"
        )
    if recipe.label_smoothing:
        raise TrainError("numbers have no labels to smooth; --recipe label_smoothing=0")
    if recipe.watch == "error":
        raise TrainError("numbers are not right or wrong; --recipe watch=loss")


def _check_numbers(shape: Shape, what: str, data: Data) -> None:
    given = tuple(data.train.labels.shape[1:])
    if bare(given) != bare(shape):
        raise TrainError(
            f"{what} gives {times(shape)}, the data has {times(given or (1,))}"
            f" {'number' if given in ((), (1,)) else 'numbers'} for each sample"
        )


def _check_classes(shape: Shape, what: str, data: Data, wanted: Shape) -> None:
    maps = tuple(data.train.labels.shape[1:])
    if maps and shape[:1] == (len(data.classes),):
        whole = maps == wanted[1:] and len(maps) == len(shape) - 1
        if maps != shape[1:] and not (whole and all(map(ge, maps, shape[1:]))):
            raise TrainError(
                f"{what} gives {times(shape)}, the data has {times(maps)} answers for each sample"
            )
    elif shape != (len(data.classes),):
        raise TrainError(
            f"{what} gives {times(shape)}, the data has {len(data.classes)} classes;"
            f" where the spec has such an argument: --set classes={len(data.classes)}"
        )


def check_images(
    images: Images, wanted: Shape, recipe: Recipe, way: str = "--recipe {}=true"
) -> None:
    """Raises TrainError where the network cannot read such images; `way`: how to say in the recipe
    that they are changed."""
    given = images.shape
    if bare(given) == bare(wanted) or (len(wanted) == 1 and wanted == (prod(given),)):
        return
    if len(wanted) == 2:
        raise TrainError(_other_sequence(given, wanted))
    both = f"the images are {times(given)}, the network reads {times(wanted)}"
    if len(given) != 3 or len(wanted) != 3:
        raise TrainError(f"{both}; change the spec's `input`")
    hints = []
    if given[0] != wanted[0]:
        if {given[0], wanted[0]} != {1, 3}:
            raise TrainError(
                f"{both}: no way leads from {counted(given[0], 'channel')} to {wanted[0]}"
            )
        hints += [] if recipe.recolour else [way.format("recolour")]
    if given[1:] != wanted[1:] and not recipe.resize:
        hints.append(way.format("resize"))
    if hints:
        raise TrainError(f"{both}; {' '.join(hints)}")


def _other_sequence(given: Shape, wanted: Shape) -> str:
    """What is said of sequences that the network does not read."""
    given = given[-2:] if given[:-2] in ((), (1,)) else given
    given = (1, *given) if len(given) == 1 else given
    both = f"the sequences are {times(given)}, the network reads {times(wanted)}"
    if len(given) != 2:
        return f"{both}: features x steps; change the spec's `input`"
    if given == wanted[::-1]:
        return f"{both}, features first: swap the axes of the arrays"
    if given[0] == wanted[0]:
        return f"{both}; --input {times(given)}"
    return f"{both}; change the spec's `input`"


def bare(shape: Shape) -> Shape:
    """Without the axes of 1 that it begins with: what is the same sample, however it is stored."""
    return bare(shape[1:]) if shape[:1] == (1,) else tuple(shape)


def shaped(images: Tensor, wanted: Shape) -> Tensor:
    """N x what the network reads: channels made as many, resized, or laid out as a vector."""
    if images.shape[1:] == torch.Size(wanted):
        return images
    if bare(images.shape[1:]) == bare(wanted):
        return images.reshape(-1, *wanted)
    if len(wanted) == 1:
        return images.flatten(1)
    if images.shape[1] < wanted[0]:
        images = images.expand(-1, wanted[0], -1, -1)
    elif images.shape[1] > wanted[0]:
        luma = constant(LUMA, images.device)
        images = (images * luma.view(1, 3, 1, 1)).sum(1, keepdim=True)
    if images.shape[2:] == torch.Size(wanted[1:]):
        return images
    smaller = images.shape[2] > wanted[1]
    return F.interpolate(images, wanted[1:], mode="bilinear", antialias=smaller)


def shaped_once(images: Images, wanted: Shape) -> Images:
    """The same, shaped before they are asked for, where they are in memory and remain few bytes."""
    count, same = len(images.labels), bare(images.shape) == bare(wanted)
    large = 4 * count * prod(wanted) > KEPT
    if not isinstance(images, Stored) or same or len(wanted) == 1 or large:
        return images
    parts = torch.split(torch.arange(count), 256)
    return Stored(torch.cat([shaped(images.fetch(part), wanted) for part in parts]), images.labels)


def answers(labels: Tensor, shape: Shape) -> Tensor:
    """Labels as an output of `shape` is compared with them: numbers in its shape; of a map that is
    larger than the output, the middle."""
    if labels.is_floating_point():
        return labels.reshape(-1, *shape)
    for axis, (size, wanted) in enumerate(zip(labels.shape[1:], shape[1:], strict=True), 1):
        labels = labels.narrow(axis, (size - wanted) // 2, wanted)
    return labels


def normalisation(images: Images, indices: Tensor, wanted: Shape, way: str) -> Normalisation:
    """As the recipe says; `deviation` and `mean` are of the images to train on; of many, of some
    evenly among them."""
    channels = wanted[0] if len(wanted) > 1 else 1
    if way in FIXED:
        mean, deviation = FIXED[way]
        return Normalisation((mean,) * channels, (deviation,) * channels)
    found = _measured(images, indices, wanted)
    return found._replace(deviation=(1.0,) * channels) if way == "mean" else found


def _measured(images: Images, indices: Tensor, wanted: Shape) -> Normalisation:
    if len(indices) > MEASURED:
        indices = indices[torch.linspace(0, len(indices) - 1, MEASURED).long()]
    count, total, squares = 0, torch.zeros(()), torch.zeros(())
    for chosen in torch.split(indices, 256):
        values = shaped(images.fetch(chosen), wanted).double()
        values = values.flatten(2) if values.ndim > 2 else values[:, None]
        count += values.shape[0] * values.shape[2]
        total = total + values.sum((0, 2))
        squares = squares + values.square().sum((0, 2))
    mean = total / count
    deviation = (squares / count - mean.square()).clamp_min(0).sqrt()
    deviation = torch.where(deviation > 1e-6, deviation, torch.ones_like(deviation))
    return Normalisation(tuple(mean.tolist()), tuple(deviation.tolist()))


def normalised(images: Tensor, how: Normalisation) -> Tensor:
    """Less the mean, and over the deviation, of each channel."""
    each = (1, -1, *(1 for _ in images.shape[2:])) if images.ndim > 2 else (1, 1)
    mean, deviation = (constant(values, images.device).view(each) for values in how)
    return (images - mean) / deviation


@lru_cache(maxsize=64)
def constant(values: tuple[float, ...], device: torch.device) -> Tensor:
    """Some numbers on a device; kept there, since to send them makes the host wait."""
    with torch.inference_mode(False):  # kept for training, too
        return torch.tensor(values, device=device)
