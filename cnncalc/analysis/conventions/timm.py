"""timm's published `gmacs`: what fvcore counts of timm's own modules, which do two things
otherwise than PyTorch's."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.analysis.conventions import fvcore
from cnncalc.analysis.conventions.called import Module, Run, functions
from cnncalc.analysis.conventions.convention import Convention, Taken

SQUEEZE = "nn.AdaptiveAvgPool2d"
"""The pool that a gate begins with, where it keeps the axes; timm takes `mean`, without a rule."""


def count(run: Run) -> Iterator[Taken]:
    """As fvcore does; and the products of attention, which it does not fuse."""
    if isinstance(run, Module) and run.name == SQUEEZE and set(run.gives[2:]) == {1}:
        return
    yield from fvcore.count(run)
    yield from (Taken(call.fused) for call in functions(run))


TIMM = Convention(
    "timm",
    "1.0.31",
    "MACs",
    count,
    {
        **fvcore.SAYS,
        "conv": "each weight that is standardized at 4 more",
        "attention": "all products, no recurrent layer",
        "pool": "means of whole maps at 1 an input, but in gates; no other pool",
    },
    stops=fvcore.stops,
)
