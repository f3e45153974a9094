"""torchscan's `module_flops`: modules that hold no others, by their class or what it derives
from."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from cnncalc.analysis.conventions.called import Module, Run, modules, ranked
from cnncalc.analysis.conventions.convention import Convention, Rule, Rules, Taken
from cnncalc.analysis.conventions.of_own import TUPLE


def inputs(module: Module) -> int:
    """One for each value it reads."""
    return prod(module.reads[0])


def nothing(module: Module) -> int:
    """Nothing."""
    return 0


def of_each(count: int) -> Rule:
    """So many for each value."""
    return lambda module: count * inputs(module)


def convolution(module: Module) -> int:
    """For each value of the output a window, of a transposed one too: one less addition than
    products, and a bias."""
    terms = prod(module.kernel) * (module.reads[0][1] // module.number("groups"))
    return prod(module.gives) * (2 * terms - 1) + biases(module)


def transposed(module: Module) -> int:
    """As a convolution, and eight for its padding along each axis."""
    return 8 * len(module.kernel) + convolution(module)


def biases(module: Module) -> int:
    """One for each value it gives, where it has a bias."""
    return prod(module.gives) if module.weight("bias") else 0


def linear(module: Module) -> int:
    """Over what it reads but the last axis, which it takes for the features."""
    return outputs(module) * (2 * module.number("in_features") - 1) + shifts(module)


def shifts(module: Module) -> int:
    """A linear layer's biases."""
    return outputs(module) if module.weight("bias") else 0


def outputs(module: Module) -> int:
    """The values that it takes a linear layer to give."""
    return module.number("out_features") * prod(module.reads[0][:-1])


def batch_norm(module: Module) -> int:
    """Two for each value and each channel; four for each value with `affine`."""
    channels = module.number("num_features")
    return 2 * channels + inputs(module) * (4 if module.arguments["affine"] else 2)


def layer_norm(module: Module) -> int:
    """Six for each value, one more for a scale and for a shift, two for each mean."""
    means = inputs(module) // int(prod(module.arguments["normalized_shape"]))
    return inputs(module) * (6 + len(module.params)) + 2 * means


def dropout(module: Module) -> int:
    """A random number for each value, in inference too."""
    return inputs(module) if module.arguments.get("p", 0.5) > 0 else 0


def side(module: Module) -> int:
    """What it takes a window to hold: an `int` it does not square."""
    one = len(set(module.kernel)) == 1 and TUPLE not in module.arguments
    return module.kernel[0] if one else prod(module.kernel)


def max_pool(module: Module) -> int:
    """Comparisons within a window."""
    return prod(module.gives) * (side(module) - 1)


def avg_pool(module: Module) -> int:
    """Additions within a window, and a division along each axis."""
    return prod(module.gives) * (side(module) - 1 + len(module.gives) - 2)


def adaptive_window(module: Module) -> int:
    """What it takes a window to hold: where sizes do not divide, the rest and one."""
    sizes = zip(module.reads[0][2:], module.gives[2:], strict=True)
    return prod(i % o + 1 if i % o else i // o for i, o in sizes)


def adaptive_max_pool(module: Module) -> int:
    """Comparisons within a window."""
    return prod(module.gives) * (adaptive_window(module) - 1)


def adaptive_avg_pool(module: Module) -> int:
    """Additions within a window, and a division along each axis."""
    return prod(module.gives) * (adaptive_window(module) - 1 + len(module.gives) - 2)


MULTIHEAD = "nn.MultiheadAttention"


def understood(module: Module) -> bool:
    """Whether it finds queries, keys and values where it looks for them."""
    return module.base != MULTIHEAD or [len(read) for read in module.reads] == [3, 3, 3]


def attention(module: Module) -> int:
    """Of three sequences that arrive as features by steps, which it takes for steps by features:
    projections, products, a softmax."""
    if not understood(module):
        return 0
    batch, queries, _ = module.reads[0]
    keys, features = module.reads[1][1], module.number("embed_dim")
    bias, heads = bool(module.arguments["bias"]), module.number("num_heads")
    each = features // heads
    projected = (prod(read[:-1]) * features * (2 * read[-1] - 1 + bias) for read in module.reads)
    rows = batch * heads * queries
    weighed = rows * (each + keys * (2 * each - 1) + 3 * keys - 1 + each * (2 * keys - 1))
    written = features * batch * queries * (2 * features - 1 + bias)
    return sum(projected) + 1 + weighed + written


RULES: Rules = {
    **dict.fromkeys(ranked("nn.Conv"), convolution),
    **dict.fromkeys(ranked("nn.ConvTranspose"), transposed),
    **dict.fromkeys(ranked("nn.BatchNorm"), batch_norm),
    **dict.fromkeys(ranked("nn.MaxPool"), max_pool),
    **dict.fromkeys(ranked("nn.AvgPool"), avg_pool),
    **dict.fromkeys(ranked("nn.AdaptiveMaxPool"), adaptive_max_pool),
    **dict.fromkeys(ranked("nn.AdaptiveAvgPool"), adaptive_avg_pool),
    **dict.fromkeys(["nn.Identity", "nn.Flatten"], nothing),
    "nn.Linear": linear,
    MULTIHEAD: attention,
    "nn.LayerNorm": layer_norm,
    "nn.Dropout": dropout,
    "nn.ReLU": of_each(1),
    "nn.ReLU6": of_each(2),
    "nn.ELU": of_each(6),
    "nn.LeakyReLU": of_each(4),
    "nn.Tanh": of_each(6),
    "nn.Sigmoid": of_each(4),
}

BIASES: Rules = {
    **dict.fromkeys((*ranked("nn.Conv"), *ranked("nn.ConvTranspose")), biases),
    "nn.Linear": shifts,
}


def leaves(run: Run) -> Iterator[Module]:
    """Modules that hold no others."""
    return (each for each in modules(run) if each.base == MULTIHEAD or not each.holds)


def count(run: Run) -> Iterator[Taken]:
    """Of those that have a rule."""
    for module in leaves(run):
        known = module.base or module.name
        if rule := RULES.get(known):
            bias = BIASES.get(known)
            yield Taken(rule(module), bias(module) if bias else 0)


def stops(run: Run) -> bool:
    """Whether a weight is handed on as it is: PyTorch's tracker of modules, which it runs beside,
    asks it for a gradient while none are kept."""
    return any(module.name == "Learned" for module in modules(run))


def missed(run: Run) -> Iterator[str]:
    """What it does not support."""
    for module in leaves(run):
        if (module.base or module.name) not in RULES or not understood(module):
            yield module.name


TORCHSCAN = Convention(
    "torchscan",
    "0.2.0",
    "FLOPs",
    count,
    {
        "conv": "2 a MAC, an addition less for each sum; a transposed convolution by its output;"
        " a linear layer over channels by the wrong axis",
        "bias": "each as often as it is added",
        "norm": "4 a value with `affine`; only batch and layer norms",
        "activation": "a leaky ReLU and a sigmoid at 4 a value, a tanh at 6",
        "pool": "a square window by its side alone",
        "attention": "none of its products",
        "other": "a dropout at 1 a value, in inference too",
    },
    missed,
    stops,
)
