"""The PyTorch form of a layer as an expression, as a person would write it."""

from __future__ import annotations

from typing import Any

from cnncalc.layers.base import TorchModule
from cnncalc.lowering.code import Attribute, Call, Chain, Expression, Name, Value

POSITIONAL = {
    "nn.Conv": ("in_channels", "out_channels", "kernel_size"),
    "nn.ConvTranspose": ("in_channels", "out_channels", "kernel_size"),
    "nn.Linear": ("in_features", "out_features"),
    "nn.MaxPool": ("kernel_size",),
    "nn.AvgPool": ("kernel_size",),
    "nn.LPPool": ("norm_type", "kernel_size"),
    "nn.AdaptiveAvgPool": ("output_size",),
    "nn.AdaptiveMaxPool": ("output_size",),
    "nn.BatchNorm": ("num_features",),
    "nn.InstanceNorm": ("num_features",),
    "nn.GroupNorm": ("num_groups", "num_channels"),
    "nn.LocalResponseNorm": ("size",),
    "nn.Dropout": ("p",),
    "nn.ZeroPad": ("padding",),
    "nn.ChannelShuffle": ("groups",),
    "nn.PixelShuffle": ("upscale_factor",),
}
"""Arguments that everybody gives by position, by the beginning of the class name."""

DEFAULTS: dict[str, dict[str, Any]] = {
    "nn.Conv": {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "bias": True},
    "nn.ConvTranspose": {
        "stride": 1,
        "padding": 0,
        "output_padding": 0,
        "groups": 1,
        "bias": True,
        "dilation": 1,
    },
    "nn.Linear": {"bias": True},
    "nn.MaxPool": {"padding": 0, "dilation": 1, "ceil_mode": False},
    "nn.AvgPool": {"padding": 0, "ceil_mode": False, "count_include_pad": True},
    "nn.BatchNorm": {"eps": 1e-5, "momentum": 0.1, "affine": True, "track_running_stats": True},
    "nn.InstanceNorm": {
        "eps": 1e-5,
        "momentum": 0.1,
        "affine": False,
        "track_running_stats": False,
    },
    "nn.GroupNorm": {"eps": 1e-5, "affine": True},
    "nn.LocalResponseNorm": {"alpha": 1e-4, "beta": 0.75, "k": 1.0},
    "nn.LeakyReLU": {"negative_slope": 0.01},
    "nn.ELU": {"alpha": 1.0},
    "nn.Softplus": {"beta": 1.0},
    "nn.Upsample": {"mode": "nearest"},
}
"""PyTorch's defaults, which need not be written."""

SIZES = frozenset(["kernel_size", "stride", "padding", "dilation", "output_padding", "output_size"])
"""Arguments that take one number for all axes."""

WEIGHT_NORM = "weight_norm"


def expression(form: TorchModule, frozen: bool = False) -> Expression:
    """The constructor of a layer's module; frozen: its parameters do not train."""
    family = form.name.rstrip("d").rstrip("123")
    if form.parts:
        return Chain(tuple(expression(part) for part in form.parts))
    shared = form.name.startswith("nn.") and family != "nn.ZeroPad"
    arguments = {
        name: _collapsed(value) if shared and name in SIZES else value
        for name, value in form.arguments.items()
    }
    positional = tuple(
        Value(arguments.pop(name)) for name in POSITIONAL.get(family, ()) if name in arguments
    )
    defaults = dict(DEFAULTS.get(family, {}))
    if family in ("nn.MaxPool", "nn.AvgPool") and isinstance(positional[0], Value):
        defaults["stride"] = positional[0].value
    keywords = tuple((name, Value(value)) for name, value in arguments.items())
    call = Call(Name(form.name), positional, keywords, tuple(defaults.items()))
    if form.weight_norm:
        call = Call(Name(WEIGHT_NORM), (call,))
    return Call(Attribute(call, "requires_grad_"), (Value(False),)) if frozen else call


def _collapsed(value: Any) -> Any:
    """One number for a tuple of equal ones."""
    if isinstance(value, tuple) and value and len(set(value)) == 1:
        return value[0]
    return value
