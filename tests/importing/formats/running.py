"""A Program run by PyTorch, operation by operation, as ATen calls them."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from cnncalc.importing.program import Argument, Program, Ref


def locally_connected(
    weight: Tensor, bias: Tensor, kernel_size: Any, stride: Any, padding: Any, **given: Tensor
) -> Tensor:
    """Each place by itself."""
    found = torch.empty(len(given["input"]), *bias.shape)
    wide = nn.functional.pad(given["input"], (padding[1], padding[1], padding[0], padding[0]))
    for row in range(bias.shape[1]):
        for column in range(bias.shape[2]):
            up, left = row * stride[0], column * stride[1]
            window = wide[:, :, up : up + kernel_size[0], left : left + kernel_size[1]]
            place = weight[row * bias.shape[2] + column]
            found[:, :, row, column] = window.flatten(1) @ place
    return found + bias


OWN = {
    "locally_connected": locally_connected,
    "local_response_norm": nn.functional.local_response_norm,
    "normalize": lambda self, p, dim, eps: nn.functional.normalize(self, p, dim, eps),
}
"""Operations that are written out in ATen."""


def given(program: Program, device: str = "cpu", **inputs: Tensor) -> dict[str, Tensor]:
    """What all tensors of a program are, by name; of each that an operation gives, the sizes are
    what the program says."""
    values: dict[str, Tensor] = {}
    for name, stored in program.stored.items():
        values[name] = torch.rand(stored.sizes, device=device) + 0.5
    for name, each in program.inputs.items():
        values[name] = inputs.get(name, torch.randn(each.sizes, device=device))
        assert tuple(values[name].shape) == each.sizes
    for operation in program.operations:
        arguments = {n: _value(values, each) for n, each in operation.arguments.items()}
        function = OWN.get(operation.operator) or getattr(torch.ops.aten, operation.operator)
        (output,) = operation.outputs
        values[output.name] = function(**arguments)
        assert tuple(values[output.name].shape) == output.sizes, operation
    return values


def output(program: Program, **inputs: Tensor) -> Tensor:
    """What a program of one output gives."""
    (ref,) = program.outputs.values()
    return given(program, **inputs)[ref.name]


def _value(values: dict[str, Tensor], argument: Argument) -> Any:
    if isinstance(argument, Ref):
        return values[argument.name]
    if isinstance(argument, tuple):
        return [_value(values, part) for part in argument]
    return argument
