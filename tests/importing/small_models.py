"""Small modules as people write them, each with the shapes that it reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

Case = tuple[Callable[[], nn.Module], list[tuple[int, ...]]]
MODELS: dict[str, Case] = {}


def model(*shapes: tuple[int, ...]) -> Callable[[Any], Any]:
    """Notes what a function makes, under its name."""

    def noted(make: Callable[[], nn.Module]) -> Callable[[], nn.Module]:
        MODELS[make.__name__] = (make, list(shapes))
        return make

    return noted


class Does(nn.Module):
    """Parts, and what is done with them."""

    def __init__(self, forward: Callable[..., Any], **parts: nn.Module) -> None:
        super().__init__()
        self.does = forward
        for name, part in parts.items():
            self.add_module(name, part)

    def forward(self, *inputs: Tensor) -> Any:
        return self.does(self, *inputs)


def function(*shapes: tuple[int, ...], **parts: Callable[[], nn.Module]) -> Callable[[Any], Any]:
    """Notes a function of the parts and the inputs as a module."""

    def noted(does: Callable[..., Any]) -> Callable[..., Any]:
        def make() -> nn.Module:
            return Does(does, **{name: part() for name, part in parts.items()})

        MODELS[does.__name__] = (make, list(shapes))
        return does

    return noted


IMAGE = (6, 12, 12)
SEQUENCE = (5, 8)


@model(IMAGE)
def convolutions() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(6, 8, 3, 2, 1, bias=False),
        nn.Conv2d(8, 8, (1, 3), padding=(0, 2), dilation=(1, 2), groups=4),
        nn.Conv2d(8, 8, 3, padding="same"),
        nn.Conv2d(8, 8, 3, padding=1, padding_mode="reflect"),
        nn.ConvTranspose2d(8, 6, 3, 2, 1, output_padding=1, groups=2),
    )


@model((4, 20))
def over_sequences() -> nn.Module:
    return nn.Sequential(
        nn.Conv1d(4, 6, 3), nn.MaxPool1d(2), nn.ConvTranspose1d(6, 4, 2, 2), nn.AvgPool1d(3, 1)
    )


@model((2, 6, 8, 8))
def over_clips() -> nn.Module:
    return nn.Sequential(
        nn.Conv3d(2, 4, 3, padding=1), nn.MaxPool3d(2), nn.AdaptiveAvgPool3d(1), nn.Flatten()
    )


@model(IMAGE)
def poolings() -> nn.Module:
    return nn.Sequential(
        nn.MaxPool2d(3, 2, 1, ceil_mode=True),
        nn.AvgPool2d(3, 1, 1, count_include_pad=False),
        nn.LPPool2d(2, 2, 1),
        nn.AdaptiveMaxPool2d((3, 2)),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(6, 3),
    )


@model(IMAGE)
def norms() -> nn.Module:
    return nn.Sequential(
        nn.BatchNorm2d(6, eps=1e-3),
        nn.GroupNorm(3, 6),
        nn.InstanceNorm2d(6, affine=True),
        nn.LayerNorm((6, 12, 12)),
        nn.LocalResponseNorm(5),
        nn.BatchNorm2d(6, affine=False),
    )


@model(IMAGE)
def activations() -> nn.Module:
    return nn.Sequential(
        *(nn.ReLU(), nn.GELU(), nn.GELU("tanh"), nn.SiLU(), nn.Mish(), nn.Hardswish(), nn.ELU(0.5)),
        *(nn.LeakyReLU(0.2), nn.PReLU(6), nn.Softplus(), nn.Hardtanh(-2, 2), nn.Tanhshrink()),
        *(nn.Softsign(), nn.LogSigmoid(), nn.ReLU6(), nn.Hardsigmoid(), nn.CELU(0.7), nn.Sigmoid()),
        *(nn.Threshold(0.1, 20.0), nn.Softmax(1), nn.GLU(1), nn.Softmax2d(), nn.Dropout(0.3)),
    )


@function(IMAGE)
def written_out(self: Any, x: Tensor) -> Tensor:
    x = x * torch.sigmoid(1.702 * x) + x * torch.sigmoid(x)
    x = x * F.relu6(x + 3) / 6 + F.relu(x) ** 2
    return x / x.norm(dim=1, keepdim=True).clamp_min(1e-6)


@function(IMAGE)
def arithmetic(self: Any, x: Tensor) -> Tensor:
    y = (2 - x) * 3 + x.square() - x / 4
    y = y / (1 + x.abs()) + torch.maximum(x, y) + (-x).exp()
    return y.pow(3).clamp(min=-2) + x.mean(1, keepdim=True) * x.amax((2, 3), keepdim=True)


@function(IMAGE)
def reductions(self: Any, x: Tensor) -> Tensor:
    return x.mean(2) + x.sum(3) + x.std(2) + x.var(3, correction=0) + torch.linalg.norm(x, dim=2)


@function(
    IMAGE,
    squeeze=lambda: nn.Linear(6, 3),
    excite=lambda: nn.Linear(3, 6),
    conv=lambda: nn.Conv2d(6, 6, 1),
)
def squeeze_and_excite(self: Any, x: Tensor) -> Tensor:
    gate = self.excite(F.relu(self.squeeze(x.mean((2, 3)))))
    return self.conv(x) * torch.sigmoid(gate)[:, :, None, None]


@function(
    IMAGE,
    norm=lambda: nn.LayerNorm(6),
    wide=lambda: nn.Linear(6, 12),
    back=lambda: nn.Linear(12, 6),
)
def channels_last(self: Any, x: Tensor) -> Tensor:
    y = self.back(F.gelu(self.wide(self.norm(x.permute(0, 2, 3, 1)))))
    return x + y.permute(0, 3, 1, 2)


@function(IMAGE, conv=lambda: nn.Conv2d(6, 6, 3, padding=1, groups=6))
def channel_shuffle(self: Any, x: Tensor) -> Tensor:
    left, right = x.chunk(2, 1)
    y = torch.cat([left, right + 1], 1)
    y = y.view(2, 3, 2, 12, 12).transpose(1, 2).reshape(2, 6, 12, 12)
    return self.conv(y)


@function((8, 6, 6), conv=lambda: nn.Conv2d(8, 8, 1))
def pixels(self: Any, x: Tensor) -> Tensor:
    y = F.pixel_unshuffle(F.pixel_shuffle(self.conv(x), 2), 2)
    merged = [y[:, :, 0::2, 0::2], y[:, :, 1::2, 0::2], y[:, :, 0::2, 1::2], y[:, :, 1::2, 1::2]]
    return torch.cat(merged, 1)


@function(IMAGE)
def moving(self: Any, x: Tensor) -> Tensor:
    y = F.pad(x, (1, 2, 0, 1))[:, :, 1:, :-3]
    y = F.interpolate(y, scale_factor=2, mode="nearest")[:, 1:5]
    y = torch.stack([y.roll((1, -2), (2, 3)), y.flip(3)], 2).flatten(1, 2)
    return F.interpolate(y, size=(7, 9), mode="bilinear", align_corners=False)


@function(IMAGE, conv=lambda: nn.Conv2d(6, 8, 1), turn=lambda: nn.Linear(12 * 12, 10))
def over_positions(self: Any, x: Tensor) -> Tensor:
    y = self.conv(x).flatten(2)
    return self.turn(y).transpose(1, 2)


class ClassToken(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.patch = nn.Conv2d(6, 8, 4, 4)
        self.token = nn.Parameter(torch.randn(1, 1, 8))
        self.places = nn.Parameter(torch.randn(1, 10, 8))
        self.scale = nn.Parameter(torch.randn(8))
        self.block = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, norm_first=True)
        self.head = nn.Linear(8, 3)

    def forward(self, x: Tensor) -> Tensor:
        y = self.patch(x).flatten(2).transpose(1, 2)
        y = torch.cat([self.token.expand(y.shape[0], -1, -1), y], 1) + self.places
        y = self.block(y) * self.scale
        return self.head(y[:, 0])


class Registers(ClassToken):
    def __init__(self) -> None:
        super().__init__()
        self.registers = nn.Parameter(torch.randn(1, 3, 8))

    def forward(self, x: Tensor) -> Tensor:
        y = self.patch(x).flatten(2).transpose(1, 2)
        tokens = self.token.expand(len(x), -1, -1), self.registers.expand(len(x), -1, -1)
        y = self.block(torch.cat([*tokens, y], 1)[:, :10] + self.places)
        return self.head(y[:, 4:].mean(1) * self.scale)


class Queries(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.asked = nn.Parameter(torch.randn(3, 8))
        self.norm = nn.LayerNorm(8)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        asked = self.norm(self.asked.expand(len(x), -1, -1))
        return self.attention(asked, x, x, need_weights=False)[0]


@model(SEQUENCE)
def learned_queries() -> nn.Module:
    return Queries()


@model(IMAGE)
def registers() -> nn.Module:
    return Registers()


@model(IMAGE)
def transformer() -> nn.Module:
    return ClassToken()


@function((4, 8), qkv=lambda: nn.Linear(8, 24), out=lambda: nn.Linear(8, 8))
def attention_by_hand(self: Any, x: Tensor) -> Tensor:
    batch, steps, features = x.shape
    q, k, v = self.qkv(x).reshape(batch, steps, 3, 2, 4).permute(2, 0, 3, 1, 4).unbind(0)
    weights = (q @ k.transpose(-2, -1) * 4**-0.5).softmax(-1)
    return self.out((weights @ v).transpose(1, 2).reshape(batch, steps, features))


@function((8, 6, 6), qkv=lambda: nn.Linear(8, 24), out=lambda: nn.Linear(8, 8))
def windows(self: Any, x: Tensor) -> Tensor:
    y = x.permute(0, 2, 3, 1).roll((-1, -1), (1, 2))
    y = y.view(-1, 2, 3, 2, 3, 8).permute(0, 1, 3, 2, 4, 5).reshape(-1, 9, 8)
    q, k, v = self.qkv(y).reshape(-1, 9, 3, 2, 4).permute(2, 0, 3, 1, 4).unbind(0)
    y = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(-1, 9, 8)
    y = self.out(y).view(-1, 2, 2, 3, 3, 8).permute(0, 1, 3, 2, 4, 5).reshape(-1, 6, 6, 8)
    return y.roll((1, 1), (1, 2)).permute(0, 3, 1, 2)


@function(SEQUENCE, cells=lambda: nn.LSTM(8, 4, 2, batch_first=True, bidirectional=True))
def recurrent(self: Any, x: Tensor) -> Tensor:
    states, _ = self.cells(x)
    return states


@function(SEQUENCE, cells=lambda: nn.GRU(8, 4, batch_first=True), head=lambda: nn.Linear(4, 3))
def last_state(self: Any, x: Tensor) -> Tensor:
    _, last = self.cells(x)
    return self.head(last[-1])


@function(IMAGE, conv=lambda: nn.Conv2d(6, 6, 3, padding=1))
def weights_shared(self: Any, x: Tensor) -> Tensor:
    return self.conv(F.relu(self.conv(x)))


@function(IMAGE, body=lambda: nn.Conv2d(6, 4, 1), side=lambda: nn.Conv2d(6, 2, 1))
def several_outputs(self: Any, x: Tensor) -> dict[str, Tensor]:
    return {"out": self.body(x), "aux": self.side(x)}


@function(IMAGE, body=lambda: nn.Conv2d(6, 4, 1), side=lambda: nn.Conv2d(6, 2, 1))
def outputs_of_like_names(self: Any, x: Tensor) -> dict[str, Tensor]:
    side = self.side(x)
    return {"out": self.body(x), "a.b": side, "a_b": side.relu(), "output": side.tanh()}


@function((3, 8, 8), (3, 8, 8), left=lambda: nn.Conv2d(3, 4, 1), right=lambda: nn.Conv2d(3, 4, 1))
def several_inputs(self: Any, x: Tensor, y: Tensor) -> Tensor:
    return self.left(x) - self.right(y)


@function((3, 8, 8), (3, 8, 8), left=lambda: nn.Conv2d(3, 4, 1), right=lambda: nn.Conv2d(3, 4, 1))
def outputs_called_as_inputs(self: Any, x: Tensor, y: Tensor) -> dict[str, Tensor]:
    left = self.left(x)
    return {"out": left - self.right(y), "x": left.tanh(), "y": left.relu()}


@function(IMAGE, conv=lambda: nn.Conv2d(6, 6, 1), unused=lambda: nn.Linear(3, 3))
def parameters_unused(self: Any, x: Tensor) -> Tensor:
    return self.conv(x)


@function(IMAGE, conv=lambda: nn.Conv2d(6, 6, 1), relu=lambda: nn.ReLU(inplace=True))
def written_into(self: Any, x: Tensor) -> Tensor:
    y = self.conv(x)
    z = self.relu(y)
    return y + z


@function((4, 6, 4), out=lambda: nn.Conv2d(16, 4, 1))
def merged_by_slices(self: Any, x: Tensor) -> Tensor:
    rows = x[:, :, 0::2], x[:, :, 1::2]
    return self.out(torch.cat([y[..., k::2] for k in (0, 1) for y in rows], 1))


@function((4, 6, 6), narrow=lambda: nn.Conv2d(4, 4, 2, 2), norm=lambda: nn.LayerNorm(4))
def one_window(self: Any, x: Tensor) -> Tensor:
    y = x.view(-1, 4, 2, 3, 2, 3).permute(0, 2, 4, 3, 5, 1).reshape(-1, 9, 4).softmax(1)
    y = y.view(-1, 2, 2, 3, 3, 4).permute(0, 5, 1, 3, 2, 4).reshape(-1, 4, 6, 6)
    z = self.narrow(y).flatten(2).transpose(1, 2)
    return (z + self.norm(z)).transpose(1, 2).view(-1, 4, 3, 3)


@function(IMAGE, two=lambda: nn.Conv2d(6, 12, 1))
def parts_compete(self: Any, x: Tensor) -> Tensor:
    shares = self.two(x).unflatten(1, (2, 6)).softmax(1)
    return shares[:, 0] * x + shares[:, 1] * x.relu()


class Latents(nn.Module):
    """A sequence that is learned, read by a norm, and added."""

    def __init__(self) -> None:
        super().__init__()
        self.latents = nn.Parameter(torch.randn(3, 8))
        self.norm = nn.LayerNorm(8)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        """N x 5 x 8 -> N x 3 x 8."""
        latents = self.latents.expand(len(x), -1, -1)
        return latents + self.attention(self.norm(latents), x, x)[0]


@model((5, 8))
def latents() -> nn.Module:
    return Latents()


def standardized(how: Callable[[Tensor], Tensor]) -> nn.Module:
    """Convolutions whose filters a function takes to mean 0 and variance 1."""

    def forward(module: Any, x: Tensor) -> Any:
        x = F.conv2d(x, how(module.one.weight), module.one.bias, padding=1).relu()
        return F.conv2d(x, how(module.two.weight), None, groups=2)

    return Does(forward, one=nn.Conv2d(3, 8, 3), two=nn.Conv2d(8, 4, 1, groups=2, bias=False))


@model((3, 8, 8))
def by_moments() -> nn.Module:
    def how(weight: Tensor) -> Tensor:
        variance, mean = torch.var_mean(weight, dim=[1, 2, 3], keepdim=True, unbiased=False)
        return (weight - mean) / torch.sqrt(variance + 1e-10)

    return standardized(how)


@model((3, 8, 8))
def by_groups() -> nn.Module:
    return standardized(lambda weight: F.group_norm(weight[None], len(weight), eps=1e-8)[0])


@model((3, 8, 8))
def by_a_batch_of_one() -> nn.Module:
    def how(weight: Tensor) -> Tensor:
        filters = weight.reshape(1, len(weight), -1)
        found = F.batch_norm(filters, None, None, training=True, momentum=0.0, eps=1e-8)
        return found.reshape_as(weight)

    return standardized(how)
