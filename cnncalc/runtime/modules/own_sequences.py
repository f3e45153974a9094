"""Attention, recurrence, and what is learned of places that PyTorch lacks."""

from __future__ import annotations

from math import prod
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn
from torch.nn.utils import parametrize
from torch.nn.utils.parametrizations import spectral_norm, weight_norm


class Once:
    """What computes each of its weights once a run, however often it asks for them."""

    def forward(self, *inputs: Tensor) -> Tensor:
        """What it makes of them."""
        with parametrize.cached():
            found: Tensor = super().forward(*inputs)  # type: ignore[misc]
            return found


class StepsOnce(Once):
    """The same of a recurrent layer, which holds on to none of them."""

    _flat_weights_names: list[str]

    @property
    def _flat_weights(self) -> list[Tensor]:
        return [getattr(self, name) for name in self._flat_weights_names]

    def _init_flat_weights(self) -> None:
        """Nothing is held."""

    def _update_flat_weights(self) -> None:
        """On a GPU, as one piece of memory."""
        self.flatten_parameters()  # type: ignore[attr-defined]


def matrices(module: nn.Module) -> list[tuple[nn.Module, str]]:
    """The weights with a row for each unit: whose they are, and their names there."""
    kind = StepsOnce if isinstance(module, nn.RNNBase) else Once
    vars(module).pop("_flat_weights", None)
    module.__class__ = type(kind.__name__, (kind, type(module)), {})
    found = []
    for path, weight in module.named_parameters():
        owner, _, name = path.rpartition(".")
        if "weight" in name and weight.dim() > 1:
            found.append((module.get_submodule(owner), name))
    return found


def each_weight_norm(module: nn.Module) -> nn.Module:
    """A module whose matrices are kept as length and direction, row by row."""
    for owner, name in matrices(module):
        weight_norm(owner, name)
    return module


def each_spectral_norm(module: nn.Module) -> nn.Module:
    """A module whose matrices are divided by their largest singular values."""
    for owner, name in matrices(module):
        spectral_norm(owner, name)
    return module


class StepsAlong(nn.Module):
    """A sequence whose steps are the places along one axis; of the others, features."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        """N x features x steps."""
        x = x.movedim(self.dim, -1).clone(memory_format=torch.contiguous_format)
        return x.flatten(1, -2)


class OverSteps(nn.Module):
    """What makes a recurrent layer of PyTorch's read and give features x steps, from a
    state of 0.

    last: whether it gives the vector of the final states of its last layer instead
    single_bias: whether the second of PyTorch's biases stays 0, and is no parameter
    """

    bidirectional: bool

    def __init__(
        self,
        *,
        last: bool,
        single_bias: bool = False,
        **arguments: Any,
    ) -> None:
        super().__init__(**arguments, batch_first=True)
        self.last = last
        if single_bias:
            self.hold_second_biases()

    def hold_second_biases(self) -> None:
        """What PyTorch adds to W h is 0 for good."""
        for name in [each for each in self._parameters if each.startswith("bias_hh")]:
            zeros = torch.zeros_like(getattr(self, name), requires_grad=False)
            delattr(self, name)
            self.register_buffer(name, zeros, persistent=False)
        self._apply(lambda tensor: tensor)  # type: ignore[no-untyped-call]

    def forward(self, x: Tensor) -> Tensor:
        """N x features x steps."""
        states: Tensor
        states, final = super().forward(x.transpose(1, 2))
        if not self.last:
            return states.transpose(1, 2)
        hidden: Tensor = final[0] if isinstance(final, tuple) else final
        return hidden[-2 if self.bidirectional else -1 :].transpose(0, 1).flatten(1)


class Rnn(OverSteps, nn.RNN):  # type: ignore[misc]
    """The simple recurrent layer."""


class Lstm(OverSteps, nn.LSTM):  # type: ignore[misc]
    """Long short-term memory."""


class ProjectedLstm(Lstm):
    """An LSTM whose states are shorter than its cells; where it is exported, step by
    step: ONNX has no operator for it."""

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        """N x features x steps."""
        if not torch.compiler.is_exporting():
            return super().forward(x)
        states, final = list(x.unbind(2)), [x]
        for layer in range(self.num_layers):
            runs = [self.run(states, layer, suffix) for suffix in self.suffixes()]
            final = [runs[0][-1], *(run[0] for run in runs[1:])]
            states = [torch.cat(each, 1) for each in zip(*runs, strict=True)]
        return torch.cat(final, 1) if self.last else torch.stack(states, 2)

    def suffixes(self) -> tuple[str, ...]:
        """What ends the names of the weights of each direction."""
        return ("", "_reverse") if self.bidirectional else ("",)

    def run(self, states: list[Tensor], layer: int, suffix: str) -> list[Tensor]:
        """The states of a layer in a direction, in the order of the steps."""
        kinds = ("weight_ih", "weight_hh", "weight_hr", "bias_ih", "bias_hh")
        names = [f"{kind}_l{layer}{suffix}" for kind in kinds]
        weights: list[Any] = [getattr(self, name, None) for name in names]
        read, kept, short, read_bias, kept_bias = weights
        batch = states[0].shape[0]
        hidden = states[0].new_zeros(batch, self.proj_size)
        cell = states[0].new_zeros(batch, self.hidden_size)
        found: list[Tensor] = []
        for state in reversed(states) if suffix else states:
            gates = F.linear(state, read, read_bias)
            gates = gates + F.linear(hidden, kept, kept_bias)
            enter, forget, new, leave = gates.chunk(4, 1)
            cell = forget.sigmoid() * cell + enter.sigmoid() * new.tanh()
            hidden = F.linear(leave.sigmoid() * cell.tanh(), short)
            found.append(hidden)
        return found[::-1] if suffix else found


class Gru(OverSteps, nn.GRU):  # type: ignore[misc]
    """The gated recurrent unit."""


class BySteps:
    """Sequences as attention reads them."""

    @staticmethod
    def steps(x: Tensor) -> Tensor:
        """N x features x steps as N x steps x features; what stands between joins N."""
        return x.movedim(1, -1).flatten(0, -3)

    @staticmethod
    def features(x: Tensor, like: Tensor) -> Tensor:
        """The way back, with the axes of `like`."""
        sides = like.shape[0], *like.shape[2:-1]
        return x.reshape(*sides, *x.shape[1:]).movedim(-1, 1)


class Attention(BySteps, nn.MultiheadAttention):
    """Attention over the last axis, of what is read first to what is read behind it:
    keys, and values where they are others. Of a single input, to itself.

    causal: whether a step attends to itself and those before it only
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        bias: bool,
        kdim: int | None = None,
        vdim: int | None = None,
        causal: bool = False,
    ) -> None:
        wide = {"kdim": kdim, "vdim": vdim}
        super().__init__(embed_dim, num_heads, bias=bias, **wide, batch_first=True)
        self.causal = causal

    def forward(self, x: Tensor, *others: Tensor) -> Tensor:  # type: ignore[override]
        """N x features x steps, or N x features x groups x steps."""
        queries, *rest = (self.steps(each) for each in (x, *others))
        keys, values = (rest[0], rest[-1]) if rest else (queries, queries)
        hidden = None
        if self.causal:
            sizes = queries.shape[1], keys.shape[1]
            hidden = torch.ones(sizes, dtype=torch.bool, device=x.device).triu(1)
        found, _ = super().forward(
            queries,
            keys,
            values,
            need_weights=False,
            attn_mask=hidden,
            is_causal=self.causal,
        )
        return self.features(found, like=x)


class WideAttention(BySteps, nn.Module):
    """Attention over the last axis, of what is read first to what is read behind it,
    with widths of its own, and places that are learned or hidden.

    heads, key_heads: of queries; of keys and values
    head_features, value_features: of a head's queries and keys; of its values
    in_features, kdim, vdim: features of what is projected to these; 0: nothing is
    out_features: of what the heads' is projected to; 0: it is not
    steps: how many queries and keys there are, where their places matter
    size: positions that the steps are along each axis
    relative: whether each head learns a number for each offset between two of them
    counts: how many windows a map was cut into along each axis
    shift: how far it was rolled before: what was apart is hidden
    rotary: the base of the wavelengths by which queries and keys are turned; 0: none
    alibi: whether far keys have lower scores
    score_bias: whether each head learns a number for each query and key
    qk_norm: which norm queries and keys of a head pass, `layer_norm` or `rms_norm`
    biased: whether what is read last is added to the scores
    """

    mask: Tensor | None
    relative_position_index: Tensor
    turns: Tensor

    def __init__(
        self,
        heads: int,
        key_heads: int,
        head_features: int,
        value_features: int,
        in_features: int = 0,
        kdim: int = 0,
        vdim: int = 0,
        out_features: int = 0,
        bias: bool = True,
        out_bias: bool = True,
        causal: bool = False,
        steps: tuple[int, ...] = (),
        size: tuple[int, ...] = (),
        relative: bool = False,
        counts: tuple[int, ...] = (),
        shift: tuple[int, ...] = (),
        rotary: float = 0.0,
        alibi: bool = False,
        score_bias: bool = False,
        qk_norm: str = "",
        biased: bool = False,
    ) -> None:
        super().__init__()
        self.heads = heads
        self.key_heads = key_heads
        self.causal = causal
        self.relative = relative
        self.rotary = rotary > 0
        same = head_features == value_features
        self.biased = biased
        self.fused = same and not (relative or score_bias or counts or biased)
        if relative:
            index, offsets = self.offsets(size)
            table = 0.02 * torch.randn(offsets, heads)
            self.relative_position_bias_table = nn.Parameter(table)
            self.register_buffer("relative_position_index", index)
        learned = 0.02 * torch.randn(heads, *steps) if score_bias else None
        self.score_bias = None if learned is None else nn.Parameter(learned)
        masks = [self.apart(size, counts, shift)] if counts else []
        masks += [self.distance(heads, *steps)] if alibi else []
        masks += [self.later(*steps)] if causal and (alibi or not self.fused) else []
        mask = sum(masks[1:], masks[0]) if masks else None
        self.register_buffer("mask", mask, persistent=False)
        if rotary:
            turns = self.angles(max(steps), head_features, rotary)
            self.register_buffer("turns", turns, persistent=False)
        self.query = self.projection(in_features, heads * head_features, bias)
        self.key = self.projection(kdim, key_heads * head_features, bias)
        self.value = self.projection(vdim, key_heads * value_features, bias)
        self.query_norm = self.norm(qk_norm, head_features)
        self.key_norm = self.norm(qk_norm, head_features)
        mixed = heads * value_features if out_features else 0
        self.out = self.projection(mixed, out_features, out_bias)

    @staticmethod
    def projection(features: int, width: int, bias: bool) -> nn.Module:
        """A linear layer, unless there is nothing to project."""
        return nn.Linear(features, width, bias) if features else nn.Identity()

    @staticmethod
    def norm(kind: str, features: int) -> nn.Module:
        """Of a head's features."""
        if kind == "layer_norm":
            return nn.LayerNorm(features)
        return nn.RMSNorm(features) if kind == "rms_norm" else nn.Identity()

    @staticmethod
    def places(size: tuple[int, ...]) -> Tensor:
        """The coordinates of a map's places, row by row: axes x places."""
        along = map(torch.arange, size)
        return torch.stack(torch.meshgrid(*along, indexing="ij")).flatten(1)

    @classmethod
    def offsets(cls, size: tuple[int, ...]) -> tuple[Tensor, int]:
        """For each two places the number of the offset between them, and how many there
        are."""
        places = cls.places(size)
        index = torch.zeros(1, dtype=torch.long)
        for place, side in zip(places, size, strict=True):
            offset = place[:, None] - place[None] + side - 1
            index = index * (2 * side - 1) + offset
        return index, prod(2 * side - 1 for side in size)

    @classmethod
    def apart(
        cls, size: tuple[int, ...], counts: tuple[int, ...], shift: tuple[int, ...]
    ) -> Tensor:
        """Minus infinity where two places of a window were apart before the map was
        rolled: windows x 1 x places x places."""
        region = torch.zeros(1, 1, dtype=torch.long)
        for own, number, side, count, far in zip(
            cls.places(size), cls.places(counts), size, counts, shift, strict=True
        ):
            last = number[:, None] == count - 1
            region = 2 * region + (last & (own[None] >= side - far))
        differs = region[:, :, None] != region[:, None]
        open_to = torch.zeros(differs.shape)
        hidden: Tensor = open_to.masked_fill(differs, float("-inf"))[:, None]
        return hidden

    @staticmethod
    def distance(heads: int, queries: int, keys: int) -> Tensor:
        """What is taken from a score: 1 x heads x queries x keys."""
        slopes = torch.tensor([2 ** (-8 * (head + 1) / heads) for head in range(heads)])
        far = torch.arange(queries)[:, None] - torch.arange(keys)[None]
        return -(slopes[:, None, None] * far.abs())[None]

    @staticmethod
    def later(queries: int, keys: int) -> Tensor:
        """Minus infinity for the keys behind a query."""
        return torch.full((1, 1, queries, keys), float("-inf")).triu(1)

    @staticmethod
    def angles(steps: int, features: int, base: float) -> Tensor:
        """The cosines and sines by which each step is turned: 2 x steps x features."""
        pairs = torch.arange(0, features, 2, dtype=torch.double)
        angles = torch.arange(steps)[:, None] * (base ** (-pairs / features)).repeat(2)
        return torch.stack([angles.cos(), angles.sin()]).float()

    def turned(self, x: Tensor) -> Tensor:
        """N x heads x steps x features, each pair of features turned."""
        if not self.rotary:
            return x
        cosines, sines = self.turns[:, : x.shape[2]]
        first, second = x.chunk(2, -1)
        turned: Tensor = x * cosines + torch.cat([-second, first], -1) * sines
        return turned

    def added(self) -> Tensor | None:
        """What is added to the scores: windows x heads x queries x keys, or 1."""
        parts = [] if self.mask is None else [self.mask]
        if self.relative:
            learned = self.relative_position_bias_table[self.relative_position_index]
            parts.append(learned.permute(2, 0, 1)[None])
        if self.score_bias is not None:
            parts.append(self.score_bias[None])
        return sum(parts[1:], parts[0]) if parts else None

    def forward(self, x: Tensor, *others: Tensor) -> Tensor:
        """N x features x steps, or N x features x groups x steps."""
        sequences = (x, *others[:-1]) if self.biased else (x, *others)
        read = [self.steps(each).contiguous() for each in sequences]
        queries, keys = self.query(read[0]), self.key(read[min(1, len(read) - 1)])
        values = self.value(read[-1])
        q, k, v = (
            each.reshape(*each.shape[:2], count, -1)
            for each, count in zip(
                (queries, keys, values),
                (self.heads, self.key_heads, self.key_heads),
                strict=True,
            )
        )
        q, k = self.query_norm(q).transpose(1, 2), self.key_norm(k).transpose(1, 2)
        q, k, v = self.turned(q), self.turned(k), v.transpose(1, 2)
        added = self.added()
        if self.fused:
            mixed = F.scaled_dot_product_attention(
                q,
                k,
                v,
                added,
                is_causal=self.causal and added is None,
                enable_gqa=self.heads != self.key_heads,
            )
        else:
            bias = others[-1] if self.biased else None
            mixed = self.weighed(q, k, v, added, bias)
        together = mixed.transpose(1, 2).flatten(2)
        return self.features(self.out(together), like=x)

    def weighed(
        self,
        q: Tensor,
        k: Tensor,
        v: Tensor,
        added: Tensor | None,
        bias: Tensor | None,
    ) -> Tensor:
        """Step by step, what fused kernels do not do; `added` may have numbers for each
        of several windows, `bias` has them for each sample."""
        if self.heads != self.key_heads:
            shared = self.heads // self.key_heads
            k, v = k.repeat_interleave(shared, 1), v.repeat_interleave(shared, 1)
        scores = q * q.shape[-1] ** -0.5 @ k.transpose(-2, -1)
        if added is not None:
            windows = scores.reshape(-1, added.shape[0], *scores.shape[1:])
            scores = (windows + added).reshape(scores.shape)
        if bias is not None:
            of_samples = scores.reshape(bias.shape[0], -1, *scores.shape[1:])
            by_head = bias[:, None] if bias.dim() == 3 else bias
            scores = (of_samples + by_head[:, None]).reshape(scores.shape)
        mixed: Tensor = scores.softmax(-1) @ v
        return mixed


class Embedding(nn.Embedding):
    """A learned vector for each index."""

    def forward(self, x: Tensor) -> Tensor:
        """N x steps, or N x 1 x steps; the indices may be floats."""
        return super().forward(x.flatten(1).long()).transpose(1, 2)


class Position(nn.Module):
    """A learned number added to each value; of a sequence, for the steps it has."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.weight = nn.Parameter(0.02 * torch.randn(shape))

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        return x + self.weight[..., : x.shape[-1]]


class SinusoidalPosition(nn.Module):
    """Sines and cosines of each step's number added to its features."""

    table: Tensor

    def __init__(self, features: int, steps: int, base: float = 10_000.0) -> None:
        super().__init__()
        pairs = torch.arange(0, features, 2, dtype=torch.double)
        angles = torch.arange(steps) / base ** (pairs[:, None] / features)
        table = torch.stack([angles.sin(), angles.cos()], 1).flatten(0, 1)[:features]
        self.register_buffer("table", table.float(), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """N x features x steps."""
        return x + self.table


class ClassToken(nn.Module):
    """A learned step before the first."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(features))

    def forward(self, x: Tensor) -> Tensor:
        """N x features x steps."""
        token = self.weight[:, None].expand(x.shape[0], -1, 1)
        return torch.cat([token, x], dim=2)


class Learned(nn.Module):
    """Learned numbers, whatever arrives."""

    def __init__(self, sizes: tuple[int, ...]) -> None:
        super().__init__()
        self.weight = nn.Parameter(0.02 * torch.randn(*sizes))

    def forward(self, x: Tensor) -> Tensor:
        """N x features x places."""
        return self.weight.expand(x.shape[0], *self.weight.shape)


class Fixed(nn.Module):
    """Numbers that no training changes, whatever arrives."""

    weight: Tensor

    def __init__(self, sizes: tuple[int, ...]) -> None:
        super().__init__()
        self.register_buffer("weight", torch.zeros(*sizes))

    def forward(self, x: Tensor) -> Tensor:
        """N x features x places."""
        return self.weight.expand(x.shape[0], *self.weight.shape)


class ByOffset(nn.Module):
    """A number for each query and key, by the offset between their places."""

    index: Tensor

    def __init__(
        self,
        size: tuple[int, ...],
        keys: tuple[int, ...],
        stride: tuple[int, ...],
        key_stride: tuple[int, ...],
        distance: bool = False,
        token: bool = False,
    ) -> None:
        super().__init__()
        index = torch.zeros(1, 1, dtype=torch.long)
        total = 1
        for axis in range(len(size)):
            query = torch.arange(size[axis]) * stride[axis]
            key = torch.arange(keys[axis]) * key_stride[axis]
            last = (size[axis] - 1) * stride[axis], (keys[axis] - 1) * key_stride[axis]
            offset = query[:, None] - key[None]
            offset = offset.abs() if distance else offset + last[1]
            count = 1 + (max(last) if distance else sum(last))
            index = index[:, None, :, None] * count + offset[None, :, None]
            index = index.flatten(2).flatten(0, 1)
            total *= count
        if token:
            index = F.pad(index, (1, 0, 1, 0))
            index[0], index[:, 0], index[0, 0] = total, total + 1, total + 2
        self.register_buffer("index", index, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """N x features x offsets to N x features x queries x keys."""
        return x[:, :, self.index]
