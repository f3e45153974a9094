"""Nodes to operations: a small function each, a file for each family of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cnncalc.runtime.importing.onnx.families import (
    activation_nodes,
    arithmetic_nodes,
    convolution_nodes,
    moving_nodes,
    norm_nodes,
    pool_nodes,
    product_nodes,
    recurrent_nodes,
    resize_nodes,
    view_nodes,
)
from cnncalc.runtime.importing.onnx.node_call import NodeCall

FAMILIES = (
    convolution_nodes,
    pool_nodes,
    norm_nodes,
    activation_nodes,
    arithmetic_nodes,
    product_nodes,
    view_nodes,
    moving_nodes,
    resize_nodes,
    recurrent_nodes,
)

OPERATORS: Mapping[str, Callable[[NodeCall], None]] = {
    name: function for family in FAMILIES for name, function in family.OPERATORS.items()
}
"""By the names of ONNX's operators; what each gives stands in the program then."""
