"""BERT and GPT-2 once more, from their papers: functions over the tensors of a network, by name,
and batches of steps x features."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor


class Tensors:
    """The tensors of a network by name, of which a part is reached by its path."""

    def __init__(self, state: Mapping[str, Tensor], path: str = "") -> None:
        self.state = state
        self.path = path

    def at(self, name: str) -> Tensors:
        """Those of a part."""
        return Tensors(self.state, f"{self.path}{name}.")

    def get(self, name: str) -> Tensor:
        """One of them."""
        return self.state[self.path + name]

    def linear(self, x: Tensor, name: str) -> Tensor:
        """W x + b of each step."""
        return x @ self.get(f"{name}.weight").T + self.get(f"{name}.bias")

    def norm(self, x: Tensor, name: str, eps: float) -> Tensor:
        """Of each step, by mean and variance of its features."""
        centred = x - x.mean(-1, keepdim=True)
        normal = centred / (centred.square().mean(-1, keepdim=True) + eps).sqrt()
        return normal * self.get(f"{name}.weight") + self.get(f"{name}.bias")

    def attention(self, x: Tensor, name: str, heads: int, causal: bool) -> Tensor:
        """softmax(q k / sqrt(d)) v, head by head."""
        part = self.at(name)
        made = x @ part.get("in_proj_weight").T + part.get("in_proj_bias")
        each = x.shape[-1] // heads
        mixed = []
        for head in range(heads):
            q, k, v = (
                made[..., start + head * each : start + (head + 1) * each]
                for start in range(0, 3 * x.shape[-1], x.shape[-1])
            )
            scores = q @ k.transpose(1, 2) / each**0.5
            if causal:
                later = torch.ones_like(scores[0]).triu(1).bool()
                scores = scores.masked_fill(later, float("-inf"))
            mixed.append(scores.softmax(-1) @ v)
        return part.linear(torch.cat(mixed, -1), "out_proj")


def bert(t: Tensors, pieces: Tensor, sentences: Tensor, heads: int) -> tuple[Tensor, Tensor]:
    """What is made of the first piece, and the states of all (Devlin et al. 2019)."""
    x = t.get("piece.embedding.weight")[pieces] + t.get("sentence.embedding.weight")[sentences]
    x = t.norm(x + t.get("position.weight").T, "layer_norm", 1e-12)
    layer = 0
    while f"encoder.{layer}.layer_norm.weight" in t.state:
        own = t.at(f"encoder.{layer}")
        x = own.norm(x + own.attention(x, "attention.attention", heads, False), "layer_norm", 1e-12)
        hidden = F.gelu(own.linear(x, "mlp.linear"))
        x = own.norm(x + own.linear(hidden, "mlp.linear_2"), "layer_norm_2", 1e-12)
        layer += 1
    return t.linear(x[:, 0], "pooler").tanh(), x


def gpt2(t: Tensors, pieces: Tensor, heads: int) -> Tensor:
    """The scores of what follows each piece (Radford et al. 2019)."""
    table = t.get("pieces.weight")
    x = table[pieces] + t.get("position.weight").T
    layer = 0
    while f"decoder.{layer}.mlp.linear.weight" in t.state:
        own = t.at(f"decoder.{layer}")
        read = own.norm(x, "attention.layer_norm", 1e-5)
        x = x + own.attention(read, "attention.attention", heads, True)
        hidden = own.linear(own.norm(x, "mlp.layer_norm", 1e-5), "mlp.linear")
        x = x + own.linear(F.gelu(hidden, approximate="tanh"), "mlp.linear_2")
        layer += 1
    return t.norm(x, "layer_norm", 1e-5) @ table.T
