"""What autograd keeps of a forward pass."""

from __future__ import annotations

from weakref import WeakSet

import torch
from torch import nn
from torch.utils._pytree import tree_leaves

from cnncalc.network.graph import Graph
from cnncalc.runtime.lower import lower, samples
from tests.lowering.alive import BATCH, as_counted, storages


def packed(graph: Graph, device: str, batch: int = BATCH) -> int:
    """Bytes of the tensors that autograd keeps, of the inputs and of the outputs, as a lowered
    network trains."""
    network = lower(graph, device=device).train()
    given = samples(graph, batch, device)
    with as_counted(graph), Packing() as packing:
        made = tree_leaves(network(*given))
    return held([*given, *made, *packing.tensors()], network)


class Packed:
    """A tensor, as long as autograd keeps it."""

    def __init__(self, tensor: torch.Tensor) -> None:
        self.tensor = tensor.detach()  # an output would hold the operation that keeps it


class Packing(torch.autograd.graph.saved_tensors_hooks):
    """Notes what autograd packs within: what it drops again, as nothing has the result, is gone."""

    def __init__(self) -> None:
        self.packed: WeakSet[Packed] = WeakSet()
        super().__init__(self.pack, lambda packed: packed.tensor)

    def __enter__(self) -> Packing:
        super().__enter__()
        return self

    def pack(self, tensor: torch.Tensor) -> Packed:
        packed = Packed(tensor)
        self.packed.add(packed)
        return packed

    def tensors(self) -> list[torch.Tensor]:
        """Those that are kept now."""
        return [packed.tensor for packed in self.packed]


def held(tensors: list[torch.Tensor], network: nn.Module) -> int:
    """Bytes of their storages, each once, without the network's own."""
    own = storages((*network.parameters(), *network.buffers()))
    return sum(size for place, size in storages(tensors).items() if place not in own)
