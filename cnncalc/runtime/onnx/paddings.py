"""Paddings in an ONNX model that ONNX Runtime must leave where they are."""

from __future__ import annotations

import onnx_ir

POOLS = ("AveragePool", "MaxPool", "LpPool")


def keep_apart(model: onnx_ir.Model) -> None:
    """Have each padding in front of a pool name its axes, all of them, which leaves it as it is.

    ONNX Runtime makes one of a padding without axes and the pool behind it. It then refuses a pool
    that is padded by as much as its window, and leaves the zeros out of a maximum.
    """
    for node in model.graph:
        if node.op_type == "Pad" and any(
            use.node.op_type in POOLS for use in node.outputs[0].uses()
        ):
            _name_axes(model.graph, node)


def _name_axes(graph: onnx_ir.Graph, node: onnx_ir.Node) -> None:
    padded = node.inputs[0]
    assert padded is not None
    assert padded.shape is not None
    axes = onnx_ir.tensor([*range(len(padded.shape))], onnx_ir.DataType.INT64)
    named = onnx_ir.Value(
        name=f"{node.name}_axes",
        const_value=axes,
        shape=onnx_ir.Shape([len(padded.shape)]),
        type=onnx_ir.TensorType(axes.dtype),
    )
    graph.register_initializer(named)
    node.resize_inputs(4)
    node.replace_input_with(3, named)
