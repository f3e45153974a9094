"""PyTorch's own `FlopCounterMode`, on a CPU: matrix products and convolutions, 2 a MAC."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.analysis.conventions.called import Function, Run, functions
from cnncalc.analysis.conventions.convention import Convention, Taken
from cnncalc.layers.base import Weight

LENGTH = "original0"
"""How the name of the lengths ends that a weight is computed from, besides its directions."""

RECURRENT = ("torch.rnn_tanh", "torch.gru", "torch.lstm")


def count(run: Run) -> Iterator[Taken]:
    """Two for each MAC that it sees."""
    for call in functions(run):
        yield Taken(2 * seen(call))


def seen(call: Function) -> int:
    """The MACs of a call, unless a kernel does them in one."""
    return stepped(call) if call.name in RECURRENT else call.products


def stepped(call: Function) -> int:
    """Of a recurrent layer, weight by weight; an LSTM is one kernel, but for one that projects."""
    if call.name == "torch.lstm" and not call.options.get("proj_size"):
        return 0
    weights: tuple[Weight, ...] = call.options["weights"]
    matrices = (w.size for w in weights if len(w.shape) > 1 and not w.name.endswith(LENGTH))
    return call.reads[0][0] * call.number("steps") * sum(matrices)


PYTORCH = Convention(
    "pytorch",
    "2.13.0",
    "FLOPs",
    count,
    {
        "conv": "2 a MAC",
        "attention": "2 a MAC of the projections; no fused product, no LSTM",
    },
)
