"""thop's `profile`: modules by their very class."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from cnncalc.analysis.conventions.called import Module, Run, modules, ranked
from cnncalc.analysis.conventions.convention import Convention, Rules, Taken, by_rule


def outputs(module: Module) -> int:
    """One for each value it gives."""
    return prod(module.gives)


def nothing(module: Module) -> int:
    """Nothing, and said so."""
    return 0


def convolution(module: Module) -> int:
    """For each value of the output a window: of a transposed one too, which has none."""
    channels = module.reads[0][1] // module.number("groups")
    return prod(module.gives) * channels * prod(module.kernel)


def linear(module: Module) -> int:
    """Its MACs."""
    return prod(module.gives) * module.reads[0][-1]


def norm(module: Module) -> int:
    """Two for each value, four with a scale and a shift."""
    given = module.arguments
    affine = given.get("affine") or given.get("elementwise_affine")
    return prod(module.reads[0]) * (4 if affine else 2)


def prelu(module: Module) -> int:
    """One for each value it reads."""
    return prod(module.reads[0])


def softmax(module: Module) -> int:
    """An exponential, an addition and a division for each value."""
    together = module.reads[0][module.number("dim")]
    return prod(module.reads[0]) // together * (3 * together - 1)


def whole_mean(module: Module) -> int:
    """For each output its window, by what the sizes divide to, and one division."""
    ratios = [i / o for i, o in zip(module.reads[0][2:], module.gives[2:], strict=True)]
    return int((prod(ratios, start=1.0) + 1) * prod(module.gives))


def upsample(module: Module) -> int:
    """By its mode."""
    each = {"nearest": 1, "linear": 5, "bilinear": 11, "bicubic": 224 + 35}
    return prod(module.gives) * each.get(str(module.arguments["mode"]), 0)


FREE = (
    *("nn.ReLU", "nn.ReLU6", "nn.LeakyReLU", "nn.Dropout", "nn.PixelShuffle", "nn.ZeroPad2d"),
    *(*ranked("nn.MaxPool"), *ranked("nn.AdaptiveMaxPool"), "nn.Sequential"),
)

RULES: Rules = {
    **dict.fromkeys((*ranked("nn.Conv"), *ranked("nn.ConvTranspose")), convolution),
    **dict.fromkeys((*ranked("nn.BatchNorm"), *ranked("nn.InstanceNorm"), "nn.LayerNorm"), norm),
    **dict.fromkeys(ranked("nn.AvgPool"), outputs),
    **dict.fromkeys(ranked("nn.AdaptiveAvgPool"), whole_mean),
    **dict.fromkeys(FREE, nothing),
    "nn.Linear": linear,
    "nn.PReLU": prelu,
    "nn.Softmax": softmax,
    "nn.Upsample": upsample,
}


def count(run: Run) -> Iterator[Taken]:
    """Of modules that have a rule."""
    return by_rule(modules(run), RULES, {}, places=2)


def missed(run: Run) -> Iterator[str]:
    """What it finds no rule for."""
    return (module.name for module in modules(run) if module.name not in RULES)


THOP = Convention(
    "thop",
    "0.1.1-2209072238",
    "MACs",
    count,
    {
        "conv": "a transposed convolution by its output; no class derived from PyTorch's",
        "norm": "2 a value, 4 with `affine`; a group norm not at all",
        "activation": "a softmax at 3 a value, no rectifier",
        "pool": "a mean at 1 an output; of a whole map at 1 an input, and 1",
        "attention": "no class derived from PyTorch's",
        "other": "an upsampling at 1 a value, bilinear at 11",
    },
    missed,
)
