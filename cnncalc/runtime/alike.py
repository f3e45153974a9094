"""What was written of a network, run elsewhere, beside the network itself."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from cnncalc.layers.base import times
from cnncalc.network.graph import Graph
from cnncalc.runtime.lower import samples

BATCH = 3
"""Samples that it runs with: not as many as it was written with."""

TOLERANCE = 1e-3
"""How far an output may be off, as part of the largest number in it: float32, summed otherwise."""

ROUNDINGS = 10
"""How far it may be off where rounding alone moves the outputs further: as so many times that."""


class NoFormError(RuntimeError):
    """A network has no form of the kind that runs; the message says why."""


def check_alike(
    graph: Graph, network: nn.Module, run: Callable[[list[Tensor]], list[Tensor]], where: str
) -> None:
    """Raises NoFormError unless what runs somewhere gives the network's outputs."""
    given = _given(graph)
    names = list(graph.heads)
    pairs = zip(outputs(network, given), run(given), strict=True)
    for name, (expected, found) in zip(names, pairs, strict=True):
        if expected.shape != found.shape:
            here, there = times(expected.shape), times(found.shape)
            raise NoFormError(f"its {name} is {there} in {where}, {here} here")
        off = _off(expected, found)
        if off > TOLERANCE and off > ROUNDINGS * _rounding(network, given):
            raise NoFormError(f"its {name} in {where} is off by {off:.2g} of the largest number")


def outputs(network: Callable[..., object], given: list[Tensor]) -> list[Tensor]:
    """All of them, in their order."""
    with torch.no_grad():
        found = network(*given)
    every: list[Tensor] = list(found.values()) if isinstance(found, dict) else [found]  # type: ignore[list-item]
    return [each.detach() for each in every]  # one may be a parameter


def _given(graph: Graph) -> list[Tensor]:
    """The same in every run."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(0)
        return samples(graph, BATCH)


def _rounding(network: nn.Module, given: list[Tensor]) -> float:
    """How far PyTorch's own outputs are from those in doubles, as `_off`, at most."""
    single = outputs(network, given)
    exact = outputs(network.double(), [x.double() if x.is_floating_point() else x for x in given])
    network.float()
    return max(_off(one, other.double()) for one, other in zip(exact, single, strict=True))


def _off(expected: Tensor, found: Tensor) -> float:
    """How far apart they are at most, as part of the largest number expected. Where a number is
    beyond float32, it is in both, and nothing more can be told."""
    finite = expected.isfinite()
    if not torch.equal(finite, found.isfinite()):
        return float("inf")
    if not finite.all():
        return 0.0
    return float((expected - found).abs().max() / expected.abs().max().clamp(min=1e-30))
