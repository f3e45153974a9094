"""ONNX files of 1,000 to 10,000 nodes, in chains of four sorts: time must grow as they do."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy
import onnx
from onnx import NodeProto, TensorProto, helper, numpy_helper

from benchmarks.measure import Result, at_most, exponent, seconds
from cnncalc.runtime.importing.imported_model import of_onnx

CHANNELS = 4
NODES = (1_000, 3_000, 10_000)
FEWER = (300, 1_200)
"""Where each is run a few times only."""

Step = Callable[[str, str], list[NodeProto]]
"""Nodes from a tensor to a tensor, each with others of its own between."""


def onnx_chains(rounds: int) -> Iterator[Result]:
    """The power of the nodes by which the processor's time of an import grows."""
    sizes = NODES if rounds > len(NODES) else FEWER
    for name, step in CHAINS.items():
        times = {size: _time(step, size) for size in sizes}
        power = exponent([*times], [*times.values()])
        yield at_most(f"import of ONNX {name}, growth of its time", power, 1.15, "power")


def _time(step: Step, nodes: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "chain.onnx"
        onnx.save(chain(step, nodes), file)
        return seconds(lambda: of_onnx(str(file), []))


def chain(step: Step, nodes: int) -> onnx.ModelProto:
    """A model of so many nodes, the same few again and again, in names of no modules."""
    made: list[NodeProto] = []
    last = "x"
    while len(made) < nodes:
        behind = f"t{len(made)}"
        made += step(last, behind)
        last = behind
    arrays = {
        "w": numpy.ones((CHANNELS, CHANNELS, 1, 1), numpy.float32),
        **{name: numpy.ones(CHANNELS, numpy.float32) for name in "sbmv"},
    }
    stored = []
    for node in made:
        for place, name in enumerate(node.input):
            if name in arrays:  # each node has weights of its own
                node.input[place] = f"{node.output[0]}.{name}"
                stored.append(numpy_helper.from_array(arrays[name], node.input[place]))
    shape = (1, CHANNELS, 8, 8)
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in ("x", last)]
    graph = helper.make_graph(made, "chain", ends[:1], ends[1:], stored)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)


def convolutions(read: str, give: str) -> list[NodeProto]:
    """A convolution and an activation."""
    return [node("Conv", [read, "w"], f"{give}.c"), node("Relu", [f"{give}.c"], give)]


def norms(read: str, give: str) -> list[NodeProto]:
    """A convolution, a batch norm and an activation."""
    return [
        node("Conv", [read, "w"], f"{give}.c"),
        node("BatchNormalization", [f"{give}.c", *"sbmv"], f"{give}.n"),
        node("Relu", [f"{give}.n"], give),
    ]


def residuals(read: str, give: str) -> list[NodeProto]:
    """Convolutions and what they read."""
    return [
        *convolutions(read, f"{give}.a"),
        node("Conv", [f"{give}.a", "w"], f"{give}.b"),
        node("Add", [f"{give}.b", read], give),
    ]


def branches(read: str, give: str) -> list[NodeProto]:
    """Two convolutions of the same, side by side and joined."""
    return [
        node("Conv", [read, "w"], f"{give}.a"),
        node("Conv", [read, "w"], f"{give}.b"),
        node("Mul", [f"{give}.a", f"{give}.b"], give),
    ]


def node(kind: str, read: list[str], give: str) -> NodeProto:
    """A node of one output, which has no name."""
    return helper.make_node(kind, read, [give])


CHAINS: Mapping[str, Step] = {
    "convolutions": convolutions,
    "batch norms": norms,
    "residuals": residuals,
    "branches": branches,
}
