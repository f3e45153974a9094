"""Swin and the Perceiver once more, from their papers: functions over the tensors of a network, by
name, and batches of places x features."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from tests.lowering.independent_transformers import Tensors


def weighed(part: Tensors, x: Tensor, keys: Tensor, heads: int, added: Tensor) -> Tensor:
    """softmax(q k / sqrt(d) + added) v. added: heads x places x places"""
    q, k, v = (
        part.linear(given, name).unflatten(-1, (heads, -1)).transpose(1, 2)
        for given, name in ((x, "query"), (keys, "key"), (keys, "value"))
    )
    scores = q @ k.transpose(2, 3) / q.shape[-1] ** 0.5 + added
    return part.linear((scores.softmax(-1) @ v).transpose(1, 2).flatten(2), "out")


def two_layers(part: Tensors, x: Tensor) -> Tensor:
    """The MLP of a block, whose layers are 1x1 convolutions, and what it is added to."""
    hidden = part.norm(x, "layer_norm", 1e-5)
    for name in ("conv", "conv_2"):
        hidden = hidden @ part.get(f"{name}.weight").flatten(1).T + part.get(f"{name}.bias")
        hidden = F.gelu(hidden) if name == "conv" else hidden
    return x + hidden


# -- Swin ----------------------------------------------------------------------------------------


def swin_block(part: Tensors, x: Tensor, heads: int, window: int, shift: int) -> Tensor:
    """Over a map, N x H x W x features. The borders of the windows lie `shift` places further on,
    and a place sees those between the same borders."""
    high, wide = x.shape[1:3]
    if high <= window:
        shift = 0
    rows, columns = (
        side.flatten()
        for side in torch.meshgrid(torch.arange(high), torch.arange(wide), indexing="ij")
    )
    own = torch.stack(
        [
            (rows - shift).div(window, rounding_mode="floor"),
            (columns - shift).div(window, rounding_mode="floor"),
        ]
    )
    together = (own[:, :, None] == own[:, None]).all(0)
    reach = 2 * window - 1
    down = (rows[:, None] - rows).clamp(1 - window, window - 1) + window - 1
    right = (columns[:, None] - columns).clamp(1 - window, window - 1) + window - 1
    attention = part.at("attention").at("attention")
    table = attention.get("relative_position_bias_table")
    added = table[down * reach + right].movedim(-1, 0).masked_fill(~together, float("-inf"))
    places = x.flatten(1, 2)
    read = part.at("attention").norm(places, "layer_norm", 1e-5)
    places = places + weighed(attention, read, read, heads, added)
    return two_layers(part.at("mlp"), places).unflatten(1, (high, wide))


def merged(part: Tensors, x: Tensor) -> Tensor:
    """Squares of 2x2 places, column by column."""
    squares = [x[:, row::2, column::2] for column in (0, 1) for row in (0, 1)]
    read = part.norm(torch.cat(squares, -1), "layer_norm", 1e-5)
    return read @ part.get("conv.weight").flatten(1).T


def swin(
    tensors: Tensors, images: Tensor, depths: Sequence[int], heads: Sequence[int], window: int
) -> Tensor:
    """Scores."""
    patches = F.conv2d(images, tensors.get("patches.weight"), tensors.get("patches.bias"), 4)
    x = tensors.norm(patches.movedim(1, -1), "layer_norm", 1e-5)
    for stage, (depth, count) in enumerate(zip(depths, heads, strict=True)):
        if stage:
            x = merged(tensors.at("merging" if stage == 1 else f"merging_{stage}"), x)
        for number in range(depth):
            kind = "across" if number % 2 else "within"
            block = tensors.at(f"stage{stage + 1}").at("layers").at(str(number // 2)).at(kind)
            x = swin_block(block, x, count, window, number % 2 * (window // 2))
    return tensors.linear(tensors.norm(x, "layer_norm_2", 1e-5).mean((1, 2)), "linear")


# -- the Perceiver -------------------------------------------------------------------------------


def perceiver(tensors: Tensors, pixels: Tensor, heads: int, depth: int) -> Tensor:
    """Scores. pixels: N x pixels x features"""
    x = tensors.get("latents.weight").T.expand(len(pixels), -1, -1)
    for turn in range(8):
        part = tensors.at("second" if turn else "first")
        answer = part.at("answer")
        keys = answer.norm(pixels, "keys_.layer_norm", 1e-5)
        asked = answer.norm(x, "layer_norm", 1e-5)
        x = x + weighed(answer.at("attention"), asked, keys, 1, torch.zeros(()))
        x = two_layers(part.at("mlp").at("mlp"), x)
        for number in range(depth):
            layer = tensors.at("thought").at("layers").at(str(number))
            thought = layer.at("attention")
            read = thought.norm(x, "layer_norm", 1e-5)
            x = x + thought.attention(read, "attention", heads, causal=False)
            x = two_layers(layer.at("mlp").at("mlp"), x)
    return tensors.linear(tensors.norm(x.mean(1), "layer_norm", 1e-5), "linear")
