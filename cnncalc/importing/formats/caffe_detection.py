"""What detectors in Caffe do with boxes: layers that propose them, and those that look into them.

The Python layers are those of py-faster-rcnn (`lib/rpn/`, `lib/roi_data_layer/`), known by their
names; nothing of them is run.
"""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.importing.formats import value_operations as values
from cnncalc.importing.formats.building import Building
from cnncalc.importing.formats.caffe_fields import CaffeLayer, Given, Seen
from cnncalc.importing.formats.prototxt_text import Message
from cnncalc.importing.program import BATCH, PassedTensor, Sizes

TARGETS = "ProposalTargetLayer"
"""In training it draws from the boxes, and says what is wanted of each."""

PROPOSALS = "ProposalLayer"
"""It proposes boxes by what it reads: by sorting, and by leaving out those that overlap."""

BOXES = (300, 5)
"""Proposals of an image: as many as `TEST.RPN_POST_NMS_TOP_N` says in its settings; for each the
image and four corners."""


def python_layer(layer: Message) -> str:
    """The class of a layer written in Python; empty for any other."""
    return layer.message("python_param").word("layer") if layer.word("type") == "Python" else ""


def fed_by_regions(layer: Message, tops: Sequence[str]) -> dict[str, Sizes]:
    """What a data layer of detectors gives beside images: their height, width and scale."""
    if layer.message("python_param").word("layer") == "RoIDataLayer":
        return {top: (1, 3) for top in tops if top == "im_info"}
    return {}


def written_in_python(building: Building, layer: CaffeLayer, seen: Seen) -> Given:
    """One that draws from boxes; of any other nothing is known."""
    called = python_layer(layer.message)
    if called == TARGETS:
        return seen[0]
    return [building.unsayable(f"Python layer {called}", seen) for _ in range(layer.tops)]


def regions(building: Building, layer: CaffeLayer, seen: Seen) -> Given:
    """The largest values in cells of boxes of a map."""
    told, (image, _) = layer.settings("roi_pooling"), _map_and_boxes(layer, seen)
    each = image.sizes[1], told.whole("pooled_h", 1, 1), told.whole("pooled_w", 1, 1)
    return _cut(building, layer, "roi_pool", seen, each, told.real("spatial_scale", 1))


def regions_by_place(building: Building, layer: CaffeLayer, seen: Seen) -> Given:
    """The means of cells of boxes, for each cell of channels of its own."""
    told, (image, _) = layer.settings("psroi_pooling"), _map_and_boxes(layer, seen)
    channels, side = told.whole("output_dim", 1, 1), told.whole("group_size", 1, 1)
    if channels * side * side != image.sizes[1]:
        wanted = f"{channels:,} channels for each of {side}x{side} cells"
        raise layer.wrong(f"{wanted} are not the {image.sizes[1]:,} that arrive")
    each = channels, side, side
    return _cut(building, layer, "psroi_pool", seen, each, told.real("spatial_scale", 1))


def _cut(
    building: Building,
    layer: CaffeLayer,
    operator: str,
    seen: Seen,
    each: Sizes,
    scale: float,
) -> Given:
    """What is cut out, of the sizes `each`: of all boxes of all images one behind the other, as in
    Caffe."""
    image, boxes = seen
    count, batch = boxes.sizes[0], image.sizes[0]
    channels, *size = each
    together = (batch * count, *each)
    if boxes.name not in building.inputs:
        return building.unsayable(f"{layer.kind} of boxes that a layer computes", seen, together)
    cut = building.call(
        operator,
        (batch, channels, count, *size),
        input=image,
        boxes=_corners(building, boxes),
        output_size=tuple(size),
        spatial_scale=scale,
    )
    return values.viewed(building, values.permuted(building, cut, (0, 2, 1, 3, 4)), together)


def _corners(building: Building, boxes: PassedTensor) -> PassedTensor:
    """Boxes that are an input, as four numbers each of those of one image."""
    building.batched.add(boxes.name)
    building.inputs[boxes.name] = boxes._replace(sizes=(BATCH, 4, boxes.sizes[0]))
    return building.inputs[boxes.name]


def by_image(building: Building, given: PassedTensor) -> PassedTensor:
    """What is given for all regions of all images: image by image, the regions last."""
    together, *sizes = given.sizes
    if not sizes or together == BATCH or together % BATCH:
        return given
    apart = values.viewed(building, given, (BATCH, together // BATCH, *sizes))
    return values.permuted(building, apart, (0, *range(2, len(sizes) + 2), 1))


def _map_and_boxes(layer: CaffeLayer, seen: Seen) -> tuple[PassedTensor, PassedTensor]:
    """Raises FormatError."""
    if len(seen) != 2 or [len(each.sizes) for each in seen] != [4, 2] or seen[1].sizes[1] != 5:
        raise layer.wrong("a map and boxes of five numbers are wanted")
    return seen[0], seen[1]


DETECTION = {
    "Python": written_in_python,
    "ROIPooling": regions,
    "PSROIPooling": regions_by_place,
}
