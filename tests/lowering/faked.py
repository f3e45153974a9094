"""Lowered networks of tensors without numbers, on a device that need not be there, and autocast."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn
from torch._subclasses.fake_tensor import FakeTensor, FakeTensorMode
from torch.utils._pytree import tree_leaves

from cnncalc.network.graph import Graph
from cnncalc.runtime.lower import lower, samples
from tests.lowering.alive import BATCH, OPTIMIZERS, Alive, size, states
from tests.lowering.at_once import run_at_once
from tests.lowering.packed import Packing, held

SHORT = {"bf16": torch.bfloat16, "fp16": torch.float16}


class Faked:
    """A lowered network and what it is given, of tensors without numbers. device: theirs"""

    def __init__(self, graph: Graph, device: str = "cuda:0") -> None:
        self.mode = FakeTensorMode(allow_non_fake_inputs=True)
        self.device = torch.device(device)
        self.network = lower(graph, device="meta")
        self.known: dict[int, torch.Tensor] = {}
        for module in self.network.modules():
            for own in (module._parameters, module._buffers):
                own.update({name: self.faked(t) for name, t in own.items() if t is not None})
            if "_flat_weights" in vars(module):
                names = module._flat_weights_names
                module._flat_weights = [getattr(module, name) for name in names]  # type: ignore
        self.given: list[torch.Tensor] = [
            FakeTensor(self.mode, t, self.device) for t in samples(graph, BATCH, "meta")
        ]

    def faked(self, tensor: torch.Tensor) -> torch.Tensor:
        """The same for the same."""
        if id(tensor) not in self.known:
            made: torch.Tensor = FakeTensor(self.mode, tensor.detach(), self.device)
            if isinstance(tensor, nn.Parameter):
                made = nn.Parameter(made, requires_grad=tensor.requires_grad)
            self.known[id(tensor)] = made
        return self.known[id(tensor)]

    def step(self, steps: torch.optim.Optimizer, autocast: str | None) -> None:
        """Forward with autocast, backward, and the optimizer."""
        steps.zero_grad(set_to_none=True)
        with cast(self.device, autocast):
            made = self.network(*self.given)
        loss = torch.stack([each.sum() for each in tree_leaves(made)]).sum()
        del made
        loss.backward()  # type: ignore[no-untyped-call]
        steps.step()

    def trained(self, optimizer: str, autocast: str | None) -> int:
        """Bytes at the peak of the second step, with weights and what the optimizer keeps."""
        weights = [weight for weight in self.network.train().parameters() if weight.requires_grad]
        with self.mode:
            steps = OPTIMIZERS[optimizer](weights)
            self.step(steps, autocast)
            steps.zero_grad(set_to_none=True)
            there = [*self.held(), *states(steps)]
            alive = Alive(there)
            with alive:
                self.step(steps, autocast)
        return alive.most + size(there)

    def rested(self, autocast: str | None) -> int:
        """Bytes at the peak of a forward pass as in inference, with weights. `torch.inference_mode`
        has operations seen as they are called; so it is done without, with autocast as there."""
        self.network.eval()
        alive = Alive(self.held())
        with self.mode, torch.no_grad(), cast(self.device, autocast, keep=False), alive:
            self.network(*self.given)
        return alive.most + size(self.held())

    def packed(self, autocast: str | None) -> int:
        """Bytes that autograd keeps, of inputs and of outputs."""
        with self.mode, cast(self.device, autocast), Packing() as packing:
            made = tree_leaves(self.network.train()(*self.given))
        return held([*self.given, *made, *packing.tensors()], self.network)

    def held(self) -> list[torch.Tensor]:
        """Weights, and what is given."""
        return [*self.network.parameters(), *self.network.buffers(), *self.given]


@contextmanager
def cast(device: torch.device, autocast: str | None, keep: bool = True) -> Iterator[None]:
    """Within autocast; `torch.autocast` would have none for a device that is not there. keep:
    whether casts of weights stay for others that read them"""
    if autocast is None:
        yield
        return
    with run_at_once(), torch.autocast(device.type, SHORT[autocast], cache_enabled=keep):
        yield
