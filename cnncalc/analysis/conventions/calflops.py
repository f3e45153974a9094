"""calflops' `calculate_flops`: DeepSpeed's way of 2023, with what that did not know yet."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from math import prod

from cnncalc.analysis.conventions import deepspeed
from cnncalc.analysis.conventions.called import ATTENDING, Function, Run, functions, ranked
from cnncalc.analysis.conventions.convention import Convention, Rules


def transposed(call: Function) -> int:
    """Two for each MAC, over the filters of a group by the groups once more; and the biases."""
    weight, groups = call.reads[1], call.number("groups")
    places = call.reads[0][0] * prod(call.reads[0][2:])
    macs = prod(weight[2:]) * call.reads[0][1] * (weight[1] // groups) * places
    return 2 * macs + biases(call)


def biases(call: Function) -> int:
    """Of the places that it would have, were it no transposed one."""
    if len(call.reads) < 3:
        return 0
    given: Iterator[tuple[int, ...]] = map(
        call.options.__getitem__, ("padding", "dilation", "stride")
    )
    sizes = zip(call.reads[0][2:], call.reads[1][2:], *given, strict=True)
    places = [
        (size + 2 * padding - (dilation * (kernel - 1) + 1)) // stride + 1
        for size, kernel, padding, dilation, stride in sizes
    ]
    return int(call.reads[1][1] * call.reads[0][0] * prod(places))


def interpolated(call: Function) -> int:
    """To a size, one for each place of it, of one channel alone; else one for each value read."""
    if call.options.get("scale_factor"):
        return prod(call.reads[0])
    return int(prod(call.options.get("size", ())))


def stops(run: Run) -> bool:
    """Whether an upsampling has a factor for each axis: it would raise a tuple to a power, unless
    there are as many samples."""
    upsampled = (call for call in functions(run) if call.name == "F.interpolate")
    return any(
        len(each.options.get("scale_factor", ())) not in (0, each.reads[0][0]) for each in upsampled
    )


TRANSPOSED = ranked("F.conv_transpose")
LATER = ("@", "torch.bmm", ATTENDING)

RULES: Rules = {
    **{name: rule for name, rule in deepspeed.RULES.items() if name not in LATER},
    **dict.fromkeys(TRANSPOSED, transposed),
    "F.interpolate": interpolated,
}

BIASES: Rules = {**deepspeed.BIASES, **dict.fromkeys(TRANSPOSED, biases)}

CALFLOPS = Convention(
    "calflops",
    "0.3.2",
    "FLOPs",
    partial(deepspeed.counted, rules=RULES, biased=BIASES, places=1),
    {
        **deepspeed.SAYS,
        "conv": "2 a MAC; a transposed one with groups too little",
        "attention": "2 a MAC of the projections, no fused product and no recurrent layer",
        "other": "an upsampling to a size for one channel alone",
    },
    stops=stops,
)
