"""What PyTorch runs of a layer, as tools see it: modules, and the functions that these call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod
from typing import Any

from cnncalc.layers.base import Shape, Weight
from cnncalc.records import NamedTuple

RANKS = 1, 2, 3

ATTENDING = "F.scaled_dot_product_attention"


class Function(NamedTuple):
    """A function of PyTorch's, or an operator of Python's.

    name: as it is written, by which some tools know it and others do not: `F.conv2d`, `torch.bmm`,
        `Tensor.mul`, `*`; without a home, `conv2d`, where it was taken from there before
    reads: shapes with the batch, the weights' among them; gives: that of what it makes
    options: what else it is told
    """

    name: str
    reads: tuple[Shape, ...]
    gives: Shape
    options: Mapping[str, Any] = {}

    def number(self, name: str) -> int:
        """An option that is one; 0, where it is not told."""
        return int(self.options.get(name) or 0)

    @property
    def operator(self) -> str:
        """What a trace calls it: `conv2d`, `mul`."""
        return SPELLED.get(self.name) or self.name.rpartition(".")[2]

    @property
    def products(self) -> int:
        """The MACs of its matrix product, or of its convolution; 0, if it is none."""
        if self.operator.startswith("conv_transpose"):
            return prod(self.reads[0][2:]) * prod(self.reads[1]) * self.reads[0][0]
        if self.operator.startswith("conv"):
            return prod(self.gives[2:]) * prod(self.reads[1]) * self.reads[0][0]
        if self.operator == "linear":
            return prod(self.reads[0]) * self.reads[1][0]
        if self.operator in ("matmul", "bmm"):
            return prod(self.gives) * self.reads[0][-1]
        return 0

    @property
    def fused(self) -> int:
        """The MACs of attention's two products, where they are one function."""
        if self.name != ATTENDING:
            return 0
        queries, keys, values = self.reads
        return prod(queries[:-1]) * keys[-2] * (queries[-1] + values[-1])

    @property
    def made(self) -> int:
        """The numbers that its products make, on the way too."""
        if self.fused:
            return prod(self.gives) + prod(self.reads[0][:-1]) * self.reads[1][-2]
        return prod(self.gives) if self.products else 0


SPELLED = {"*": "mul", "@": "matmul"}
"""The operators that a tool counts."""


class Module(NamedTuple):
    """A module of PyTorch's, or of cnncalc's own where PyTorch has none.

    name: of its very class: `nn.Conv2d`, `ChannelLinear`, `ParametrizedConv2d`
    base: the class of PyTorch's that this one is, or is made of; empty where there is none
    reads, gives: shapes with the batch
    weights: that it holds itself; arguments: of its constructor
    parts: what it runs, in order
    holds: whether there are modules in it, whether or not they are called
    """

    name: str
    base: str
    reads: tuple[Shape, ...]
    gives: Shape
    arguments: Mapping[str, Any]
    weights: tuple[Weight, ...] = ()
    parts: tuple[Function | Module, ...] = ()
    holds: bool = False

    @property
    def params(self) -> tuple[Weight, ...]:
        """Its weights that are no buffers."""
        return tuple(weight for weight in self.weights if not weight.buffer)

    def number(self, name: str) -> int:
        """An argument that is one."""
        return int(self.arguments[name])

    @property
    def kernel(self) -> tuple[int, ...]:
        """The sizes of its window."""
        size = self.arguments["kernel_size"]
        return size if isinstance(size, tuple) else (size,)

    def weight(self, name: str = "weight") -> tuple[Shape, ...]:
        """The shape of the weight of that name, as it is computed with; none, if it has none."""
        found = [w.shape for w in self.params if w.name == name or w.name.startswith(PARTED + name)]
        return tuple(found[-1:])


ONCE = ("Once", "ParametrizedOnce", "ParametrizedStepsOnce")
"""The classes of those that compute their matrices from others, each once a run."""

PARTED = "parametrizations."
"""How a weight's name begins that is computed from others; the last of these has its shape."""

Run = Function | Module


def modules(run: Run) -> Iterator[Module]:
    """The modules that are called, each before its own."""
    if isinstance(run, Module):
        yield run
        for part in run.parts:
            yield from modules(part)


def functions(run: Run) -> Iterator[Function]:
    """The functions that are called, in order."""
    if isinstance(run, Function):
        yield run
    else:
        for part in run.parts:
            yield from functions(part)


def ranked(name: str, *ranks: int) -> tuple[str, ...]:
    """`nn.Conv1d`, `nn.Conv2d`, `nn.Conv3d`: of those ranks, or all."""
    return tuple(f"{name}{rank}d" for rank in ranks or RANKS)


def stem(name: str) -> tuple[str, int]:
    """`nn.Conv` and 2, of `nn.Conv2d`; 0, where it has no rank."""
    if name[-2:-1].isdigit() and name.endswith("d"):
        return name[:-2], int(name[-2])
    return name, 0
