"""What PyTorch's allocator of a CPU gives out in a step of training, as its profiler tells."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple
from unittest.mock import patch

import torch
from torch.profiler import ProfilerActivity, profile

from cnncalc.analysis.backward import Backward
from cnncalc.analysis.memory import Optimizer, training
from cnncalc.analysis.tensors import Made, Storage
from cnncalc.network.graph import Graph
from cnncalc.runtime.lower import lower, samples
from tests.lowering.alive import BATCH, OPTIMIZERS, one_step, size, states


class Allocated(NamedTuple):
    """Bytes at the peak of a step, with weights and what the optimizer keeps.

    most: at the peak; at: of which operation
    tensors: at the peak of what lives longer than the operation that took it: tensors, without
        the workspaces of operations
    """

    most: int
    at: str
    tensors: int


class Taken(NamedTuple):
    """Memory taken or given back. operation: within which; None: within none"""

    size: int
    place: int
    operation: Any


def allocated(graph: Graph, optimizer: Optimizer, batch: int = BATCH) -> Allocated:
    """Of the second step, as what the optimizer keeps is there from then on."""
    network = lower(graph).train()
    given = samples(graph, batch)
    steps = OPTIMIZERS[optimizer]([w for w in network.parameters() if w.requires_grad])
    one_step(network, given, steps)
    steps.zero_grad(set_to_none=True)
    base = size([*network.parameters(), *network.buffers(), *given, *states(steps)])
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiled:
        one_step(network, given, steps)
    results = profiled.profiler.kineto_results
    moments = sorted(_taken(results.experimental_event_tree()), key=lambda pair: pair[0])
    return _peaks(base, [taken for _, taken in moments])


def _taken(tree: list[Any]) -> Iterator[tuple[int, Taken]]:
    """With the time of each."""
    waiting = [(event, None) for event in tree]
    while waiting:
        event, operation = waiting.pop()
        fields = event.extra_fields
        if hasattr(fields, "alloc_size"):
            yield event.start_time_ns, Taken(fields.alloc_size, fields.ptr, operation)
        elif operation is None and event.name.startswith("aten::"):
            operation = None if event.name in _several() else event
        waiting += [(child, operation) for child in event.children]


@cache
def _several() -> frozenset[str]:
    """The names that stand for several operations, whatever they are called with."""
    has = torch._C._dispatch_has_kernel_for_dispatch_key
    alone: dict[str, bool] = {}
    for name in torch._C._dispatch_get_all_op_names():
        parted = has(name, "CompositeImplicitAutograd") and not has(name, "CPU")
        whole = name.partition(".")[0]
        alone[whole] = alone.get(whole, False) or not parted
    return frozenset(name for name, is_one in alone.items() if not is_one)


def _peaks(base: int, moments: list[Taken]) -> Allocated:
    """Of all that is taken, and of that without what the same operation gives back."""
    begun: dict[int, int] = {}
    brief: set[int] = set()
    for number, taken in enumerate(moments):
        if taken.size > 0:
            begun[taken.place] = number
            continue
        first = begun.pop(taken.place, None)
        if first is not None and _same(moments[first].operation, taken.operation):
            brief |= {first, number}
    now = most = tensors = lasting = 0
    at = "nothing"
    for number, taken in enumerate(moments):
        now += taken.size
        if now > most:
            most, at = now, taken.operation.name if taken.operation else "no operation"
        if number not in brief:
            lasting += taken.size
            tensors = max(tensors, lasting)
    return Allocated(base + most, at, base + tensors)


def _same(first: Any, other: Any) -> bool:
    return first is not None and other is not None and first.id == other.id


class InPlace(Backward):
    """A backward pass in which two gradients become one in the place of either that nothing else
    holds, as PyTorch has it where nobody counts its tensors."""

    def add(self, read: Made, tensor: Storage) -> None:
        before = self.gradients.get(read)
        alone = [
            each
            for each in (before, tensor)
            if each and each.holders == 1 and (each.each, each.fixed) == (read.each, read.fixed)
        ]
        if before is None or not alone:
            super().add(read, tensor)
            return
        self.gradients[read] = alone[0]
        self.ledger.let_go(tensor if alone[0] is before else before)


def in_place(graph: Graph, optimizer: Optimizer, batch: int = BATCH) -> int:
    """Bytes at the peak, computed so."""
    with patch("cnncalc.analysis.memory.Backward", InPlace):
        return training(graph, optimizer).total(batch)
