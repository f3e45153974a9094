"""A network in the making: modules within modules, and convolutions, of which all are made."""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd

from cnncalc.importing.formats import value_operations as values
from cnncalc.importing.formats import window_operations as windows
from cnncalc.importing.formats.building import Building
from cnncalc.importing.program import PassedTensor, Ref
from cnncalc.records import NamedTuple

EPS = 1e-3
MOMENTUM = 0.03
"""Of all batch norms, as `initialize_weights` sets them."""

Seen = PassedTensor
Pair = windows.Pair

STATISTICS = {
    "scale": "weight",
    "shift": "bias",
    "mean": "running_mean",
    "variance": "running_var",
}


class YamlModule(NamedTuple):
    """A module by its path in the network; line: of its row."""

    building: Building
    path: str
    line: int
    bend: str
    """What a convolution is bent by where it says nothing else, as ATen calls it."""

    def part(self, name: str | int, kind: str) -> YamlModule:
        """A module within this one."""
        path = f"{self.path}.{name}" if self.path else str(name)
        self.building.modules[path] = kind
        return self._replace(path=path)

    def enter(self, name: str | int, kind: str) -> Building:
        """The same, of which no others are made."""
        path = self.part(name, kind).path
        named = {ours: f"{path}.{theirs}" for ours, theirs in STATISTICS.items()}
        named["bias"] = f"{path}.bias"
        self.building.enter(path, kind, self.line, named)
        return self.building

    def own(self) -> Building:
        """What follows belongs to the module itself."""
        self.building.enter(self.path, self.building.modules.get(self.path, ""), self.line)
        return self.building


def pair(kernel: int | Pair) -> Pair:
    """Of both axes."""
    return (kernel, kernel) if isinstance(kernel, int) else kernel


def plain_conv(
    above: YamlModule,
    name: str | int,
    seen: Seen,
    filters: int,
    kernel: int | Pair = 1,
    stride: int = 1,
    padding: int | None = None,
    groups: int = 1,
    dilation: int = 1,
    bias: bool = True,
) -> PassedTensor:
    """`nn.Conv2d`; without a `padding` what keeps the size."""
    both = pair(kernel)
    sides = [windows.spanned(k, dilation) // 2 if padding is None else padding for k in both]
    return windows.conv2d(
        above.enter(name, "Conv2d"),
        seen,
        filters,
        both,
        (stride, stride),
        (sides[0], sides[1]),
        (dilation, dilation),
        groups,
        bias,
    )


def normed(above: YamlModule, name: str | int, seen: Seen) -> PassedTensor:
    """`nn.BatchNorm2d`."""
    return windows.batch_norm(above.enter(name, "BatchNorm2d"), seen, EPS, MOMENTUM)


def bent(above: YamlModule, name: str | int, seen: Seen, bend: str) -> PassedTensor:
    """An activation, none where it has no name."""
    if not bend:
        return seen
    return values.bent(above.enter(name, CLASSES[bend]), seen, bend)


CLASSES = {
    "silu": "SiLU",
    "relu": "ReLU",
    "gelu": "GELU",
    "hardswish": "Hardswish",
    "mish": "Mish",
    "relu6": "ReLU6",
    "sigmoid": "Sigmoid",
}
"""Activations without settings, as ATen and as PyTorch's classes call them."""


def conv(
    above: YamlModule,
    name: str | int,
    seen: Seen,
    filters: int,
    kernel: int | Pair = 1,
    stride: int = 1,
    padding: int | None = None,
    groups: int = 1,
    dilation: int = 1,
    bend: str | None = None,
    kind: str = "Conv",
) -> PassedTensor:
    """A convolution, its batch norm, its activation."""
    here = above.part(name, kind)
    made = plain_conv(
        here, "conv", seen, filters, kernel, stride, padding, groups, dilation, bias=False
    )
    made = normed(here, "bn", made)
    return bent(here, "act", made, here.bend if bend is None else bend)


def dw_conv(
    above: YamlModule,
    name: str | int,
    seen: Seen,
    filters: int,
    kernel: int = 1,
    stride: int = 1,
    dilation: int = 1,
    bend: str | None = None,
) -> PassedTensor:
    """In as many groups as channels and filters have."""
    groups = gcd(seen.sizes[1], filters)
    return conv(above, name, seen, filters, kernel, stride, None, groups, dilation, bend, "DWConv")


def linear(above: YamlModule, name: str | int, seen: Seen, units: int, bias: bool = True) -> Seen:
    """`nn.Linear`, over the last dimension."""
    return values.linear(above.enter(name, "Linear"), seen, units, bias)


def layer_norm(above: YamlModule, name: str | int, seen: Seen) -> PassedTensor:
    """`nn.LayerNorm`, over the last dimension."""
    building, features = above.enter(name, "LayerNorm"), seen.sizes[-1:]
    return building.call(
        "layer_norm",
        seen.sizes,
        input=seen,
        normalized_shape=features,
        weight=building.weight("weight", features),
        bias=building.weight("bias", features),
        eps=1e-5,
        cudnn_enable=True,
    )


def max_pool(above: YamlModule, name: str | int, seen: Seen, kernel: int, stride: int = 1) -> Seen:
    """`nn.MaxPool2d`, padded by half of its window."""
    side = kernel // 2
    building = above.enter(name, "MaxPool2d")
    return windows.max_pool2d(building, seen, (kernel, kernel), (stride, stride), (side, side))


def halves(above: YamlModule, seen: Seen) -> tuple[PassedTensor, PassedTensor]:
    """The first and the second half of the channels."""
    building, half = above.own(), seen.sizes[1] // 2
    first = values.part_of(building, seen, 1, 0, half)
    return first, values.part_of(building, seen, 1, half, 2 * half)


def chained(above: YamlModule, parts: Sequence[PassedTensor], axis: int = 1) -> PassedTensor:
    """Behind one another."""
    return values.chained(above.own(), parts, axis)


def added(above: YamlModule, one: Seen, other: Seen) -> PassedTensor:
    """The sum."""
    return values.joined(above.own(), "add", one, other)


def learned(above: YamlModule, name: str, sizes: Sequence[int]) -> Ref:
    """A parameter of the module itself."""
    return above.own().weight(name, sizes)
