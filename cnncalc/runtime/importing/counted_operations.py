"""The MACs of each operation of a program, by PyTorch's own counter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.export import ExportedProgram
from torch.fx import Interpreter, Node
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from cnncalc.runtime.importing.traced import quietly


def macs_of_each(exported: ExportedProgram, batch: int) -> Mapping[str, int] | None:
    """By the name of the operation's first output, for one sample of `batch`; what neither follows
    from the inputs nor is made for each sample is counted as it is. Nothing is computed. None where
    it cannot be run so."""
    given = set(exported.graph_signature.user_inputs)
    try:
        with quietly(), torch.no_grad(), FakeTensorMode(allow_non_fake_inputs=True):
            counter = FlopCounterMode(display=False)
            run = _Counting(exported.graph_module, counter)
            inputs = [
                _like(node.meta["val"]) for node in exported.graph.nodes if node.op == "placeholder"
            ]
            plain = sdpa_kernel(SDPBackend.MATH), torch.backends.mkldnn.flags(enabled=False)
            with counter, plain[0], plain[1]:
                run.run(*inputs)
    except Exception:
        return None
    depends = _depending(exported, given)
    found: dict[str, int] = {}
    for node, flops in run.flops.items():
        of_samples = node in depends or _sizes(node)[:1] == (batch,)
        each, rest = divmod(flops, 2 * batch if of_samples else 2)
        if rest:
            return None
        name = node.name if isinstance(node.meta.get("val"), Tensor) else f"{node.name}.0"
        found[name] = each
    return found


class _Counting(Interpreter):
    """Runs a graph, and notes what each of its nodes adds to the count."""

    def __init__(self, module: torch.fx.GraphModule, counter: FlopCounterMode) -> None:
        super().__init__(module)
        self.counter = counter
        self.flops: dict[Node, int] = {}

    def run_node(self, n: Node) -> Any:
        before = self.counter.get_total_flops()
        made = super().run_node(n)
        added = self.counter.get_total_flops() - before
        if added:
            self.flops[n] = int(added)
        return made


def _sizes(node: Node) -> tuple[int, ...]:
    value = node.meta.get("val")
    return tuple(value.shape) if isinstance(value, Tensor) else ()


def _like(value: Any) -> Any:
    """A tensor that is as large, and no more."""
    if not isinstance(value, Tensor):
        return value
    sizes = tuple(map(int, value.shape))
    return torch.empty(sizes, dtype=value.dtype)


def _depending(exported: ExportedProgram, given: set[Any]) -> set[Node]:
    """The nodes that follow from what the network reads."""
    found: set[Node] = set()
    for node in exported.graph.nodes:
        if node.name in given or any(each in found for each in node.all_input_nodes):
            found.add(node)
    return found
