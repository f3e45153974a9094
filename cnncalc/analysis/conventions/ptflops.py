"""ptflops' `get_model_complexity_info`, by its default, the `pytorch` backend: modules by their
very class, and functions by name, whoever calls them."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from cnncalc.analysis.conventions.called import Function, Module, Run, functions, modules, ranked
from cnncalc.analysis.conventions.convention import Convention, Rules, Taken, by_rule


def outputs(run: Module | Function) -> int:
    """One for each value it gives."""
    return prod(run.gives)


def inputs(run: Module | Function) -> int:
    """One for each value it reads."""
    return prod(run.reads[0])


def biases(module: Module) -> int:
    """One for each value it gives, where it has a bias."""
    return prod(module.gives) if module.weight("bias") else 0


def weighted(module: Module) -> int:
    """Its MACs, and its biases."""
    (call,) = functions(module)
    return call.products + biases(module)


def norm(module: Module) -> int:
    """Two for each value with `affine`, a word that a layer norm does not have; else one."""
    return inputs(module) * (2 if module.arguments.get("affine") else 1)


def interpolated(call: Function) -> int:
    """One for each value of its output; by factors, rounded down."""
    if size := call.options.get("size"):
        return int(prod(size)) * prod(call.reads[0][:2])
    return inputs(call) * int(prod(call.options["scale_factor"]))


POOLS = [f"{way}{pool}" for way in ("", "Adaptive") for pool in ("MaxPool", "AvgPool")]
POOLING = [f"{way}{pool}" for way in ("", "adaptive_") for pool in ("max_pool", "avg_pool")]
WEIGHTED = (*ranked("nn.Conv"), *ranked("nn.ConvTranspose"), "nn.Linear")

MODULES: Rules = {
    **dict.fromkeys(WEIGHTED, weighted),
    **dict.fromkeys((*ranked("nn.BatchNorm"), *ranked("nn.InstanceNorm")), norm),
    **dict.fromkeys(("nn.GroupNorm", "nn.LayerNorm"), norm),
    **dict.fromkeys([f"nn.{name}" for pool in POOLS for name in ranked(pool)], inputs),
    **dict.fromkeys(
        ["nn.ReLU", "nn.PReLU", "nn.ELU", "nn.LeakyReLU", "nn.ReLU6", "nn.GELU"], outputs
    ),
    "nn.Upsample": outputs,
}

FUNCTIONS: Rules = {
    **dict.fromkeys(["F.relu", "F.prelu", "F.elu", "F.gelu", "F.silu", "F.softmax"], inputs),
    **dict.fromkeys([f"F.{name}" for pool in POOLING for name in ranked(pool)], inputs),
    **dict.fromkeys(["Tensor.mul", "Tensor.add"], inputs),
    "torch.bmm": lambda call: call.products,
    "F.interpolate": interpolated,
}


def count(run: Run) -> Iterator[Taken]:
    """A module, of one sample, and the function that it calls, of all, are both counted."""
    batch = run.gives[0]
    for each in by_rule(modules(run), MODULES, dict.fromkeys(WEIGHTED, biases), places=1):
        yield each._replace(whole=each.whole // batch, biases=each.biases // batch)
    yield from by_rule(functions(run), FUNCTIONS, {})


def missed(run: Run) -> Iterator[str]:
    """What it calls a zero-op."""
    known = (*MODULES, "nn.Sequential")
    return (module.name for module in modules(run) if module.name not in known)


PTFLOPS = Convention(
    "ptflops",
    "0.7.5",
    "MACs",
    count,
    {
        "conv": "no class derived from PyTorch's",
        "bias": "each as often as it is added",
        "norm": "2 a value with `affine`, which a layer norm does not call it, else 1",
        "activation": "a ReLU, a GELU twice, as a module and as a function; no sigmoid or tanh",
        "pool": "1 an input, and twice, as a module and as a function",
        "attention": "no class derived from PyTorch's",
        "other": "an upsampling twice",
    },
    missed,
)
