"""DeepSpeed's `FlopsProfiler`: functions by name, whoever calls them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from math import prod

from cnncalc.analysis.conventions.called import ATTENDING, Function, Run, functions, ranked
from cnncalc.analysis.conventions.convention import Convention, Rule, Rules, Taken, by_rule


def products(call: Function) -> int:
    """Two for each MAC."""
    return 2 * call.products


def biases(call: Function) -> int:
    """One for each value it gives, where it has a bias."""
    return prod(call.gives) if len(call.reads) > 2 else 0


def convolution(call: Function) -> int:
    """Two for each MAC, and the biases."""
    return products(call) + biases(call)


def inputs(call: Function) -> int:
    """One for each value it reads."""
    return prod(call.reads[0])


def batch_norm(call: Function) -> int:
    """Two for each value, one without a scale."""
    if call.options.get("training"):
        return norm(call)
    return inputs(call) * len(call.reads[:2])


def norm(call: Function) -> int:
    """Five for each value, four without a scale."""
    return inputs(call) * (5 if call.reads[1:] else 4)


def interpolated(call: Function) -> int:
    """To a size, one for each place of it, of one channel alone; by a factor, for each value."""
    if size := call.options.get("size"):
        return prod(size)
    return int(inputs(call) * prod(call.options["scale_factor"]))


CONVOLUTIONS = (*ranked("F.conv"), *ranked("F.conv_transpose"))
POOLS = [f"F.{way}{pool}" for way in ("", "adaptive_") for pool in ("max_pool", "avg_pool")]
CURVES = ("relu", "prelu", "elu", "leaky_relu", "relu6", "silu", "gelu", "softmax")

RULES: dict[str, Rule] = {
    **dict.fromkeys(CONVOLUTIONS, convolution),
    "F.linear": products,
    **dict.fromkeys([f"F.{name}" for name in CURVES], inputs),
    "F.batch_norm": batch_norm,
    **dict.fromkeys(["F.layer_norm", "F.group_norm", "F.instance_norm"], norm),
    **dict.fromkeys([name for pool in POOLS for name in ranked(pool)], inputs),
    **dict.fromkeys(["Tensor.mul", "Tensor.add"], inputs),
    "F.interpolate": interpolated,
    "torch.bmm": products,
    "@": products,
    ATTENDING: lambda call: 2 * call.fused,
}

BIASES: Rules = dict.fromkeys(CONVOLUTIONS, biases)


def counted(run: Run, rules: Rules, biased: Rules, places: int) -> Iterator[Taken]:
    """Of functions that have a rule."""
    return by_rule(functions(run), rules, biased, places)


SAYS: Mapping[str, str] = {
    "conv": "2 a MAC",
    "bias": "of convolutions, not of linear layers",
    "norm": "a batch norm at 2 a value, at 1 without a scale; other norms at 5 and 4",
    "activation": "1 a value, a ReLU6, a sigmoid or a tanh not at all",
    "pool": "1 an input",
    "attention": "2 a MAC, no recurrent layer",
    "other": "an upsampling to a size for one channel alone",
}

DEEPSPEED = Convention(
    "deepspeed", "0.19.8", "FLOPs", partial(counted, rules=RULES, biased=BIASES, places=0), SAYS
)
