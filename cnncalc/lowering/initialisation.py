"""How weights begin: for each layer the scheme that suits the nonlinearity behind it."""

from __future__ import annotations

from collections.abc import Mapping

from cnncalc.layers.base import TorchModule
from cnncalc.network.graph import Graph, Node

HE, XAVIER = "he", "xavier"

SUITED = {"rectifier": HE, "squashing": XAVIER}


def schemes(graph: Graph) -> Mapping[Node, str]:
    """For convolutions and linear layers: He et al. 2015 where a rectifier follows, Glorot & Bengio
    2010 (Xavier) where a squashing function does, or none. What is linear in between does not
    count. All the same where the spec's `init` names a scheme, none where it says `pytorch`. Layers
    whose weight is not one tensor keep PyTorch's own."""
    weighted = [node for node in graph.layers if node.layer and node.layer.drawn]
    if graph.init == "pytorch":
        return {}
    if graph.init in (HE, XAVIER):
        return dict.fromkeys(weighted, graph.init)
    readers = graph.readers()
    ahead: dict[Node, str] = {}
    for node in reversed(graph.layers):
        found = [_scheme(reader, ahead) for reader in readers[node]]
        ahead[node] = HE if HE in found else XAVIER
    return {node: ahead[node] for node in weighted}


def _scheme(reader: Node, ahead: Mapping[Node, str]) -> str:
    """The scheme for what a layer reads."""
    assert reader.layer
    return SUITED.get(reader.layer.curve) or ahead[reader]


def torch_form(node: Node) -> TorchModule:
    """The PyTorch form of a layer."""
    assert node.layer
    return node.layer.torch(*node.shapes)
