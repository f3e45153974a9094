"""Groups that keep what they read alone, and run once more in the backward pass."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

from cnncalc.analysis.memory_use import groups_again
from cnncalc.network.graph import Graph
from cnncalc.network.names import module_path
from cnncalc.network.recipe import Recipe
from cnncalc.runtime.train.errors import TrainError


def run_again(graph: Graph, network: nn.Module, recipe: Recipe) -> None:
    """Have the groups do so that the recipe names. Raises TrainError where one cannot."""
    modules = dict(network.named_modules())
    for path in groups_again(graph, recipe):
        module = modules.get(module_path(path))
        if module is None or isinstance(module, nn.ModuleList):
            raise TrainError(
                f"recompute: `{path}` runs in parts, or with the weights of another group;"
                " name the group around it"
            )
        _wrap(module)


def _wrap(module: nn.Module) -> None:
    forward = module.forward

    def forward_again(*inputs: Any) -> Any:
        if not torch.is_grad_enabled():
            return forward(*inputs)
        return checkpoint(forward, *inputs, use_reentrant=False, context_fn=lambda: _both(module))

    module.forward = forward_again


def _both(module: nn.Module) -> tuple[AbstractContextManager[None], AbstractContextManager[None]]:
    """The first run counts its batch, and the second one does not."""
    return nullcontext(), _with_copies(module)


@contextmanager
def _with_copies(module: nn.Module) -> Iterator[None]:
    """What a run counts is left as it is: copies are changed in its place."""
    found = [
        (owner, name, buffer)
        for owner in module.modules()
        for name, buffer in owner.named_buffers(recurse=False)
    ]
    for owner, name, buffer in found:
        owner._buffers[name] = buffer.clone()
    try:
        yield
    finally:
        for owner, name, buffer in found:
            owner._buffers[name] = buffer
