"""fvcore's `FlopCountAnalysis`: operators of a trace, a MAC each."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from cnncalc.analysis.conventions.called import ONCE, Function, Run, functions, modules, ranked
from cnncalc.analysis.conventions.convention import Convention, Rules, Taken


def products(call: Function) -> int:
    """Its MACs."""
    return call.products


def batch_norm(call: Function) -> int:
    """Two for each value, one without a scale: in inference it is a factor and a summand."""
    if call.options.get("training"):
        return norm(call)
    return prod(call.reads[0]) * len(call.reads[:2])


def norm(call: Function) -> int:
    """Five for each value, four without a scale: fvcore calls it a rough estimate."""
    return prod(call.reads[0]) * (5 if call.reads[1:] else 4)


def inputs(call: Function) -> int:
    """One for each value read."""
    return prod(call.reads[0])


def interpolated(call: Function) -> int:
    """Of maps alone: each value once, four times where it lies between four."""
    mode = call.options.get("mode", "bilinear")
    return prod(call.gives) * {"nearest": 1, "bilinear": 4}.get(mode, 0) * (len(call.gives) == 4)


RULES: Rules = {
    **dict.fromkeys(ranked("conv"), products),
    **dict.fromkeys(ranked("conv_transpose"), products),
    "linear": products,
    "matmul": products,
    "bmm": products,
    "batch_norm": batch_norm,
    "group_norm": norm,
    "layer_norm": norm,
    "instance_norm": norm,
    "adaptive_avg_pool2d": inputs,
    "interpolate": interpolated,
    "grid_sample": interpolated,
}


def count(run: Run) -> Iterator[Taken]:
    """Of operators that have a rule."""
    for call in functions(run):
        if rule := RULES.get(call.operator):
            yield Taken(rule(call))


def stops(run: Run) -> bool:
    """Whether weights are computed once a run: PyTorch traces none."""
    return any(module.name in ONCE for module in modules(run))


SAYS = {
    "norm": "a batch norm at 2 a value, at 1 without a scale; other norms at 5 and 4",
    "pool": "means of whole maps at 1 an input, no other pool",
    "attention": "the projections, but no fused product and no recurrent layer",
    "other": "an upsampling at 1 a value, bilinear at 4",
}

FVCORE = Convention("fvcore", "0.1.5.post20221221", "MACs", count, SAYS, stops=stops)
