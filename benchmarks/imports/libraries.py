"""The libraries whose models are imported, and their models by name."""

from __future__ import annotations

import sys
import types
from functools import cache
from typing import Any, NamedTuple

DECLARED = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "roi_align(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height,"
    " SymInt pooled_width, int sampling_ratio, bool aligned) -> Tensor",
    "roi_pool(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height,"
    " SymInt pooled_width) -> (Tensor, Tensor)",
    "ps_roi_align(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height,"
    " SymInt pooled_width, int sampling_ratio) -> (Tensor, Tensor)",
    "ps_roi_pool(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height,"
    " SymInt pooled_width) -> (Tensor, Tensor)",
)
"""Operators of torchvision's compiled part, which its models of images do not call."""


@cache
def torchvision() -> Any:
    """The library, be its compiled part there or not."""
    import torch

    for name in ("torchvision._meta_registrations", "torchvision._autograd_registrations"):
        sys.modules.setdefault(name, types.ModuleType(name))
    declared = torch.library.Library("torchvision", "FRAGMENT")
    for schema in DECLARED:
        try:
            declared.define(schema)
        except RuntimeError:
            continue
    import torchvision

    torchvision.declared = declared  # it lasts as long as what declares it
    return torchvision


class Published(NamedTuple):
    """A row of torchvision's table of weights: how many params, and GFLOPS, which are MACs."""

    weights: str
    params: int
    giga: float
    size: int


def names(library: str) -> dict[str, str]:
    """Its models, and the file that each comes from; `NAME@SIZE` for weights of another size than
    the model's usual ones."""
    found = torchvision()
    if library == "timm":
        import timm
        from timm.models import _registry

        return {name: _registry._model_to_module[name] for name in timm.list_models()}
    listed: dict[str, str] = {}
    for room in (found.models, found.models.segmentation, found.models.video):
        for name in found.models.list_models(room):
            home = found.models.get_model_builder(name).__module__
            listed[name] = home
            if room is found.models:
                sizes = dict.fromkeys(row.size for row in published(name))
                usual = made_size(name)
                listed |= {f"{name}@{size}": home for size in sizes if size != usual}
    return listed


def published(name: str) -> list[Published]:
    """What torchvision prints of a classifier's weights; of `NAME@SIZE` those of that size."""
    name, _, size = name.partition("@")
    room = torchvision().models.get_model_builder(name).__module__
    if any(word in room for word in ("segmentation", "video", "quantization")):
        return []
    rows = [
        Published(
            str(each),
            each.meta["num_params"],
            each.meta["_ops"],
            each.transforms.keywords["crop_size"],
        )
        for each in torchvision().models.get_model_weights(name)
    ]
    return [row for row in rows if row.size == int(size)] if size else rows


def made_size(name: str) -> int:
    """The size of a classifier's usual weights."""
    usual = torchvision().models.get_model_weights(name).DEFAULT
    size: int = usual.transforms.keywords["crop_size"]
    return size


def made(library: str, name: str) -> tuple[Any, tuple[int, ...]]:
    """A model, and the shape that it reads."""
    found = torchvision()
    if library == "timm":
        import timm

        settings = timm.get_pretrained_cfg(name)
        shape = tuple(settings.input_size) if settings else (3, 224, 224)
        return timm.create_model(name, pretrained=False), shape
    name, _, size = name.partition("@")
    room = found.models.get_model_builder(name).__module__
    options: dict[str, Any] = {"weights": None}
    if "segmentation" in room:
        options["weights_backbone"] = None
    if "video" in room:
        frames = (3, 16, 112, 112), (3, 16, 224, 224)
        shape = frames[name.startswith(("mvit", "swin3d", "s3d"))]
    elif "segmentation" in room:
        shape = (3, 224, 224)
    else:
        side = int(size) if size else made_size(name)
        shape = (3, side, side)
        if name.startswith("vit"):
            options["image_size"] = side
    return found.models.get_model(name, **options), shape
