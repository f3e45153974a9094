"""Layers of every kind, as networks that a tool can count."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from cnncalc.layers.base import Layer, Shape, TorchModule
from tests.layers.cases import CASES
from tests.torch_form import applied, module_of

SIZES = ("kernel_size", "stride", "padding", "dilation", "output_padding")


class Alone(nn.Module):
    """A layer by itself, and a parameter that nothing reads: some tools want one."""

    def __init__(self, form: TorchModule) -> None:
        super().__init__()
        self.form = form
        self.layer = module_of(written(form))
        self.unread = nn.ParameterList([nn.Parameter(torch.zeros(1))])

    def forward(
        self,
        first: Tensor,
        second: Tensor | None = None,
        third: Tensor | None = None,
        fourth: Tensor | None = None,
    ) -> Tensor:
        given = (each for each in (first, second, third, fourth) if each is not None)
        return applied(self.form, self.layer, *given)


def written(form: TorchModule) -> TorchModule:
    """The form as our source has it: of PyTorch's own, one number where all axes have the same."""
    if not form.name.startswith("nn."):
        return form
    arguments = {name: one(name, value) for name, value in form.arguments.items()}
    return form._replace(arguments=arguments)


def one(name: str, value: Any) -> Any:
    alike = name in SIZES and isinstance(value, tuple) and len(set(value)) == 1
    return value[0] if alike else value


def different() -> Iterator[tuple[Layer, tuple[Shape, ...]]]:
    """Of the cases, the first of each form, by what it is told and how much it reads."""
    seen = set()
    for layer, shapes in CASES:
        form = layer.torch(*shapes)
        told = frozenset(name for name, value in form.arguments.items() if value)
        key = layer.kind, form.name, form.wrapper, told, len(shapes)
        if key not in seen:
            seen.add(key)
            yield layer, shapes


def drawn(layer: Layer, shapes: tuple[Shape, ...], batch: int) -> list[Tensor]:
    """A batch of what it reads."""
    if layer.indices:
        return [torch.zeros(batch, *shape, dtype=torch.long) for shape in shapes]
    return [torch.rand(batch, *shape) for shape in shapes]
