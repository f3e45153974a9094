"""The PyTorch form of a layer as an expression, as a person would write it."""

from __future__ import annotations

from typing import Any

from cnncalc.layers.base import TorchModule
from cnncalc.lowering.code import Attribute, Call, Chain, Expression, Name, Value
from cnncalc.lowering.library import of_torch

SIZES = frozenset(["kernel_size", "stride", "padding", "dilation", "output_padding", "output_size"])
"""Arguments that take one number for all axes."""


def expression(form: TorchModule, frozen: bool = False) -> Expression:
    """The constructor of a layer's module; frozen: its parameters do not train."""
    if form.parts:
        return Chain(tuple(expression(part) for part in form.parts))
    arguments = [(name, _written(form, name, v)) for name, v in form.arguments.items()]
    positional = tuple(Value(value) for _, value in arguments[: form.positional])
    keywords = tuple((name, Value(value)) for name, value in arguments[form.positional :])
    defaults = tuple((name, _written(form, name, v)) for name, v in form.defaults.items())
    call = Call(Name(form.name), positional, keywords, defaults)
    if form.wrapper:
        call = Call(Name(form.wrapper), (call,))
    return Call(Attribute(call, "requires_grad_"), (Value(False),)) if frozen else call


def _written(form: TorchModule, name: str, value: Any) -> Any:
    """An argument's value; of PyTorch's own classes one number for all axes, where it is the same
    for each."""
    alike = isinstance(value, tuple) and len(set(value)) == 1
    if name in SIZES and alike and of_torch(form.name).startswith("nn."):
        return value[0] if form.name.endswith(f"{len(value)}d") else value
    return value
