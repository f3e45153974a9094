"""The tensors that live while a lowered network runs."""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from copy import deepcopy
from typing import Any

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.checkpoint import checkpoint

from cnncalc.analysis.memory import Optimizer, memory, training
from cnncalc.network.graph import Graph
from cnncalc.runtime.lower import lower, samples
from tests.layers.test_kept import step_by_step

BATCH = 3

RECURRENT = ("rnn", "lstm", "gru")
"""Kinds of which oneDNN would compute a layer in one."""


def as_counted(graph: Graph) -> AbstractContextManager[None]:
    """With the kernels whose tensors are counted."""
    recurrent = any(node.layer and node.layer.kind in RECURRENT for node in graph.layers)
    return step_by_step() if recurrent else nullcontext()


def storages(tensors: Iterable[torch.Tensor]) -> dict[int, int]:
    """The bytes of each storage, by where it is."""
    found = (tensor.untyped_storage() for tensor in tensors)
    return {storage._cdata: storage.nbytes() for storage in found}


def size(tensors: Iterable[torch.Tensor]) -> int:
    """Bytes of their storages, each once."""
    return sum(storages(tensors).values())


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


def computed_and_seen(
    graph: Graph, lowered: nn.Module | None = None, device: str = "meta"
) -> tuple[int, int]:
    """Bytes of activations, the input among them."""
    network = (deepcopy(lowered).to("meta") if lowered else lower(graph, device=device)).eval()
    given = samples(graph, BATCH, device)
    alive = Alive([*network.parameters(), *network.buffers(), *given])
    with as_counted(graph), torch.no_grad(), alive:
        network(*given)
    found = memory(graph, BATCH)
    return found.inference - found.weights, alive.most + size(given)


OPTIMIZERS: dict[str, Any] = {
    "sgd": lambda weights: torch.optim.SGD(weights, lr=0.1),
    "momentum": lambda weights: torch.optim.SGD(weights, lr=0.1, momentum=0.9),
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
}


def trained_and_seen(
    graph: Graph,
    optimizer: Optimizer,
    device: str = "meta",
    recompute: str = "",
    accumulate: bool = False,
) -> tuple[int, int]:
    """Bytes at the peak of a step, with weights and what the optimizer keeps; the second step, as
    that is there from then on. The loss is the sum of all outputs. accumulate: with the gradients
    of the first one still there"""
    network = lower(graph, device=device).train()
    if recompute:
        checkpointed(network.get_submodule(recompute))
    given = samples(graph, BATCH, device)
    trained = [weight for weight in network.parameters() if weight.requires_grad]
    steps = OPTIMIZERS[optimizer](trained)
    with as_counted(graph):
        one_step(network, given, steps)
        if not accumulate:
            steps.zero_grad(set_to_none=True)
        gradients = [weight.grad for weight in trained if weight.grad is not None]
        there = [*network.parameters(), *network.buffers(), *given, *states(steps), *gradients]
        alive = Alive(there)
        with alive:
            _loss = both_ways(network, given)  # a loop has it still, as the optimizer steps
            steps.step()
    paths = (recompute,) if recompute else ()
    computed = training(graph, optimizer, recompute=paths, accumulate=accumulate).total(BATCH)
    return computed, alive.most + size(there)


def states(steps: torch.optim.Optimizer) -> list[torch.Tensor]:
    """What an optimizer keeps."""
    values = (value for own in steps.state.values() for value in own.values())
    return [value for value in values if isinstance(value, torch.Tensor)]


def one_step(network: nn.Module, given: list[torch.Tensor], steps: torch.optim.Optimizer) -> None:
    """Forward, backward, and the optimizer."""
    steps.zero_grad(set_to_none=True)
    _loss = both_ways(network, given)
    steps.step()


def both_ways(network: nn.Module, given: list[torch.Tensor]) -> torch.Tensor:
    """Forward and backward; the loss."""
    made = network(*given)
    loss = torch.stack([each.sum() for each in tree_leaves(made)]).sum()
    del made
    loss.backward()  # type: ignore[no-untyped-call]
    return loss


def checkpointed(module: nn.Module) -> None:
    """Have a module keep what it reads, and run again in the backward pass."""
    run = module.forward
    module.forward = lambda *read: checkpoint(run, *read, use_reentrant=False)  # type: ignore[method-assign]
