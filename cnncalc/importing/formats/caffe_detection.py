"""What detectors in Caffe do with boxes: layers that propose them, and those that look into them.

The Python layers are those of py-faster-rcnn (`lib/rpn/`, `lib/roi_data_layer/`), known by their
names; nothing of them is run.
"""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.importing.formats.building import UNKNOWN, Building
from cnncalc.importing.formats.caffe_fields import CaffeLayer, Given, Seen
from cnncalc.importing.formats.prototxt_text import Message
from cnncalc.importing.formats.window_operations import Pair
from cnncalc.importing.program import Sizes

TARGETS = "ProposalTargetLayer"
"""In training it draws from the boxes, and says what is wanted of each."""

BOXES = (300, 5)
"""Proposals of an image: as many as `TEST.RPN_POST_NMS_TOP_N` says in its settings; for each the
image and four corners."""


def fed_by_regions(layer: Message, tops: Sequence[str]) -> dict[str, Sizes]:
    """What a data layer of detectors gives beside images: their height, width and scale."""
    if layer.message("python_param").word("layer") == "RoIDataLayer":
        return {top: (1, 3) for top in tops if top == "im_info"}
    return {}


def written_in_python(building: Building, layer: CaffeLayer, seen: Seen) -> Given:
    """One that proposes boxes, or draws from them; of any other nothing is known."""
    called = layer.settings("python").word("layer")
    if called == TARGETS:
        return seen[0]
    sizes = BOXES if called == "ProposalLayer" else UNKNOWN
    what = f"Python layer {called}"
    return [building.unsayable(what, seen, sizes) for _ in range(layer.tops)]


def regions(building: Building, layer: CaffeLayer, seen: Seen) -> Given:
    """What lies in boxes of a map, one behind the other."""
    if len(seen) != 2:
        raise layer.wrong("a map and boxes are wanted")
    by_place = layer.kind == "PSROIPooling"
    told = layer.settings("psroi_pooling" if by_place else "roi_pooling")
    if by_place:
        channels, side = told.whole("output_dim", 1, 1), told.whole("group_size", 1, 1)
        size: Pair = (side, side)
    else:
        channels = seen[0].sizes[1]
        size = told.whole("pooled_h", 1, 1), told.whole("pooled_w", 1, 1)
    return building.call(
        "torchvision.ps_roi_pool" if by_place else "torchvision.roi_pool",
        (seen[1].sizes[0], channels, *size),
        input=seen[0],
        rois=seen[1],
        spatial_scale=told.real("spatial_scale", 1),
        pooled_height=size[0],
        pooled_width=size[1],
    )


DETECTION = {
    "Python": written_in_python,
    "ROIPooling": regions,
    "PSROIPooling": regions,
}
