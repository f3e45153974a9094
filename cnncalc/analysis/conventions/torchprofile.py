"""torchprofile's `profile_macs`: operators of a trace."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from cnncalc.analysis.conventions import fvcore
from cnncalc.analysis.conventions.called import Function, Run, functions, ranked
from cnncalc.analysis.conventions.convention import Convention, Rules, Taken


def outputs(call: Function) -> int:
    """One for each value it gives."""
    return prod(call.gives)


def products(call: Function) -> int:
    """Its MACs."""
    return call.products


def convolution(call: Function) -> int:
    """For each value of the output a window, of a transposed one too; it tells the two by the
    channels."""
    weight = call.reads[1]
    channels = weight[1] if call.gives[1] == weight[0] else weight[0]
    return prod(call.gives) * channels * prod(weight[2:])


def norm(call: Function) -> int:
    """One for each value, without a scale none."""
    return prod(call.gives) if call.reads[1:] else 0


def interpolated(call: Function) -> int:
    """Four for each value that lies between four, of maps."""
    between = call.options.get("mode", "bilinear") == "bilinear"
    return 4 * prod(call.gives) * (between and len(call.gives) == 4)


def lstm(call: Function) -> int:
    """Its MACs; of states that are projected, as if they were computed so short."""
    directions = 2 if call.options["bidirectional"] else 1
    hidden = call.number("proj_size") or call.number("hidden_size")
    features = [call.reads[0][2], *[hidden * directions] * (call.number("num_layers") - 1)]
    macs = sum(4 * hidden * (each + hidden) for each in features)
    return call.reads[0][0] * call.number("steps") * directions * macs


POOLS = (*ranked("avg_pool"), *ranked("adaptive_avg_pool"))

RULES: Rules = {
    **dict.fromkeys((*ranked("conv"), *ranked("conv_transpose")), convolution),
    **dict.fromkeys(["linear", "matmul", "bmm"], products),
    **dict.fromkeys(["batch_norm", "instance_norm", "layer_norm", "group_norm"], norm),
    **dict.fromkeys((*POOLS, "mean", "mul", "leaky_relu"), outputs),
    "interpolate": interpolated,
    "grid_sample": interpolated,
    "lstm": lstm,
    "scaled_dot_product_attention": lambda call: call.fused,
}


def count(run: Run) -> Iterator[Taken]:
    """Of operators that have a rule."""
    for call in functions(run):
        if rule := RULES.get(call.operator):
            yield Taken(rule(call))


def stops(run: Run) -> bool:
    """Whether it cannot be traced, or fewer heads of keys than of queries arrive."""
    shared = (call.reads[0][1] != call.reads[1][1] for call in functions(run) if call.fused)
    return fvcore.stops(run) or any(shared)


TORCHPROFILE = Convention(
    "torchprofile",
    "0.1.0",
    "MACs",
    count,
    {
        "conv": "a transposed convolution by its output",
        "norm": "1 a value, without a scale none",
        "activation": "a leaky ReLU at 1 a value",
        "pool": "a mean at 1 an output",
        "join": "a product at 1 a value",
        "attention": "all products, no recurrent layer but an LSTM",
        "other": "a product at 1 a value, a bilinear upsampling at 4",
    },
    stops=stops,
)
