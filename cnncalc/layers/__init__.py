"""Every layer kind, by its name; the file of a family is imported when one of its is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module

from cnncalc.layers.base import Layer, known_kind

HOMES = {
    "conv": "convolution.conv",
    "conv_transpose": "convolution.conv",
    "locally_connected": "convolution.local",
    "deform_conv": "convolution.deform",
    "linear": "convolution.linear",
    "rbf": "historic.classic",
    "max_pool": "pooling.pool",
    "avg_pool": "pooling.pool",
    "lp_pool": "pooling.pool",
    "max_unpool": "pooling.unpool",
    "roi_align": "pooling.roi",
    "roi_pool": "pooling.roi",
    "psroi_pool": "pooling.roi",
    "subsample": "historic.classic",
    "blur_pool": "convolution.fixed",
    "fixed_filter": "convolution.fixed",
    "s_cells": "historic.neocognitron",
    "c_cells": "historic.neocognitron",
    "global_avg_pool": "pooling.adaptive",
    "global_max_pool": "pooling.adaptive",
    "gem_pool": "pooling.gem",
    "adaptive_avg_pool": "pooling.adaptive",
    "adaptive_max_pool": "pooling.adaptive",
    "mean": "pooling.reduction",
    "sum": "pooling.reduction",
    "max": "pooling.reduction",
    "min": "pooling.reduction",
    "norm": "pooling.reduction",
    "variance": "pooling.reduction",
    "std": "pooling.reduction",
    "batch_norm": "norms.norm",
    "mean_only_batch_norm": "norms.batch",
    "frozen_batch_norm": "norms.batch",
    "instance_norm": "norms.norm",
    "layer_norm": "norms.norm",
    "rms_norm": "norms.norm",
    "group_norm": "norms.norm",
    "local_response_norm": "norms.norm",
    "global_response_norm": "norms.response",
    "normalize": "norms.response",
    "identity": "pointwise.activation",
    "step": "pointwise.activation",
    "sigmoid": "pointwise.activation",
    "tanh": "pointwise.activation",
    "arctan": "pointwise.activation",
    "relu": "pointwise.activation",
    "relu6": "pointwise.activation",
    "leaky_relu": "pointwise.activation",
    "elu": "pointwise.activation",
    "selu": "pointwise.activation",
    "silu": "pointwise.activation",
    "softplus": "pointwise.activation",
    "hard_sigmoid": "pointwise.activation",
    "hard_swish": "pointwise.activation",
    "hard_tanh": "pointwise.activation",
    "softsign": "pointwise.activation",
    "log_sigmoid": "pointwise.activation",
    "celu": "pointwise.activation",
    "mish": "pointwise.activation",
    "quick_gelu": "pointwise.activation",
    "relu_squared": "pointwise.activation",
    "soft_shrink": "pointwise.activation",
    "hard_shrink": "pointwise.activation",
    "tanh_shrink": "pointwise.activation",
    "abs": "pointwise.activation",
    "square": "pointwise.activation",
    "sqrt": "pointwise.activation",
    "exp": "pointwise.activation",
    "log": "pointwise.activation",
    "reciprocal": "pointwise.activation",
    "gelu": "pointwise.activation",
    "threshold": "pointwise.activation",
    "prelu": "pointwise.activation",
    "softmax": "pointwise.competing",
    "log_softmax": "pointwise.competing",
    "activation": "pointwise.activation",
    "maxout": "pointwise.maxout",
    "glu": "pointwise.gated",
    "power": "pointwise.constant",
    "clamp": "pointwise.constant",
    "dropout": "pointwise.dropout",
    "alpha_dropout": "pointwise.dropout",
    "drop_path": "pointwise.dropout",
    "gaussian_noise": "pointwise.dropout",
    "flatten": "moving.reshape",
    "slice": "moving.reshape",
    "pad": "moving.reshape",
    "pad_channels": "moving.reshape",
    "crop": "moving.reshape",
    "upsample": "moving.upsample",
    "channel_shuffle": "moving.reshape",
    "pixel_shuffle": "moving.reshape",
    "pixel_unshuffle": "moving.pixels",
    "reshape": "moving.rearrange",
    "unflatten": "moving.rearrange",
    "permute": "moving.rearrange",
    "roll": "moving.rearrange",
    "flip": "moving.rearrange",
    "layer_scale": "norms.norm",
    "scale": "norms.norm",
    "shift": "pointwise.constant",
    "rnn": "sequences.recurrent",
    "lstm": "sequences.recurrent",
    "gru": "sequences.recurrent",
    "attention": "sequences.attention",
    "embedding": "sequences.sequence",
    "to_sequence": "sequences.sequence",
    "to_windows": "moving.partition",
    "from_windows": "moving.partition",
    "position": "sequences.sequence",
    "sinusoidal_position": "sequences.positions",
    "class_token": "sequences.sequence",
    "learned": "sequences.positions",
    "fixed": "sequences.positions",
    "by_offset": "sequences.offsets",
    "concat": "joins.join",
    "add": "joins.join",
    "subtract": "joins.join",
    "multiply": "joins.join",
    "divide": "joins.join",
    "maximum": "joins.join",
    "minimum": "joins.join",
    "average": "joins.join",
    "matmul": "joins.matmul",
    "foreign": "foreign",
}
"""The kinds in the order in which they are listed, and the file that each is in."""


class LayerKinds(Mapping[str, type[Layer]]):
    """The classes by kind. Those of a file that nobody asks for are not made."""

    def __getitem__(self, kind: str) -> type[Layer]:
        return known_kind(kind) or self._imported(kind)

    def _imported(self, kind: str) -> type[Layer]:
        import_module(f"{__name__}.{HOMES[kind]}")
        found = known_kind(kind)
        assert found, kind
        return found

    def __contains__(self, kind: object) -> bool:
        return kind in HOMES

    def __iter__(self) -> Iterator[str]:
        return iter(HOMES)

    def __len__(self) -> int:
        return len(HOMES)


LAYERS = LayerKinds()
