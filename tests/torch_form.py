"""The PyTorch form of a layer, built the shortest way."""

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn
from torch.nn.utils import parametrizations

from cnncalc.layers.base import Layer, Shape, TorchModule
from cnncalc.runtime import modules

torch.set_num_threads(1)  # on tiny tensors several threads wait for each other, on busy cores long


class Joined(nn.Module):
    """A function of PyTorch's that joins its inputs."""

    def __init__(self, function: Callable[..., Tensor], arguments: Mapping[str, Any]) -> None:
        super().__init__()
        self.function = function
        self.arguments = arguments

    def forward(self, *inputs: Tensor) -> Tensor:
        if self.function is torch.cat:
            return torch.cat(inputs, **self.arguments)
        return reduce(self.function, inputs)


def module_of(form: TorchModule) -> nn.Module:
    """The module a form describes; what stands before it is left to `applied`."""
    where, _, name = form.name.rpartition(".")
    if where == "torch":
        return Joined(getattr(torch, name), form.arguments)
    if form.parts:
        return nn.Sequential(*map(module_of, form.parts))
    module = getattr(nn if where else modules, name)(**form.arguments)
    if not form.wrapper:
        return module
    home = parametrizations if hasattr(parametrizations, form.wrapper) else modules
    return getattr(home, form.wrapper)(module)


def applied(form: TorchModule, module: nn.Module, *inputs: Tensor) -> Tensor:
    """What the form makes of a batch."""
    if form.before:
        plain = form.mode == "zeros"
        how = {"value": form.fill} if plain else {"mode": form.mode}
        inputs = tuple(F.pad(each, form.before, **how) for each in inputs)
    return module(*inputs)


def on_meta(layer: Layer, *shapes: Shape) -> tuple[nn.Module, Shape]:
    """The module of a layer and the shape it makes of one sample, without any arithmetic."""
    form = layer.torch(*shapes)
    with torch.device("meta"):
        module = module_of(form).eval()
        output = applied(form, module, *(torch.empty(1, *shape) for shape in shapes))
    return module, tuple(output.shape[1:])
