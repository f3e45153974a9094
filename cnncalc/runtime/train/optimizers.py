"""Optimizers, and what each parameter gets of them: its learning rate, its weight decay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from cnncalc.network.graph import Graph, Node, within
from cnncalc.network.names import module_path
from cnncalc.network.recipe import Adadelta, Adam, Adamw, Recipe, Rmsprop, Sgd


def optimizer(graph: Graph, network: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    """The recipe's, over what trains in the network. A group's `factor` is that of its rate."""
    groups = list(_groups(graph, network, recipe))
    kind, rate = recipe.optimizer, recipe.rate
    if isinstance(kind, Sgd):
        return torch.optim.SGD(groups, rate, kind.momentum, nesterov=kind.nesterov)
    if isinstance(kind, Rmsprop):
        return torch.optim.RMSprop(groups, rate, kind.decay, kind.epsilon, momentum=kind.momentum)
    if isinstance(kind, Adadelta):
        return torch.optim.Adadelta(groups, rate, kind.decay, kind.epsilon)
    classes: dict[type[Adam | Adamw], Any] = {Adam: torch.optim.Adam, Adamw: torch.optim.AdamW}
    made = classes[type(kind)](groups, rate, (kind.beta1, kind.beta2), kind.epsilon)
    assert isinstance(made, torch.optim.Optimizer)
    return made


def freeze(network: nn.Module, recipe: Recipe) -> None:
    """Keep what the recipe freezes from training."""
    for name, parameter in network.named_parameters():
        if any(within(name, module_path(part.path)) for part in recipe.freeze):
            parameter.requires_grad_(False)


@contextmanager
def at_rest(network: nn.Module) -> Iterator[None]:
    """What trains in a network does not meanwhile: gradients pass through it."""
    training = [weight for weight in network.parameters() if weight.requires_grad]
    for weight in training:
        weight.requires_grad_(False)
    try:
        yield
    finally:
        for weight in training:
            weight.requires_grad_(True)


def keep_statistics(network: nn.Module, recipe: Recipe) -> None:
    """Leave normalisations in what is frozen as they are: they count no batch."""
    for name, module in network.named_modules():
        if any(within(name, module_path(part.path)) for part in recipe.freeze):
            module.eval()


def _groups(graph: Graph, network: nn.Module, recipe: Recipe) -> Iterator[dict[str, Any]]:
    """Parameters with the same factor and the same decay."""
    decay = _decay(graph, network, recipe)
    found: dict[tuple[float, float], list[Tensor]] = {}
    for name, parameter in network.named_parameters():
        if parameter.requires_grad:
            key = _factor(name, recipe), decay[name]
            found.setdefault(key, []).append(parameter)
    for (factor, rate), parameters in found.items():
        yield {"params": parameters, "weight_decay": rate, "factor": factor}


def _factor(name: str, recipe: Recipe) -> float:
    """Of the innermost part that has one."""
    found = [f for f in recipe.rates if within(name, module_path(f.path))]
    return max(found, key=lambda factor: len(factor.path)).value if found else 1.0


def _decay(graph: Graph, network: nn.Module, recipe: Recipe) -> Mapping[str, float]:
    """Of each parameter. What scales, a norm or a trained factor, is one of the norms."""
    whole = recipe.weight_decay
    norms = {module_path(path) for node in graph.layers for path in _norms(node)}
    found = {}
    for prefix, module in network.named_modules(remove_duplicate=False):
        for name, _ in module.named_parameters(recurse=False):
            bias = name.startswith("bias")
            decays = whole.biases if bias else whole.norms or prefix not in norms
            found[f"{prefix}.{name}" if prefix else name] = whole.rate if decays else 0.0
    return found


def _norms(node: Node) -> Iterator[str]:
    """The path of a layer that scales, or of its parts that do."""
    if node.layer and node.layer.role in ("norm", "scale"):
        yield node.path
    elif node.layer:
        yield from (f"{node.path}.{part}" for part in node.layer.scaling)


# -- bounds ---------------------------------------------------------------------------------


def clip(parameters: list[Tensor], recipe: Recipe) -> None:
    """Bound the gradients: each value, then the length of all together."""
    if recipe.clip_value is not None:
        nn.utils.clip_grad_value_(parameters, recipe.clip_value)
    if recipe.clip_norm is not None:
        nn.utils.clip_grad_norm_(parameters, recipe.clip_norm)


@torch.no_grad()
def hold_norm(network: nn.Module, longest: float | None) -> None:
    """Shorten the weights of each unit to at most this length, if any (Srebro & Shraibman 2005):
    those of convolutions and linear layers that train."""
    if longest is None:
        return
    for module in network.modules():
        if not isinstance(module, nn.Linear | nn.modules.conv._ConvNd):
            continue
        weight = module.weight
        if weight.requires_grad:
            unit = 1 if isinstance(module, nn.modules.conv._ConvTransposeNd) else 0
            weight.copy_(torch.renorm(weight, 2, unit, longest))
