"""Parts of vision models as their authors write them, small."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from tests.importing.computed_models import MODELS, PLACES, Holds, heads, mixed
from tests.importing.small_models import IMAGE, model


@model(IMAGE)
def standardised_filters_with_gains() -> nn.Module:
    def forward(self: Any, x: Tensor) -> Tensor:
        flat, gains = self.weight.reshape(1, 4, -1), (self.gain * (1.7 * 54**-0.5)).view(-1)
        weight = F.batch_norm(flat, None, None, gains, training=True, momentum=0.0, eps=1e-5)
        return F.conv2d(x, weight.reshape_as(self.weight), self.bias)

    tensors = {"weight": torch.randn(4, 6, 3, 3), "gain": torch.randn(4, 1, 1, 1)}
    return Holds(forward, **tensors, bias=torch.randn(4))


@model((48, 8))
def a_convolution_over_clips_of_each_head() -> nn.Module:
    def forward(self: Any, x: Tensor) -> Tensor:
        clips = x.view(len(x), 48, 2, 4).permute(0, 2, 3, 1).reshape(-1, 4, 3, 4, 4)
        made = F.conv3d(clips, self.weight, stride=(1, 2, 2), padding=1, groups=4)
        return made.reshape(len(x), 2, 4, 12).transpose(2, 3)

    return Holds(forward, weight=torch.randn(4, 1, 3, 3, 3))


@model(PLACES)
def a_token_that_asks_twice() -> nn.Module:
    def forward(self: Any, x: Tensor) -> Tensor:
        token = self.token.expand(len(x), -1, -1)
        for _ in range(2):
            every = torch.cat((token, x), dim=1)
            token = token + F.scaled_dot_product_attention(F.linear(token, self.ask), every, every)
        return torch.cat((token, x), dim=1)

    return Holds(forward, token=torch.randn(1, 1, 8), ask=torch.randn(8, 8))


@model(IMAGE)
def windows_as_columns() -> nn.Module:
    def forward(self: Any, x: Tensor) -> Tensor:
        columns = F.unfold(x, 3, padding=1, stride=2)
        mixed = columns.view(len(x), 2, 3, 9, 36).permute(0, 1, 4, 3, 2).softmax(-1)
        columns = mixed.permute(0, 1, 4, 3, 2).reshape(len(x), 54, 36)
        return F.fold(columns, (12, 12), 3, padding=1, stride=2)

    return Holds(forward)


@model(IMAGE)
def patches_as_columns() -> nn.Module:
    def forward(self: Any, x: Tensor) -> Tensor:
        patches = F.unfold(x, 4, stride=4).transpose(1, 2)
        return patches.reshape(len(x) * 9, 6, 4, 4).softmax(-1).reshape(len(x), 9, 6, 16)

    return Holds(forward)


@model(IMAGE)
def windows_with_a_halo() -> nn.Module:
    def forward(self: Any, x: Tensor) -> Tensor:
        windows = F.pad(x, [1, 1, 1, 1]).unfold(2, 6, 4).unfold(3, 6, 4)
        return windows.reshape(len(x), 6, 9, 36).softmax(-1)

    return Holds(forward)


@model((16, 8))
def one_query_of_all_windows() -> nn.Module:
    def forward(self: Any, x: Tensor) -> Tensor:
        windows = x.view(len(x) * 4, 4, 2, 4).transpose(1, 2)
        query = F.linear(x.mean(1), self.ask).view(len(x), 1, 2, 4).repeat_interleave(4, dim=0)
        mixed = F.scaled_dot_product_attention(query.transpose(1, 2), windows, windows)
        return mixed.transpose(1, 2).reshape(len(x), 4, 8)

    return Holds(forward, ask=torch.randn(8, 8))


@model((4, 8))
def values_again_and_again() -> nn.Module:
    def forward(self: Any, x: Tensor) -> tuple[Tensor, ...]:
        mean = x.mean(1, keepdim=True)
        return x.repeat(1, 3, 1), x.repeat_interleave(3, dim=1), mean.repeat(1, 5, 1)

    return Holds(forward)


@model(IMAGE)
def blurred_by_fixed_filters() -> nn.Module:
    line = torch.tensor([1.0, 2.0, 1.0]) / 4
    taps, edges = (line[:, None] * line).repeat(6, 1, 1, 1), line[:, None] * torch.arange(3)

    def forward(self: Any, x: Tensor) -> tuple[Tensor, ...]:
        blurred = F.conv2d(F.pad(x, [1] * 4, "reflect"), taps, stride=2, groups=6)
        edged = F.conv2d(x, edges.expand(6, 1, 3, 3), padding=1, groups=6)
        return F.conv2d(x, self.filters), edged, blurred

    return Holds(forward, ("filters",), filters=torch.randn(2, 6, 3, 3))


@model((6, 8))
def products_that_share_a_factor() -> nn.Module:
    def forward(self: Any, x: Tensor) -> tuple[Tensor, ...]:
        parts = x.unflatten(-1, (2, 4)).transpose(1, 2)
        shared = x.transpose(1, 2)[:, None, :4] @ x[:, None]
        return parts @ shared, shared.transpose(-2, -1) @ parts.transpose(-2, -1)

    return Holds(forward)


@model(PLACES)
def scores_of_places_and_of_content() -> nn.Module:
    def forward(self: Any, x: Tensor) -> Tensor:
        q, k, v = heads(x, self.weight)
        content = (q @ k.transpose(-2, -1) * 0.5).softmax(-1)
        places = F.linear(self.places.expand(len(x), -1, -1, -1), self.asked, self.more)
        gate = self.gate.view(1, -1, 1, 1).sigmoid()
        scores = (1 - gate) * content + gate * places.permute(0, 3, 1, 2).softmax(-1)
        return ((scores / scores.sum(-1).unsqueeze(-1)) @ v).transpose(1, 2).flatten(2)

    tensors = {"asked": torch.randn(2, 3), "more": torch.randn(2), "gate": torch.randn(2)}
    stored = {"places": torch.randn(1, 9, 9, 3)}
    return Holds(forward, ("places",), weight=torch.randn(24, 8), **tensors, **stored)


@model((48, 8))
def the_largest_of_parts_of_units() -> nn.Module:
    def forward(self: Any, x: Tensor) -> Tensor:
        units = x.reshape(len(x), 8, 6, 2, 4).permute(0, 3, 2, 1, 4)
        return units.reshape(len(x), 2, 6, 4, 2, 4).amax(3).transpose(1, 3).reshape(len(x), 12, 8)

    return Holds(forward)


@model(PLACES)
def scores_written_over() -> nn.Module:
    def forward(self: Any, x: Tensor) -> Tensor:
        q, k, v = heads(x, self.weight)
        scores = q @ k.transpose(-2, -1)
        scores[:, :, :, :] = scores * 0.5 + self.table
        return mixed(scores, v)

    return Holds(forward, weight=torch.randn(24, 8), table=torch.randn(2, 9, 9))


__all__ = ["MODELS"]
