"""Forward and backward: the outputs, and a gradient for every parameter that trains."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, nn

from cnncalc.layers.fields import counted
from cnncalc.network.graph import Graph, Node
from cnncalc.network.names import module_path
from cnncalc.records import NamedTuple
from cnncalc.runtime.lower import samples
from cnncalc.runtime.verify.places import place, shape
from cnncalc.runtime.verify.trace import attempt
from cnncalc.verification import Check, Deviation

BATCH = 2
STOPS = ("step", "embedding")
"""Kinds that no gradient passes: their slope is 0, or their input an index."""


class _Parameter(NamedTuple):
    """A parameter as the spec has it. owner: the layer that decides whether it trains."""

    node: Node
    name: str
    tensor: Tensor
    owner: Node


def check_gradients(graph: Graph, network: nn.Module, device: str) -> Check:
    """The sum of all outputs, differentiated, on a batch of two."""
    found, error = _differentiated(network, samples(graph, BATCH, device))
    if error:
        fails = Deviation("", graph.path, "forward", "runs", error)
        return Check("gradients", "", f"backward of a batch of {BATCH}, on {device}", (fails,))
    parameters = list(_parameters(graph, network))
    ways = _ways(graph)
    reached = [p for p in parameters if p.node in ways or p.tensor.grad is not None]
    findings = [*_outputs(graph, found), *(f for p in reached for f in _gradient(p))]
    network.zero_grad()
    only = ", shapes only" if device == "meta" else ""
    without = len(parameters) - len(reached)
    unconfirmed = (
        [f"{counted(without, 'parameter')} before a `step`, or on no way to an output: no gradient"]
        if without
        else []
    )
    return Check(
        "gradients",
        f"{counted(len(reached), 'parameter')}, {counted(len(found), 'output')}",
        f"backward of a batch of {BATCH}, on {device}{only}",
        tuple(findings),
        tuple(unconfirmed),
    )


def _differentiated(network: nn.Module, inputs: list[Tensor]) -> tuple[Mapping[str, Tensor], str]:
    """The outputs by name, once the gradients are there; or why there are none."""
    network.zero_grad()
    with torch.enable_grad():
        given, error = attempt(network, inputs)
        found = given if isinstance(given, dict) else {"output": given}
        sums = [each.sum() for each in found.values() if each.requires_grad]
        if sums:
            torch.autograd.backward(sums)
    return found, error


def _parameters(graph: Graph, network: nn.Module) -> Iterator[_Parameter]:
    """Those of the spec that the network has."""
    named = dict(network.named_parameters(remove_duplicate=False))
    for node in graph.layers:
        for weight in node.weights:
            name = f"{module_path(node.path)}.{weight.name}"
            if name in named:
                yield _Parameter(node, name, named[name], node.origin(weight))


def _ways(graph: Graph) -> set[Node]:
    """The layers from which a gradient of some output can arrive."""
    ways = {graph.output, *graph.outputs.values()}
    for node in reversed(graph.layers):
        if node in ways and node.kind not in STOPS:
            ways.update(node.inputs)
    return ways - {node for node in graph.layers if node.kind == "step"}


def _outputs(graph: Graph, found: Mapping[str, Tensor]) -> Iterator[Deviation]:
    for name, node in graph.heads.items():
        wanted = (BATCH, *node.shape)
        has = tuple(found[name].shape) if name in found else ()
        if has != wanted:
            yield Deviation(node.path, place(node), f"output `{name}`", shape(wanted), shape(has))


def _gradient(parameter: _Parameter) -> Iterator[Deviation]:
    """A parameter that trains has one, of its shape; one that is frozen has none."""
    node, name, tensor, owner = parameter
    wanted = "none" if owner.frozen else shape(tensor.shape)
    has = "none" if tensor.grad is None else shape(tensor.grad.shape)
    if has != wanted:
        yield Deviation(name, place(node), "gradient", wanted, has)
