"""A Caffe `.prototxt` as a Program.

Of a network for training and testing it is that for testing. Losses and accuracies are not in it,
nor is what is computed of labels. What fields mean, and their defaults, is what `caffe.proto` and
the layers do. Of a batch that a file says nothing is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath

from cnncalc.importing.formats.asked import NetworkAsked
from cnncalc.importing.formats.building import UNKNOWN, Building
from cnncalc.importing.formats.caffe_detection import (
    BOXES,
    PROPOSALS,
    TARGETS,
    by_image,
    fed_by_regions,
    python_layer,
)
from cnncalc.importing.formats.caffe_fields import CaffeLayer, Given
from cnncalc.importing.formats.caffe_inputs import fed, told_inputs
from cnncalc.importing.formats.caffe_layers import LAYERS
from cnncalc.importing.formats.caffe_names import FIRST_NAMES, feeds, is_in, phase_of, shared_names
from cnncalc.importing.formats.caffe_scales import lower_scales
from cnncalc.importing.formats.format_error import FormatError, shortened
from cnncalc.importing.formats.prototxt_text import Message, read_message
from cnncalc.importing.program import PassedTensor, Program, Sizes

MEASURING = (
    *("Accuracy", "SegAccuracy", "SoftmaxWithLoss", "SoftmaxWithLossOHEM", "SmoothL1Loss"),
    *("SmoothL1LossOHEM", "EuclideanLoss", "HingeLoss", "ContrastiveLoss", "InfogainLoss"),
    *("MultinomialLogisticLoss", "SigmoidCrossEntropyLoss", "BoxAnnotatorOHEM", "MultiBoxLoss"),
    "Silence",
)
"""Layers that compare outputs with what is wanted, or give nothing."""


def read_caffe(text: str, file: str, asked: NetworkAsked) -> Program:
    """The network of a `.prototxt`. Raises FormatError."""
    asked.without_settings("Caffe")
    whole = read_message(text)
    name = whole.word("name") or PurePath(file).stem
    net = _Caffe(Building(name, file, "caffe"), asked.inputs)
    layers = [*whole.messages("layer"), *whole.messages("layers")]
    layers.sort(key=lambda each: each.line)
    if not layers:
        solver = any(name in whole for name in ("net", "train_net", "base_lr"))
        hint = "this is a solver: the network is the file that its `net` names" if solver else ""
        raise FormatError("there are no layers", whole.line, hint)
    net.feed(told_inputs(whole))
    phase = phase_of(layers, bool(net.blobs))
    for layer in layers:
        if is_in(layer, phase):
            net.add(layer)
    outputs = {name: by_image(net.building, each) for name, each in net.outputs().items()}
    lower_scales(net.building, [each.name for each in outputs.values()])
    net.building.leave_out_unread_inputs()
    return net.building.program(outputs)


class _Caffe:
    """A network in the making: what each blob is now, which of them something reads, and those that
    are there in training alone: what is wanted of the network, what comes of that; `proposed`:
    those of boxes."""

    def __init__(self, building: Building, inputs: Sequence[Sizes]) -> None:
        self.building, self.shapes = building, list(inputs)
        self.blobs: dict[str, PassedTensor] = {}
        self.read: set[str] = set()
        self.wanting: set[str] = set()
        self.proposed: set[str] = set()
        self.batch: Sizes = ()

    def feed(self, given: Mapping[str, Sizes]) -> None:
        """Inputs of the network, with their batch where they have one."""
        for name, sizes in given.items():
            told = self.shapes.pop(0) if self.shapes else None
            if name in self.building.inputs:
                raise FormatError(f"two inputs are called `{shortened(name)}`", self._line)
            if told is None and not sizes:
                hint = "--input 3x224x224"
                what = f"nothing says how large `{shortened(name)}` is"
                raise FormatError(what, self._line, hint)
            self.batch = self.batch or sizes[:1]
            batched = told is not None or sizes[:1] == self.batch
            shape = told or (sizes[1:] if batched else sizes)
            self.blobs[name] = self.building.input(name, shape, batched)

    @property
    def _line(self) -> int:
        return self.building.site.line

    def add(self, layer: Message) -> None:
        """The next layer of the file."""
        kind = layer.word("type")
        kind = FIRST_NAMES.get(kind, kind)
        name = layer.word("name") or kind
        tops, bottoms = layer.words("top"), layer.words("bottom")
        self.building.enter(name, kind, layer.line, shared_names(layer, kind))
        if feeds(layer):
            self._fetch(layer, tops)
            return
        if python_layer(layer) == PROPOSALS:
            self._propose(tops, BOXES[0])
            return
        if kind == "Concat" and bottoms and self.proposed.issuperset(bottoms):
            self._propose(tops, sum(self.blobs[blob].sizes[0] for blob in bottoms))
            return
        if python_layer(layer) == TARGETS:
            self.wanting.update(tops[1:])
            tops, bottoms = tops[:1], bottoms[:1]
        if kind in MEASURING or self.wanting.intersection(bottoms):
            self.wanting.update(tops)
            return
        seen = [self._blob(blob, layer) for blob in bottoms]
        self.read.update(bottoms)
        given = self._given(CaffeLayer(name, kind, layer, len(tops)), seen)
        self.read.difference_update(tops)
        self.wanting.difference_update(tops)
        for top, each in zip(tops, given, strict=False):
            self.blobs[top] = each

    def _fetch(self, layer: Message, tops: Sequence[str]) -> None:
        """What a layer gives that reads nothing."""
        given = {**fed(layer, tops), **fed_by_regions(layer, tops)}
        self.feed(given)
        self.wanting.update(top for top in tops if top not in given)

    def _propose(self, tops: Sequence[str], count: int) -> None:
        """Boxes as an input, and what they are proposed by as outputs: nothing of it is learned."""
        self.blobs.update(dict.fromkeys(tops, PassedTensor("", UNKNOWN)))
        for top in tops[:1]:
            self.blobs[top] = self.building.input(top, (count, *BOXES[1:]), batched=False)
            self.proposed.add(top)

    def _blob(self, name: str, layer: Message) -> PassedTensor:
        if name not in self.blobs:
            field = next(each for each in layer.every("bottom") if each.value == name)
            raise FormatError(f"no layer before it gives `{shortened(name)}`", field.line)
        return self.blobs[name]

    def _given(self, layer: CaffeLayer, seen: Sequence[PassedTensor]) -> Sequence[PassedTensor]:
        """What a layer gives: as much as it has tops."""
        function = LAYERS.get(layer.kind)
        unknown = any(each.sizes == UNKNOWN for each in seen)
        if unknown:
            return [PassedTensor("", UNKNOWN)] * layer.tops
        if function is None:
            return [self.building.unsayable(layer.kind, seen) for _ in range(layer.tops)]
        if not seen:
            raise FormatError(f"`{shortened(layer.name)}` reads nothing", layer.message.line)
        given: Given = function(self.building, layer, seen)
        several = [given] if isinstance(given, PassedTensor) else list(given)
        if len(several) < layer.tops:
            what = f"`{shortened(layer.name)}` gives {len(several)} blobs, {layer.tops} are named"
            raise FormatError(what, layer.message.line)
        return several

    def outputs(self) -> dict[str, PassedTensor]:
        """The blobs that nothing reads."""
        found = {
            name: each
            for name, each in self.blobs.items()
            if name not in self.read and name not in self.building.inputs
        }
        return {name: each for name, each in found.items() if each.sizes != UNKNOWN}
