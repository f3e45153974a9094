"""What PyTorch lacks."""

from __future__ import annotations

from math import prod
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn


class Step(nn.Module):
    """0 below 0, else 1."""

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        return (x >= 0).to(x.dtype)


class Arctan(nn.Module):
    """The arc tangent."""

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        return torch.atan(x)


class QuickGelu(nn.Module):
    """GELU by a logistic function."""

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        return x * torch.sigmoid(1.702 * x)


class ReluSquared(nn.Module):
    """The square of a ReLU."""

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        return F.relu(x).square()


class Abs(nn.Module):
    """The size without the sign."""

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        return x.abs()


class Square(nn.Module):
    """The square."""

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        return x.square()


class Sqrt(nn.Module):
    """The root."""

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        return x.sqrt()


class Exp(nn.Module):
    """The exponential."""

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        return x.exp()


class Log(nn.Module):
    """The natural logarithm."""

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        return x.log()


class Reciprocal(nn.Module):
    """1 divided by each value."""

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        return x.reciprocal()


class Power(nn.Module):
    """To a fixed power."""

    def __init__(self, exponent: float) -> None:
        super().__init__()
        self.exponent = exponent

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        return x.pow(self.exponent)


class Clamp(nn.Module):
    """Within bounds."""

    def __init__(self, low: float | None, high: float | None) -> None:
        super().__init__()
        self.low = low
        self.high = high

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        return x.clamp(self.low, self.high)


class Shift(nn.Module):
    """Plus a fixed number."""

    def __init__(self, amount: float) -> None:
        super().__init__()
        self.amount = amount

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        return x + self.amount


class Glu(nn.Module):
    """The first half of the channels times what a function makes of the other."""

    def __init__(self, gate: str) -> None:
        super().__init__()
        self.gate = gate

    def forward(self, x: Tensor) -> Tensor:
        """N x C, or N x C x space, to half the channels."""
        value, gate = x.chunk(2, 1)
        if self.gate == "identity":
            return value * gate
        opened: Tensor = getattr(F, self.gate)(gate)
        return value * opened


class SoftmaxAmong(nn.Module):
    """Softmax among the channels at one place of each part."""

    def __init__(self, parts: int) -> None:
        super().__init__()
        self.parts = parts

    def forward(self, x: Tensor) -> Tensor:
        """N x C, or N x C x space."""
        each = x.reshape(x.shape[0], self.parts, -1, *x.shape[2:])
        return each.softmax(1).reshape(x.shape)


class Reduction(nn.Module):
    """One value for all along some axes."""

    def __init__(self, dim: tuple[int, ...], keepdim: bool = True) -> None:
        super().__init__()
        self.dim = dim
        self.keepdim = keepdim


class Mean(Reduction):
    """The mean."""

    def forward(self, x: Tensor) -> Tensor:
        """N x C, or N x C x space."""
        return x.mean(self.dim, self.keepdim)


class Sum(Reduction):
    """The sum."""

    def forward(self, x: Tensor) -> Tensor:
        """N x C, or N x C x space."""
        return x.sum(self.dim, self.keepdim)


class Max(Reduction):
    """The largest."""

    def forward(self, x: Tensor) -> Tensor:
        """N x C, or N x C x space."""
        return x.amax(self.dim, self.keepdim)


class Min(Reduction):
    """The smallest."""

    def forward(self, x: Tensor) -> Tensor:
        """N x C, or N x C x space."""
        return x.amin(self.dim, self.keepdim)


class Norm(Reduction):
    """The p-norm."""

    def __init__(
        self,
        dim: tuple[int, ...],
        keepdim: bool = True,
        p: float = 2.0,
    ) -> None:
        super().__init__(dim, keepdim)
        self.p = p

    def forward(self, x: Tensor) -> Tensor:
        """N x C, or N x C x space."""
        norm: Tensor = torch.linalg.vector_norm(x, self.p, self.dim, self.keepdim)
        return norm


class Variance(Reduction):
    """The variance. correction: what is taken from the count that it divides by."""

    def __init__(
        self,
        dim: tuple[int, ...],
        keepdim: bool = True,
        correction: int = 1,
    ) -> None:
        super().__init__(dim, keepdim)
        self.correction = correction

    def forward(self, x: Tensor) -> Tensor:
        """N x C, or N x C x space."""
        return x.var(self.dim, correction=self.correction, keepdim=self.keepdim)


class Std(Variance):
    """The standard deviation."""

    def forward(self, x: Tensor) -> Tensor:
        """N x C, or N x C x space."""
        return x.std(self.dim, correction=self.correction, keepdim=self.keepdim)


class Normalize(nn.Module):
    """Divided by the p-norm along some axes."""

    def __init__(
        self,
        dim: tuple[int, ...],
        p: float = 2.0,
        eps: float = 1e-12,
    ) -> None:
        super().__init__()
        self.dim = dim
        self.p = p
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        norm: Tensor = torch.linalg.vector_norm(x, self.p, self.dim, keepdim=True)
        return x / norm.clamp_min(self.eps)


class GlobalResponseNorm(nn.Module):
    """Channels strengthened by their norms, compared with the mean of all."""

    def __init__(self, channels: int, eps: float = 1e-6) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.zeros(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        """N x C x space."""
        each = (-1, *(1 for _ in x.shape[2:]))
        space = tuple(range(2, x.dim()))
        norm = torch.linalg.vector_norm(x, dim=space, keepdim=True)
        response = x * (norm / (norm.mean(1, keepdim=True) + self.eps))
        made: Tensor = x + response * self.weight.view(each) + self.bias.view(each)
        return made


class GemPool(nn.Module):
    """The generalised mean of each channel, by a trained exponent."""

    def __init__(self, keep: bool, p: float, eps: float) -> None:
        super().__init__()
        self.keep = keep
        self.eps = eps
        self.p = nn.Parameter(torch.full((1,), p))

    def forward(self, x: Tensor) -> Tensor:
        """N x C x space."""
        space = tuple(range(2, x.dim()))
        powers = x.clamp(min=self.eps).pow(self.p)
        mean: Tensor = powers.mean(space).pow(self.p.reciprocal())
        return mean.view(*mean.shape, *(1 for _ in space)) if self.keep else mean


class DropPath(nn.Module):
    """In training, samples that become 0 at random, as a whole."""

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate = rate

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        if not self.training or not self.rate:
            return x
        mask = x.new_empty(x.shape[0], *(1 for _ in x.shape[1:]))
        mask.bernoulli_(1 - self.rate)
        return x * (mask / (1 - self.rate) if self.rate < 1 else mask)


class GaussianNoise(nn.Module):
    """In training, noise added."""

    def __init__(self, deviation: float) -> None:
        super().__init__()
        self.deviation = deviation

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        if not self.training or not self.deviation:
            return x
        return x + self.deviation * torch.randn_like(x)


class Average(nn.Module):
    """The mean of its inputs."""

    def forward(self, first: Tensor, *others: Tensor) -> Tensor:
        """The shape its inputs broadcast to."""
        return sum(others, first) / (1 + len(others))


class Matmul(nn.Module):
    """The matrix product of features x steps, whatever stands between the two."""

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """N x A x ... x K and N x K x ... x B to N x A x ... x B."""
        if first.dim() == 3:
            return first @ second
        return (first.movedim(1, -2) @ second.movedim(1, -2)).movedim(-2, 1)


class AveragePool(nn.Module):
    """The mean of the values in each window, padding left out.

    padding: on each side, in the order of `F.pad`
    """

    def __init__(
        self,
        kernel_size: tuple[int, ...],
        stride: tuple[int, ...],
        padding: tuple[int, ...],
    ) -> None:
        super().__init__()
        self.pool = getattr(nn, f"AvgPool{len(kernel_size)}d")(kernel_size, stride)
        self.padding = padding

    def forward(self, x: Tensor) -> Tensor:
        """N x C x space."""
        present = F.pad(torch.ones_like(x[:1, :1]), self.padding)
        mean: Tensor = self.pool(F.pad(x, self.padding)) / self.pool(present)
        return mean


class PowerMean(nn.Module):
    """The p-th root of the mean of x^p in each window."""

    def __init__(
        self, norm_type: float, kernel_size: tuple[int, ...], stride: tuple[int, ...]
    ) -> None:
        super().__init__()
        one = len(kernel_size) == 1
        pool = getattr(nn, f"LPPool{len(kernel_size)}d")
        sizes = (kernel_size[0], stride[0]) if one else (kernel_size, stride)
        self.pool = pool(norm_type, *sizes)
        self.share: float = prod(kernel_size) ** (-1 / norm_type)

    def forward(self, x: Tensor) -> Tensor:
        """N x C x space."""
        norms: Tensor = self.pool(x)
        return norms * self.share


class ChannelNorm(nn.LayerNorm):
    """Layer norm over the channels at each position."""

    def forward(self, x: Tensor) -> Tensor:
        """N x C x space."""
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)


class ChannelRmsNorm(nn.RMSNorm):
    """RMS norm over the channels at each position."""

    def forward(self, x: Tensor) -> Tensor:
        """N x C x space."""
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)


class ChannelLinear(nn.Linear):
    """Fully connected over the channels at each position."""

    def forward(self, x: Tensor) -> Tensor:
        """N x C x space."""
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)


def without_scale(norm: nn.Module) -> nn.Module:
    """A norm of PyTorch's with a shift alone."""
    norm.register_parameter("weight", None)
    return norm


def without_shift(norm: nn.Module) -> nn.Module:
    """A norm of PyTorch's with a scale alone."""
    norm.register_parameter("bias", None)
    return norm


class MeanOnlyBatchNorm(nn.Module):
    """Each channel to mean 0 over the batch, then shifted."""

    running_mean: Tensor
    num_batches_tracked: Tensor

    def __init__(
        self,
        channels: int,
        momentum: float = 0.1,
        shift: bool = True,
    ) -> None:
        super().__init__()
        self.momentum = momentum
        self.bias = nn.Parameter(torch.zeros(channels)) if shift else None
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("num_batches_tracked", torch.tensor(0))

    def forward(self, x: Tensor) -> Tensor:
        """N x C, or N x C x space."""
        mean = self.running_mean
        if self.training:
            mean = x.mean([axis for axis in range(x.dim()) if axis != 1])
            self.running_mean.lerp_(mean.detach(), self.momentum)
            self.num_batches_tracked += 1
        shift = -mean if self.bias is None else self.bias - mean
        return x + shift.view(-1, *(1 for _ in x.shape[2:]))


class FrozenBatchNorm(nn.Module):
    """A batch norm of which nothing is trained or moves on."""

    weight: Tensor
    bias: Tensor
    running_mean: Tensor
    running_var: Tensor

    def __init__(self, channels: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.eps = eps
        self.register_buffer("weight", torch.ones(channels))
        self.register_buffer("bias", torch.zeros(channels))
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("running_var", torch.ones(channels))

    def forward(self, x: Tensor) -> Tensor:
        """N x C, or N x C x space."""
        scale = self.weight * torch.rsqrt(self.running_var + self.eps)
        shift = self.bias - self.running_mean * scale
        each = (-1, *(1 for _ in x.shape[2:]))
        return x * scale.view(each) + shift.view(each)


class TransposedLinear(nn.Module):
    """Fully connected, by a weight of inputs x units."""

    def __init__(self, in_features: int, out_features: int, bias: bool = True) -> None:
        super().__init__()
        weight = torch.rand(in_features, out_features) - 0.5
        self.weight = nn.Parameter(2 * in_features**-0.5 * weight)
        self.bias = nn.Parameter(torch.zeros(out_features)) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        """N x C, or N x C x space."""
        return F.linear(x.movedim(1, -1), self.weight.t(), self.bias).movedim(-1, 1)


class LayerScale(nn.Module):
    """One trained factor per channel."""

    def __init__(self, channels: int, init: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((channels,), init))

    def forward(self, x: Tensor) -> Tensor:
        """N x C, or N x C x space."""
        return x * self.weight.view(-1, *(1 for _ in x.shape[2:]))


class Scale(nn.Module):
    """Times a fixed number."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        return x * self.factor


class Slice(nn.Module):
    """What stands from `start` to before `stop` along an axis, each `step`-th."""

    def __init__(self, start: int, stop: int, step: int = 1, dim: int = 1) -> None:
        super().__init__()
        self.dim = dim
        self.taken = slice(start, stop, step)

    def forward(self, x: Tensor) -> Tensor:
        """One axis shorter than before."""
        return x[(*(slice(None) for _ in range(self.dim)), self.taken)]


class Reshape(nn.Module):
    """The same values in another shape."""

    def __init__(self, sizes: tuple[int, ...]) -> None:
        super().__init__()
        self.sizes = sizes

    def forward(self, x: Tensor) -> Tensor:
        """N x sizes."""
        return x.reshape(x.shape[0], *self.sizes)


class Permute(nn.Module):
    """The axes in another order: 0 is the channels."""

    def __init__(self, order: tuple[int, ...]) -> None:
        super().__init__()
        self.order = order

    def forward(self, x: Tensor) -> Tensor:
        """N x the sizes in that order."""
        x = x.permute(0, *(axis + 1 for axis in self.order))
        return x.clone(memory_format=torch.contiguous_format)


class StepsAlong(nn.Module):
    """A sequence whose steps are the places along one axis; of the others, features."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        """N x features x steps."""
        x = x.movedim(self.dim, -1).clone(memory_format=torch.contiguous_format)
        return x.flatten(1, -2)


class Roll(nn.Module):
    """What leaves an axis comes back at its other end."""

    def __init__(self, shift: int, dim: int) -> None:
        super().__init__()
        self.shift = shift
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        return x.roll(self.shift, self.dim)


class Flip(nn.Module):
    """An axis from its end to its beginning."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        return x.flip(self.dim)


class PixelsToChannels(nn.Module):
    """Squares of pixels become one, with all channels of the first pixel, then of the
    next, by rows or by columns."""

    def __init__(self, factor: int, columns: bool) -> None:
        super().__init__()
        self.factor = factor
        self.columns = columns

    def forward(self, x: Tensor) -> Tensor:
        """N x C x H x W to N x (C * factor^2) x H / factor x W / factor."""
        x = torch.unflatten(x, 3, (-1, self.factor))
        x = torch.unflatten(x, 2, (-1, self.factor))
        order = (0, 5, 3, 1, 2, 4) if self.columns else (0, 3, 5, 1, 2, 4)
        x = x.permute(order).clone(memory_format=torch.contiguous_format)
        return x.flatten(1, 3)


class ChannelsToPixels(nn.Module):
    """What `PixelsToChannels` undoes."""

    def __init__(self, factor: int, columns: bool) -> None:
        super().__init__()
        self.factor = factor
        self.columns = columns

    def forward(self, x: Tensor) -> Tensor:
        """N x C x H x W to N x (C / factor^2) x (H * factor) x (W * factor)."""
        x = torch.unflatten(x, 1, (self.factor, self.factor, -1))
        order = (0, 3, 4, 2, 5, 1) if self.columns else (0, 3, 4, 1, 5, 2)
        x = x.permute(order).clone(memory_format=torch.contiguous_format)
        return x.flatten(4, 5).flatten(2, 3)


class ToWindows(nn.Module):
    """A map cut into windows, in the order of their first positions.

    shift: how far it is rolled first, up and to the left
    dilation: how far apart the positions of a window are
    """

    def __init__(
        self, size: tuple[int, ...], shift: tuple[int, ...], dilation: tuple[int, ...]
    ) -> None:
        super().__init__()
        self.size = size
        self.shift = shift
        self.dilation = dilation

    def forward(self, x: Tensor) -> Tensor:
        """N x C x space to N x C x windows x positions."""
        axes = range(len(self.size))
        if any(self.shift):
            x = x.roll([-shift for shift in self.shift], [2 + axis for axis in axes])
        for axis in axes:
            parts = -1, self.size[axis], self.dilation[axis]
            x = torch.unflatten(x, 2 + 3 * axis, parts)
        apart = [place for axis in axes for place in (2 + 3 * axis, 4 + 3 * axis)]
        x = x.permute(0, 1, *apart, *(3 + 3 * axis for axis in axes))
        x = x.clone(memory_format=torch.contiguous_format)
        return x.flatten(2, 1 + len(apart)).flatten(3)


class FromWindows(nn.Module):
    """A map put together from its windows: what `ToWindows` takes apart."""

    def __init__(
        self,
        sizes: tuple[int, ...],
        size: tuple[int, ...],
        shift: tuple[int, ...],
        dilation: tuple[int, ...],
    ) -> None:
        super().__init__()
        self.sizes = sizes
        self.size = size
        self.shift = shift
        self.dilation = dilation

    def forward(self, x: Tensor) -> Tensor:
        """N x C x windows x positions to N x C x space."""
        axes = range(len(self.size))
        apart = []
        for whole, size, gap in zip(self.sizes, self.size, self.dilation, strict=True):
            apart += [whole // (size * gap), gap]
        x = x.reshape(*x.shape[:2], *apart, *self.size)
        behind = 2 + len(apart)
        pairs = ((2 + 2 * n, behind + n, 3 + 2 * n) for n in axes)
        order = [axis for pair in pairs for axis in pair]
        x = x.permute(0, 1, *order).clone(memory_format=torch.contiguous_format)
        x = x.reshape(*x.shape[:2], *self.sizes)
        if any(self.shift):
            x = x.roll(self.shift, [2 + axis for axis in axes])
        return x


class OverSteps(nn.Module):
    """What makes a recurrent layer of PyTorch's read and give features x steps, from a
    state of 0.

    last: whether it gives the vector of the final states of its last layer instead
    """

    bidirectional: bool

    def __init__(self, *, last: bool, **arguments: Any) -> None:
        super().__init__(**arguments, batch_first=True)
        self.last = last

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
    ) -> None:
        super().__init__()
        self.heads = heads
        self.key_heads = key_heads
        self.causal = causal
        self.relative = relative
        self.rotary = rotary > 0
        same = head_features == value_features
        self.fused = same and not relative and not score_bias and not counts
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
        read = [self.steps(each).contiguous() for each in (x, *others)]
        queries, keys = self.query(read[0]), self.key(read[min(1, len(others))])
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
            mixed = self.weighed(q, k, v, added)
        together = mixed.transpose(1, 2).flatten(2)
        return self.features(self.out(together), like=x)

    def weighed(self, q: Tensor, k: Tensor, v: Tensor, added: Tensor | None) -> Tensor:
        """Step by step, what fused kernels do not do; `added` may have numbers for each
        of several windows."""
        if self.heads != self.key_heads:
            shared = self.heads // self.key_heads
            k, v = k.repeat_interleave(shared, 1), v.repeat_interleave(shared, 1)
        scores = q * q.shape[-1] ** -0.5 @ k.transpose(-2, -1)
        if added is not None:
            windows = scores.reshape(-1, added.shape[0], *scores.shape[1:])
            scores = (windows + added).reshape(scores.shape)
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
    """A learned sequence, whatever arrives."""

    def __init__(self, features: int, steps: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(0.02 * torch.randn(features, steps))

    def forward(self, x: Tensor) -> Tensor:
        """N x features x steps."""
        return self.weight.expand(x.shape[0], -1, -1)


class Maxout(nn.Module):
    """The largest of each `pieces` neighbouring channels."""

    def __init__(self, pieces: int) -> None:
        super().__init__()
        self.pieces = pieces

    def forward(self, x: Tensor) -> Tensor:
        """N x C, or N x C x space."""
        grouped = x.reshape(x.shape[0], -1, self.pieces, *x.shape[2:])
        return grouped.amax(2)


class Standardized(nn.Module):
    """What makes a convolution of PyTorch's take filters to mean 0 and variance 1."""

    weight: Tensor
    bias: Tensor | None
    _conv_forward: Any

    def forward(self, x: Tensor) -> Tensor:
        """N x C x space."""
        axes = tuple(range(1, self.weight.dim()))
        variance, mean = torch.var_mean(self.weight, axes, correction=0, keepdim=True)
        weight = (self.weight - mean) * torch.rsqrt(variance + 1e-10)
        output: Tensor = self._conv_forward(x, weight, self.bias)
        return output


class StdConv1d(Standardized, nn.Conv1d):
    """Over sequences."""


class StdConv2d(Standardized, nn.Conv2d):
    """Over images."""


class StdConv3d(Standardized, nn.Conv3d):
    """Over clips."""


class Cut(nn.Module):
    """What makes a transposed convolution of PyTorch's leave out the end of its output.

    cut: how much, along each axis
    """

    def __init__(self, *sizes: Any, cut: tuple[int, ...], **arguments: Any) -> None:
        super().__init__(*sizes, **arguments)
        self.sides = [side for end in reversed(cut) for side in (0, -end)]

    def forward(self, x: Tensor) -> Tensor:
        """N x C x space."""
        return F.pad(super().forward(x), self.sides)


class CutConvTranspose1d(Cut, nn.ConvTranspose1d):  # type: ignore[misc]
    """Over sequences."""


class CutConvTranspose2d(Cut, nn.ConvTranspose2d):  # type: ignore[misc]
    """Over images."""


class CutConvTranspose3d(Cut, nn.ConvTranspose3d):  # type: ignore[misc]
    """Over clips."""


class TableConv(nn.Module):
    """A convolution whose filters read the channels of a table, with a kernel for each.

    Each kernel slides over its channel by itself; the maps of one filter are then added
    up, so that no more is computed than the table asks for.
    """

    reads: Tensor
    writes: Tensor

    def __init__(
        self,
        table: tuple[tuple[int, ...], ...],
        kernel_size: tuple[int, ...],
        stride: tuple[int, ...],
        padding: tuple[int, ...],
        dilation: tuple[int, ...],
        bias: bool,
    ) -> None:
        super().__init__()
        reads = [channel for row in table for channel in row]
        writes = [number for number, row in enumerate(table) for _ in row]
        self.register_buffer("reads", torch.tensor(reads), persistent=False)
        self.register_buffer("writes", torch.tensor(writes), persistent=False)
        self.filters = len(table)
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.convolve = getattr(F, f"conv{len(kernel_size)}d")
        bounds = torch.tensor([(len(row) * prod(kernel_size)) ** -0.5 for row in table])
        weight = torch.rand(len(writes), *kernel_size) * 2 - 1
        each = bounds[writes].view(-1, *(1 for _ in kernel_size))
        self.weight = nn.Parameter(weight * each)
        biases = (torch.rand(len(table)) * 2 - 1) * bounds
        self.bias = nn.Parameter(biases) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        """N x C x space."""
        maps: Tensor = self.convolve(
            x[:, self.reads],
            self.weight[:, None],
            None,
            self.stride,
            self.padding,
            self.dilation,
            len(self.reads),
        )
        output = maps.new_zeros(x.shape[0], self.filters, *maps.shape[2:])
        output = output.index_add(1, self.writes, maps)
        if self.bias is None:
            return output
        return output + self.bias.view(-1, *(1 for _ in x.shape[2:]))


class FixedFilter(nn.Module):
    """The same window of fixed numbers over each channel."""

    weight: Tensor

    def __init__(
        self,
        taps: tuple[Any, ...],
        stride: tuple[int, ...],
        padding: tuple[int, ...],
        dilation: tuple[int, ...],
    ) -> None:
        super().__init__()
        weight = torch.tensor(taps, dtype=torch.get_default_dtype())
        self.register_buffer("weight", weight)
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.convolve = getattr(F, f"conv{weight.dim()}d")

    def forward(self, x: Tensor) -> Tensor:
        """N x C x space."""
        channels = x.shape[1]
        fixed = self.weight.expand(channels, 1, *self.weight.shape)
        where = self.stride, self.padding, self.dilation, channels
        filtered: Tensor = self.convolve(x, fixed, None, *where)
        return filtered


class MaxUnpool(nn.Module):
    """Values put where a max pool takes its own from, between zeros."""

    def __init__(self, kernel_size: tuple[int, ...], **arguments: Any) -> None:
        super().__init__()
        pool = getattr(nn, f"MaxPool{len(kernel_size)}d")
        self.pool = pool(kernel_size, return_indices=True, **arguments)

    def forward(self, x: Tensor, pooled: Tensor) -> Tensor:
        """N x C x space; pooled: what the pool reads, whose size it gives."""
        _, places = self.pool(pooled.detach())
        zeros = x.new_zeros(*pooled.shape[:2], prod(pooled.shape[2:]))
        return zeros.scatter(2, places.flatten(2), x.flatten(2)).view_as(pooled)


class RoiAlign(nn.Module):
    """What lies in each box, sampled between the pixels and averaged to one size.

    spatial_scale: from the boxes' pixels to the map's
    sampling_ratio: samples along each side of a cell
    aligned: whether boxes are moved by half a pixel
    """

    def __init__(
        self,
        output_size: tuple[int, int],
        spatial_scale: float,
        sampling_ratio: int,
        aligned: bool,
    ) -> None:
        super().__init__()
        self.output_size = output_size
        self.spatial_scale = spatial_scale
        self.sampling_ratio = sampling_ratio
        self.aligned = aligned

    def forward(self, x: Tensor, boxes: Tensor) -> Tensor:
        """N x C x H x W and N x 4 x boxes to N x C x boxes x space."""
        sides = boxes.detach() * self.spatial_scale - (0.5 if self.aligned else 0.0)
        height, width = self.output_size
        left, top, right, bottom = sides.unbind(1)
        across, in_width = self.along(left, right, width, x.shape[3])
        down, in_height = self.along(top, bottom, height, x.shape[2])
        columns = across[:, :, None].expand(-1, -1, down.shape[2], -1)
        rows = down[..., None].expand(-1, -1, -1, across.shape[2])
        grid = torch.stack([columns, rows], dim=4)
        where = grid.flatten(1, 2)
        found = F.grid_sample(x, where, padding_mode="border", align_corners=True)
        inside = (in_width[:, :, None] & in_height[..., None]).flatten(1, 2)
        found = found * inside[:, None].to(x.dtype)
        cells = height, self.sampling_ratio, width, self.sampling_ratio
        return found.reshape(*x.shape[:2], boxes.shape[2], *cells).mean((4, 6))

    def along(
        self,
        first: Tensor,
        last: Tensor,
        cells: int,
        size: int,
    ) -> tuple[Tensor, Tensor]:
        """The samples of each box along an axis, from -1 on its first pixel to 1 on its
        last; and which of them are in the map."""
        extent = last - first if self.aligned else (last - first).clamp(min=1)
        count = cells * self.sampling_ratio
        steps = (torch.arange(count, device=first.device).to(first) + 0.5) / count
        places = first[..., None] + extent[..., None] * steps
        return places * 2 / max(size - 1, 1) - 1, (places >= -1) & (places <= size)


class RoiPool(nn.Module):
    """The largest value in each cell of each box, 0 where a cell has none.

    spatial_scale: from the boxes' pixels to the map's
    """

    def __init__(self, output_size: tuple[int, int], spatial_scale: float) -> None:
        super().__init__()
        self.output_size = output_size
        self.spatial_scale = spatial_scale

    def forward(self, x: Tensor, boxes: Tensor) -> Tensor:
        """N x C x H x W and N x 4 x boxes to N x C x boxes x space."""
        sides = boxes.detach() * self.spatial_scale
        sides = sides.trunc() + (2 * (sides - sides.trunc())).trunc()  # halves go outwards
        left, top, right, bottom = sides.unbind(1)
        height, width = self.output_size
        top, bottom = self.along(top, bottom, height, x.shape[2])
        left, right = self.along(left, right, width, x.shape[3])
        rows = [each[..., None].expand(-1, -1, -1, width) for each in (top, bottom)]
        columns = [each[:, :, None].expand(-1, -1, height, -1) for each in (left, right)]
        empty = ((rows[0] >= rows[1]) | (columns[0] >= columns[1])).flatten(1)[:, None]
        values = x.flatten(2)
        places = self.largest(x.detach(), rows, columns).flatten(2)
        found = values.gather(2, places).masked_fill(empty, 0.0)
        return found.view(*x.shape[:2], boxes.shape[2], height, width)

    def along(
        self,
        first: Tensor,
        last: Tensor,
        cells: int,
        size: int,
    ) -> tuple[Tensor, Tensor]:
        """The first place of each cell of each box along an axis, and the one behind its
        last."""
        extent = (last - first + 1).clamp(min=1)[..., None] / cells
        steps = torch.arange(cells, device=first.device).to(first)
        starts = first[..., None] + (steps * extent).floor()
        stops = first[..., None] + ((steps + 1) * extent).ceil()
        return starts.clamp(0, size).long(), stops.clamp(0, size).long()

    def largest(self, x: Tensor, rows: list[Tensor], columns: list[Tensor]) -> Tensor:
        """The place of the largest value between the rows and the columns: of four
        rectangles that lie within, and whose sides are powers of 2."""
        places = torch.arange(prod(x.shape[2:]), device=x.device).view(x.shape[2:])
        places = places.expand(x.shape)[:, :, None, None]
        table = self.doubled(x, self.doubled(x, places, 4, 2), 5, 3)
        level, starts = self.halves(rows, table.shape[2], x.shape[2])
        other, lefts = self.halves(columns, table.shape[3], x.shape[3])
        level = level * table.shape[3] + other
        found: list[Tensor] = []
        for row in starts:
            for column in lefts:
                where = (level * x.shape[2] + row) * x.shape[3] + column
                where = where.flatten(1)[:, None].expand(-1, x.shape[1], -1)
                found.append(table.flatten(2).gather(2, where))
        upper = self.larger(x, found[0], found[1])
        return self.larger(x, upper, self.larger(x, found[2], found[3]))

    def doubled(self, x: Tensor, places: Tensor, dim: int, level: int) -> Tensor:
        """The place of the largest of 1, 2, 4, ... values along an axis, from each on."""
        found = [places]
        reach, size = 1, places.shape[dim]
        while 2 * reach <= size:
            behind = (torch.arange(size, device=x.device) + reach).clamp(max=size - 1)
            later = found[-1].index_select(dim, behind)
            found.append(self.larger(x, found[-1], later))
            reach *= 2
        return torch.cat(found, level)

    def larger(self, x: Tensor, first: Tensor, second: Tensor) -> Tensor:
        """Of two places, the one that holds more; the first, if both hold the same."""
        values = x.flatten(2)
        more = values.gather(2, second.flatten(2)) > values.gather(2, first.flatten(2))
        return torch.where(more.view(first.shape), second, first)

    def halves(self, ends: list[Tensor], levels: int, size: int) -> tuple[Tensor, list[Tensor]]:
        """The largest power of 2 that fits between two ends, and where one begins that
        starts at the first, and one that stops at the last."""
        length = (ends[1] - ends[0]).clamp(min=1)
        powers = 2 ** torch.arange(levels, device=length.device)
        level = (length[..., None] >= powers).sum(-1) - 1
        reach = powers[level]
        first = ends[0].clamp(max=size - 1)
        return level, [first, first + length - reach]


class DeformConv2d(nn.Conv2d):
    """A convolution whose taps are moved, each at each place, by what arrives besides."""

    padding: tuple[int, int]

    def forward(  # type: ignore[override]
        self,
        x: Tensor,
        offset: Tensor,
        mask: Tensor | None = None,
    ) -> Tensor:
        """N x C x H x W; offset: N x 2GK x space, down and to the right for each of K
        taps, in G groups of channels; mask: N x GK x space, factors of what they find."""
        taps, space = prod(self.kernel_size), offset.shape[2:]
        parts = offset.shape[1] // (2 * taps)
        moves = offset.reshape(-1, taps, 2, *space)
        rows = moves[:, :, 0] + self.along(0, moves)[..., None]
        columns = moves[:, :, 1] + self.along(1, moves)[:, None]
        down, across = (2 * rows + 1) / x.shape[2], (2 * columns + 1) / x.shape[3]
        grid = torch.stack([across, down], dim=4) - 1
        grouped = x.reshape(-1, x.shape[1] // parts, *x.shape[2:])
        found = F.grid_sample(grouped, grid.flatten(1, 2), align_corners=False)
        if mask is not None:
            found = found * mask.reshape(-1, 1, taps * space[0], space[1])
        found = found.reshape(x.shape[0], x.shape[1], taps, prod(space))
        weight = self.weight.flatten(2)[..., None]
        output = F.conv2d(found, weight, self.bias, groups=self.groups)
        return output.view(x.shape[0], -1, *space)

    def along(self, axis: int, moves: Tensor) -> Tensor:
        """Where taps lie along an axis that are not moved: taps x places."""
        taps = torch.arange(prod(self.kernel_size), device=moves.device)
        width = self.kernel_size[1]
        taps = taps % width if axis else taps // width
        steps = torch.arange(moves.shape[axis + 3], device=moves.device)
        starts = steps * self.stride[axis] - self.padding[axis]
        return (starts + taps[:, None] * self.dilation[axis]).to(moves)


class LocallyConnected(nn.Module):
    """A convolution with a kernel of its own for every place."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        output_size: tuple[int, ...],
        kernel_size: tuple[int, ...],
        stride: tuple[int, ...],
        bias: bool,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = stride
        taps = in_channels * prod(kernel_size)
        weight = torch.rand(prod(output_size), taps, out_channels) * 2 - 1
        self.weight = nn.Parameter(weight * taps**-0.5)
        biases = (torch.rand(out_channels, *output_size) * 2 - 1) * taps**-0.5
        self.bias = nn.Parameter(biases) if bias else None
        self.output_size = output_size

    def forward(self, x: Tensor) -> Tensor:
        """N x C x space."""
        rank = len(self.kernel_size)
        for axis, size in enumerate(self.kernel_size):
            x = x.unfold(2 + axis, size, self.stride[axis])
        places = range(2, 2 + rank)
        order = *places, 0, 1, *range(2 + rank, 2 + 2 * rank)
        windows = x.permute(order).clone(memory_format=torch.contiguous_format)
        windows = windows.flatten(0, rank - 1).flatten(2)
        found = torch.bmm(windows, self.weight).permute(1, 2, 0)
        found = found.view(found.shape[0], found.shape[1], *self.output_size)
        return found if self.bias is None else found + self.bias


class Subsample(nn.Module):
    """The sum of each window times a trained coefficient, plus a trained bias: one of
    both for each channel, that make a mean of it at first."""

    def __init__(
        self, channels: int, kernel_size: tuple[int, ...], stride: tuple[int, ...]
    ) -> None:
        super().__init__()
        self.pool = getattr(nn, f"AvgPool{len(kernel_size)}d")(kernel_size, stride)
        self.taps = prod(kernel_size)
        self.weight = nn.Parameter(torch.full((channels,), 1 / self.taps))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        """N x C x space."""
        each = (-1, *(1 for _ in x.shape[2:]))
        sums: Tensor = self.pool(x) * self.taps
        return sums * self.weight.view(each) + self.bias.view(each)


class Rbf(nn.Module):
    """Squared distances to fixed centres, drawn from -1 and 1."""

    centres: Tensor

    def __init__(self, in_features: int, units: int) -> None:
        super().__init__()
        patterns = torch.randint(2, (units, in_features))
        self.register_buffer("centres", 2.0 * patterns - 1)

    def forward(self, x: Tensor) -> Tensor:
        """N x features."""
        return (x[:, None] - self.centres).square().sum(2)


class Cells(nn.Module):
    """Cells with fixed synapses from a window, strongest in its middle."""

    def __init__(self, kernel_size: tuple[int, ...], padding: tuple[int, ...]) -> None:
        super().__init__()
        self.padding = padding
        self.convolve = getattr(F, f"conv{len(kernel_size)}d")

    @staticmethod
    def fixed(kernel_size: tuple[int, ...]) -> Tensor:
        """Halved with each step away from the middle; 1 together."""
        squares = torch.zeros(kernel_size)
        for axis, size in enumerate(kernel_size):
            steps = torch.arange(size) - (size - 1) / 2
            behind = (1 for _ in kernel_size[axis + 1 :])
            squares = squares + steps.square().view(-1, *behind)
        weights = 0.5 ** squares.sqrt()
        return weights / weights.sum()


class SCells(Cells):
    """Planes of S-cells: `a` excites, `b` inhibits by what the V-cells give, `c` is
    fixed. At first `a` is small and `b` is 0, so that every cell answers a little to
    everything."""

    c: Tensor

    def __init__(
        self,
        in_channels: int,
        planes: int,
        kernel_size: tuple[int, ...],
        padding: tuple[int, ...],
        r: float,
    ) -> None:
        super().__init__(kernel_size, padding)
        self.r = r
        taps = in_channels * prod(kernel_size)
        self.a = nn.Parameter(torch.rand(planes, in_channels, *kernel_size) / taps)
        self.b = nn.Parameter(torch.zeros(planes))
        self.register_buffer("c", self.fixed(kernel_size) / in_channels)

    def forward(self, x: Tensor) -> Tensor:
        """N x C x space, no value negative."""
        fixed = self.c.expand(1, x.shape[1], *self.c.shape)
        squares: Tensor = self.convolve(x.square(), fixed, padding=self.padding)
        least = torch.finfo(x.dtype).tiny  # the root of 0 has no gradient
        inhibition = squares.clamp_min(least).sqrt() * (2 * self.r / (1 + self.r))
        inhibition = inhibition * self.b.view(-1, *(1 for _ in x.shape[2:]))
        excitation: Tensor = self.convolve(x, self.a, padding=self.padding)
        return self.r * F.relu((1 + excitation) / (1 + inhibition) - 1)


class CCells(Cells):
    """Planes of C-cells: `d` is fixed. Where inhibition wins a cell is silent; in
    Fukushima's form, relu(x / (alpha + x)), it would answer again below -alpha."""

    d: Tensor

    def __init__(
        self,
        kernel_size: tuple[int, ...],
        stride: tuple[int, ...],
        padding: tuple[int, ...],
        alpha: float,
    ) -> None:
        super().__init__(kernel_size, padding)
        self.stride = stride
        self.alpha = alpha
        self.register_buffer("d", self.fixed(kernel_size))

    def forward(self, x: Tensor) -> Tensor:
        """N x C x space, no value negative."""
        planes = x.shape[1]
        fixed = self.d.expand(planes, 1, *self.d.shape)
        where = self.stride, self.padding, 1, planes
        excitation: Tensor = self.convolve(x, fixed, None, *where)
        inhibition = excitation.mean(1, keepdim=True)
        answer = F.relu((1 + excitation) / (1 + inhibition) - 1)
        return answer / (self.alpha + answer)
