"""The lowered network made ready to be measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import partial

import torch
from torch import Tensor, nn

from cnncalc.network.graph import Graph
from cnncalc.records import NamedTuple
from cnncalc.runtime.lower import lower, samples
from cnncalc.runtime.profile.device import DTYPES, Device

LAST = {4: torch.channels_last, 5: torch.channels_last_3d}
"""By the number of axes."""


class Measured(NamedTuple):
    """A network on a device, with a batch of input.

    called: the module as it is called, compiled if that was asked for
    cast: what the module is called within: autocast if that was asked for
    """

    graph: Graph
    module: nn.Module
    called: Callable[..., Tensor | dict[str, Tensor]]
    inputs: list[Tensor]
    optimizer: torch.optim.Optimizer
    cast: Callable[[], AbstractContextManager[object]] = nullcontext

    def forward(self) -> Tensor | dict[str, Tensor]:
        """One forward pass, as in inference."""
        if self.module.training:  # the call goes through all modules: not in each round
            self.module.eval()
        with torch.inference_mode(), self.cast():
            return self.called(*self.inputs)

    def step(self) -> None:
        """A forward pass, its backward, and a step of the optimizer."""
        if not self.module.training:
            self.module.train()
        self.clear()
        self.loss().backward()  # type: ignore[no-untyped-call]
        self.optimizer.step()

    def clear(self) -> None:
        """Free the gradients."""
        self.optimizer.zero_grad(set_to_none=True)

    def loss(self) -> Tensor:
        """The sum of all outputs: the backward pass needs a number to begin with."""
        with self.cast():
            given = self.called(*self.inputs)
        heads = given.values() if isinstance(given, dict) else [given]
        return torch.stack([head.float().sum() for head in heads]).sum()


def measured(
    graph: Graph,
    device: Device,
    batch: int,
    channels_last: bool,
    compiled: bool,
    autocast: str | None = None,
    state: Mapping[str, Tensor] | None = None,
) -> Measured:
    """The network with `state`, or weights of its own, on the device, in its type of numbers."""
    network = lower(graph)
    if state is not None:
        network.load_state_dict(state, strict=False)
    return prepared(graph, network, device, batch, channels_last, compiled, autocast)


def prepared(
    graph: Graph,
    module: nn.Module,
    device: Device,
    batch: int,
    channels_last: bool = False,
    compiled: bool = False,
    autocast: str | None = None,
) -> Measured:
    """A module that takes what the network does, moved to the device and cast."""
    module = module.to(device.torch_device, device.type)
    inputs = [_cast(each, device) for each in samples(graph, batch, device.torch_device)]
    if channels_last:
        for tensor in (*module.parameters(), *module.buffers()):
            tensor.data = _last(tensor.data)
        inputs = [_last(each) for each in inputs]
    trained = [p for p in module.parameters() if p.requires_grad]
    optimizer = torch.optim.SGD(trained or [torch.zeros(1)], lr=1e-6, momentum=0.9)
    called = torch.compile(module) if compiled else module
    cast = partial(torch.autocast, device.torch_device.type, DTYPES[autocast]) if autocast else None
    return Measured(graph, module, called, inputs, optimizer, cast or nullcontext)


def _cast(tensor: Tensor, device: Device) -> Tensor:
    """Indices stay whole numbers."""
    return tensor.to(device.type) if tensor.is_floating_point() else tensor


def _last(tensor: Tensor) -> Tensor:
    """With channels last in memory; what has no height and width stays as it is."""
    form = LAST.get(tensor.dim())
    return tensor.to(memory_format=form) if form else tensor
