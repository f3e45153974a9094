"""A graph run layer by layer, the plainest way: what the generated source must equal."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from cnncalc.lowering.names import module_path
from cnncalc.network.graph import Graph, Node
from tests.torch_form import applied, module_of


def interpreted(graph: Graph, network: nn.Module, inputs: list[Tensor]) -> dict[Node, Tensor]:
    """The output of every layer, with the weights of the lowered `network`."""
    state = network.state_dict()
    values: dict[Node, Tensor] = dict(zip(graph.inputs.values(), inputs, strict=True))
    with torch.no_grad():
        for node in graph.layers:
            assert node.layer
            form = node.layer.torch(*node.shapes)
            module = module_of(form).to(inputs[0].dtype).eval()
            prefix = f"{module_path(node.path)}."
            own = {k[len(prefix) :]: v for k, v in state.items() if k.startswith(prefix)}
            module.load_state_dict(own, strict=True)
            values[node] = applied(form, module, *(values[read] for read in node.inputs))
    return values
