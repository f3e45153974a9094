"""What autograd keeps of a forward pass."""

from __future__ import annotations

import torch
from torch import nn
from torch.utils._pytree import tree_leaves

from cnncalc.network.graph import Graph
from cnncalc.runtime.lower import lower, samples
from tests.layers.test_kept import step_by_step
from tests.lowering.alive import BATCH


def packed(graph: Graph, device: str, batch: int = BATCH) -> int:
    """Bytes of the tensors that autograd packs, of the inputs and of the outputs, as a lowered
    network trains."""
    network = lower(graph, device=device).train()
    given = samples(graph, batch, device)
    kept = list(given)
    with step_by_step(), packing(kept):
        kept += tree_leaves(network(*given))
    return held(kept, network)


def packing(into: list[torch.Tensor]) -> torch.autograd.graph.saved_tensors_hooks:
    """Within, what autograd packs is put into a list."""

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        into.append(tensor)
        return tensor

    return torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor)


def held(tensors: list[torch.Tensor], network: nn.Module) -> int:
    """Bytes of their storages, each once, without the network's own."""
    own = (*network.parameters(), *network.buffers())
    weights = {each.untyped_storage()._cdata for each in own}
    storages = {each.untyped_storage()._cdata: each.untyped_storage() for each in tensors}
    return sum(each.nbytes() for place, each in storages.items() if place not in weights)
