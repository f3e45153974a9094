"""The weights of a layer, and a picture of its filters."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, sqrt

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from cnncalc.layers.base import times
from cnncalc.layers.moving.reshape import Flatten
from cnncalc.network.graph import Graph, Node
from cnncalc.network.names import module_path
from cnncalc.runtime.converted_weights import WeightsError, check
from cnncalc.runtime.lower import lower

SIDE = 32
"""Pixels that a small filter is drawn with, at least."""

GAP, WHITE = 2, 255.0
MOST = 4096
"""Filters of a picture, or channels of filters where each is drawn by itself."""


def layer_weight(graph: Graph, node: Node, state: Mapping[str, Tensor]) -> Tensor:
    """What a layer multiplies with, computed where it is computed of others. Raises WeightsError
    where `state` is not the network's, or the layer has none."""
    check(graph, state)
    network = lower(graph, device="meta").eval()
    network.load_state_dict(dict(state), assign=True)
    weight = getattr(network.get_submodule(module_path(node.path)), "weight", None)
    if not isinstance(weight, Tensor):
        raise WeightsError(f"`{node.path}` has no `weight`")
    return weight.detach().double()


def filter_picture(node: Node, weight: Tensor) -> Tensor:
    """The filters, each brought to its own largest weight: that is black or white, 0 is grey. In
    colours those of three channels; of others each channel by itself, a row for each filter. What
    reads a stretched map is drawn as that. Pixels are from 0 to 255. Raises WeightsError."""
    filters = _filters(node, weight)
    largest = filters.abs().amax((1, 2, 3), keepdim=True).clamp(min=1e-30)
    tiles = (filters / largest + 1) / 2 * WHITE
    columns = ceil(sqrt(len(tiles)))
    if tiles.shape[1] not in (1, 3):
        columns = tiles.shape[1]
        tiles = tiles.flatten(0, 1).unsqueeze(1)
    if len(tiles) > MOST:
        raise WeightsError(f"{len(tiles):,} pictures of {times(tiles.shape[2:])} are too many")
    zoom = max(1, ceil(SIDE / max(tiles.shape[2:])))
    return beside(tiles.repeat_interleave(zoom, 2).repeat_interleave(zoom, 3), columns)


def _filters(node: Node, weight: Tensor) -> Tensor:
    """Filters x channels x rows x columns; a signal's are one row."""
    read = node.inputs[0]
    if weight.dim() == 2 and isinstance(read.layer, Flatten):
        weight = weight.reshape(len(weight), *read.shapes[0])
    if weight.dim() == 3:
        weight = weight.unsqueeze(2)
    if weight.dim() != 4:
        raise WeightsError(f"the weight of `{node.path}`, {times(weight.shape)}, is no filters")
    return weight


def beside(tiles: Tensor, columns: int) -> Tensor:
    """In rows of so many, with a gap around each."""
    rows = ceil(len(tiles) / columns)
    tiles = F.pad(tiles, (0, GAP, 0, GAP), value=WHITE)
    missing = torch.full((rows * columns - len(tiles), *tiles.shape[1:]), WHITE, dtype=tiles.dtype)
    grid = torch.cat([tiles, missing]).reshape(rows, columns, *tiles.shape[1:])
    picture = grid.permute(2, 0, 3, 1, 4).flatten(3, 4).flatten(1, 2)
    return F.pad(picture, (GAP, 0, GAP, 0), value=WHITE)
