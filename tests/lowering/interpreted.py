"""A graph run layer by layer, the plainest way: what the generated source must equal."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from cnncalc.network.graph import Graph, Node
from cnncalc.network.names import module_path
from cnncalc.runtime.lower import samples
from tests.torch_form import applied, module_of


def interpreted(graph: Graph, network: nn.Module, inputs: list[Tensor]) -> dict[Node, Tensor]:
    """The output of every layer, with the weights of the lowered `network`."""
    state = network.state_dict()
    every = network.named_parameters(remove_duplicate=False)  # shared ones by each of their names
    frozen = {name for name, weight in every if not weight.requires_grad}
    values: dict[Node, Tensor] = dict(zip(graph.inputs.values(), inputs, strict=True))
    with torch.no_grad():
        for node in graph.layers:
            assert node.layer
            form = node.layer.torch(*node.shapes)
            module = module_of(form).to(inputs[0].dtype).eval()
            prefix = f"{module_path(node.path)}."
            own = {k[len(prefix) :]: v for k, v in state.items() if k.startswith(prefix)}
            module.load_state_dict(own, strict=True)
            for name, weight in module.named_parameters():
                weight.requires_grad_(prefix + name not in frozen)  # attention adds up otherwise
            values[node] = applied(form, module, *(values[read] for read in node.inputs))
    return values


def agrees(graph: Graph, network: nn.Module, seed: int) -> bool:
    """Whether the lowered network gives the same for all outputs, to the last bit."""
    torch.set_num_threads(1)
    network.eval()
    torch.manual_seed(seed)
    inputs = samples(graph, 2)
    expected = interpreted(graph, network, inputs)
    with torch.no_grad():
        given = network(*inputs)
    found = given if isinstance(given, dict) else {"output": given}
    heads = graph.heads
    return all(
        torch.equal(found[name].nan_to_num(7e7), expected[node].nan_to_num(7e7))
        for name, node in heads.items()
    )
