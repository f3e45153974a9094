"""Small modules that compute with their weights alone before these meet what arrives."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from tests.importing.small_models import IMAGE, MODELS, Does, model

PLACES = (9, 8)
"""Steps x features: a window of 3x3."""


class Holds(Does):
    """A function of tensors that are learned, or stored."""

    def __init__(self, forward: Any, stored: tuple[str, ...] = (), **tensors: Tensor) -> None:
        super().__init__(forward)
        for name, tensor in tensors.items():
            if name in stored:
                self.register_buffer(name, tensor)
            else:
                self.register_parameter(name, nn.Parameter(tensor))


def of_places(distance: bool) -> Tensor:
    """For each two places of the window the number of their offset."""
    places = torch.stack(torch.meshgrid(torch.arange(3), torch.arange(3), indexing="ij")).flatten(1)
    offset = places[:, :, None] - places[:, None]
    offset, side = (offset.abs(), 3) if distance else (offset + 2, 5)
    return offset[0] * side + offset[1]


def heads(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> list[Tensor]:
    """Queries, keys and values of two heads."""
    return list(F.linear(x, weight, bias).unflatten(-1, (3, 2, 4)).permute(2, 0, 3, 1, 4))


def mixed(scores: Tensor, v: Tensor) -> Tensor:
    return (scores.softmax(-1) @ v).transpose(1, 2).flatten(2)


@model(IMAGE)
def places_of_another_size() -> nn.Module:
    def forward(self: Any, x: Tensor) -> Tensor:
        learned = self.places.unflatten(1, (3, 3)).permute(0, 3, 1, 2)
        return x + F.interpolate(learned, size=(12, 12), mode="bicubic", align_corners=False)

    return Holds(forward, places=torch.randn(1, 9, 6))


@model(IMAGE)
def places_along_each_axis() -> nn.Module:
    def forward(self: Any, x: Tensor) -> Tensor:
        return x + (self.rows[:, :, None] + self.columns[:, None]) * self.factor + self.shift

    tensors = {"rows": torch.randn(6, 12), "columns": torch.randn(6, 12)}
    return Holds(forward, **tensors, factor=torch.randn(1), shift=torch.randn(1))


@model(IMAGE)
def stored_numbers() -> nn.Module:
    def forward(self: Any, x: Tensor) -> Tensor:
        return F.conv2d(self.table, self.weight) + x * self.mask

    tensors = {"table": torch.randn(1, 2, 12, 12), "mask": torch.randn(12, 12)}
    return Holds(forward, (*tensors,), **tensors, weight=torch.randn(6, 2, 1, 1))


@model(PLACES)
def cosines_and_a_net_of_offsets() -> nn.Module:
    def forward(self: Any, x: Tensor) -> Tensor:
        q, k, v = heads(x, self.weight)
        scores = F.normalize(q, dim=-1) @ F.normalize(k, dim=-1).transpose(-2, -1)
        bias = F.linear(F.relu(F.linear(self.table, self.first)), self.second)
        bias = bias.view(-1, 2)[self.index.view(-1)].view(9, 9, 2).permute(2, 0, 1)
        return mixed(scores * self.scale.clamp(max=4.6).exp() + 16 * bias.sigmoid(), v)

    return Holds(
        forward,
        ("table", "index"),
        weight=torch.randn(24, 8),
        first=torch.randn(7, 2),
        second=torch.randn(2, 7),
        scale=torch.randn(2, 1, 1),
        table=torch.randn(1, 5, 5, 2),
        index=of_places(distance=False),
    )


@model(PLACES)
def scores_by_distance() -> nn.Module:
    def forward(self: Any, x: Tensor) -> Tensor:
        q, k, v = heads(x, self.weight)
        return mixed(q @ k.transpose(-2, -1) * 0.5 + self.table[:, self.index], v)

    tensors = {"weight": torch.randn(24, 8), "table": torch.randn(2, 9)}
    return Holds(forward, ("index",), **tensors, index=of_places(distance=True))


@model(PLACES)
def a_bias_before_the_factor() -> nn.Module:
    def forward(self: Any, x: Tensor) -> Tensor:
        q, k, v = heads(x, self.weight)
        return mixed((q @ k.transpose(-2, -1) + self.table) * 0.5, v)

    return Holds(forward, weight=torch.randn(24, 8), table=torch.randn(2, 9, 9))


@model(PLACES)
def keys_without_a_bias() -> nn.Module:
    def forward(self: Any, x: Tensor) -> Tensor:
        bias = torch.cat((self.q_bias, torch.zeros_like(self.v_bias), self.v_bias))
        return F.scaled_dot_product_attention(*heads(x, self.weight, bias))

    tensors = {"q_bias": torch.randn(8), "v_bias": torch.randn(8)}
    return Holds(forward, **tensors, weight=torch.randn(24, 8))


@model(IMAGE)
def scores_of_each_axis() -> nn.Module:
    def forward(self: Any, x: Tensor) -> Tensor:
        rows = torch.einsum("bchw,hkc->bhwk", x, self.rows)
        columns = torch.einsum("bchw,wkc->bhwk", x, self.columns)
        return rows[..., None] + columns[:, :, :, None]

    return Holds(forward, rows=torch.randn(12, 5, 6), columns=torch.randn(12, 7, 6))


@model(PLACES)
def a_norm_of_all_steps() -> nn.Module:
    return Does(lambda self, x: self.norm(x.flatten(0, 1)).reshape(x.shape), norm=nn.BatchNorm1d(8))


@model(PLACES)
def turned_by_fixed_angles() -> nn.Module:
    def forward(self: Any, x: Tensor) -> Tensor:
        sine, cosine = self.angles.chunk(2, -1)
        turned = torch.stack([-x[..., 1::2], x[..., ::2]], -1).reshape(x.shape)
        return x * cosine + turned * sine

    return Holds(forward, ("angles",), angles=torch.randn(9, 16))


@model(IMAGE)
def standardised_filters() -> nn.Module:
    def forward(self: Any, x: Tensor) -> Tensor:
        flat = self.weight.reshape(1, 4, -1)
        weight = F.batch_norm(flat, None, None, training=True, momentum=0.0, eps=1e-2)
        return F.conv2d(x, weight.reshape_as(self.weight))

    return Holds(forward, weight=torch.randn(4, 6, 3, 3))


__all__ = ["MODELS"]
