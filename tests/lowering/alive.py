"""The tensors that live while a lowered network runs."""

from __future__ import annotations

import weakref
from copy import deepcopy
from typing import Any

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from cnncalc.analysis.memory import memory
from cnncalc.network.graph import Graph
from cnncalc.runtime.lower import lower, samples

BATCH = 3


class Alive(TorchDispatchMode):
    """Adds up the bytes of all tensors that operations make, from birth to death."""

    def __init__(self, given: list[torch.Tensor]) -> None:
        super().__init__()
        self.known = weakref.WeakSet(tensor.untyped_storage() for tensor in given)
        self.now = self.most = 0

    def __torch_dispatch__(
        self, function: Any, types: Any, arguments: Any = (), named: Any = None
    ) -> Any:
        made = function(*arguments, **(named or {}))
        for tensor in tree_leaves(made):
            if isinstance(tensor, torch.Tensor):
                self.count(tensor.untyped_storage())
        return made

    def count(self, storage: torch.UntypedStorage) -> None:
        if storage not in self.known:
            self.known.add(storage)
            self.now += storage.nbytes()
            self.most = max(self.most, self.now)
            weakref.finalize(storage, self.free, storage.nbytes())

    def free(self, size: int) -> None:
        self.now -= size


def computed_and_seen(graph: Graph, lowered: nn.Module | None = None) -> tuple[int, int]:
    """Bytes of activations, the input among them."""
    network = (deepcopy(lowered).to("meta") if lowered else lower(graph, device="meta")).eval()
    given = samples(graph, BATCH, "meta")
    alive = Alive([*network.parameters(), *network.buffers(), *given])
    with torch.no_grad(), alive:
        network(*given)
    found = memory(graph, BATCH)
    inputs = sum(tensor.untyped_storage().nbytes() for tensor in given)
    return found.inference - found.weights, alive.most + inputs
