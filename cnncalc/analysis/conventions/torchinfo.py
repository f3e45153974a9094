"""torchinfo's `total_mult_adds`: every weight times the places of the output."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from cnncalc.analysis.conventions.called import Module, Run, modules
from cnncalc.analysis.conventions.convention import Convention, Taken
from cnncalc.layers.base import Weight


def count(run: Run) -> Iterator[Taken]:
    """Of modules that hold no others."""
    for module in modules(run):
        if not module.holds:
            for weight in module.params:
                each = weight.size * times(module, weight)
                yield Taken(each, each if weight.name == "bias" else 0)


def times(module: Module, weight: Weight) -> int:
    """How often it takes a weight: of a convolution, for each place of the output; of any other
    once for a sample; where a name says more than `weight`, for each channel, as if that were a
    step. What has another name it does not take."""
    if weight.name in ("weight", "bias"):
        sides = module.gives[2:] if "Conv" in module.name else ()
        return module.gives[0] * prod(sides)
    named = "weight" in weight.name or "bias" in weight.name
    return prod(module.gives[:2]) if named else 0


TORCHINFO = Convention(
    "torchinfo",
    "1.8.0",
    "MACs",
    count,
    {
        "conv": "a linear layer's weights once, however many places it is applied to;"
        " a transposed convolution by its output",
        "bias": "each as often as it is added; of a linear layer once",
        "norm": "each scale and shift once, whatever the size of the map",
        "attention": "no products of its own, recurrent weights for each feature of the output",
        "other": "each trained number once",
    },
)
