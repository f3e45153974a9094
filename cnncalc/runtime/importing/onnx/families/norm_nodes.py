"""Norms."""

from __future__ import annotations

from cnncalc.importing.program import Ref
from cnncalc.runtime.importing.onnx.node_call import NodeCall
from cnncalc.runtime.importing.onnx.program_writing import UnreadError

EPS = 1e-5
"""Where a file does not say it."""


def eps_of(call: NodeCall) -> float:
    """What keeps a division from zero."""
    return float(EPS if call["epsilon"] is None else call["epsilon"])


def batch_norm(call: NodeCall) -> None:
    """By running statistics."""
    if call["training_mode"]:
        raise UnreadError("its statistics are those of the batch")
    momentum = 0.9 if call["momentum"] is None else call["momentum"]
    call.give(
        "batch_norm",
        input=call.ref(),
        weight=call.weight(1),
        bias=call.weight(2),
        running_mean=call.buffer(3),
        running_var=call.buffer(4),
        training=False,
        momentum=round(1 - momentum, 6),
        eps=eps_of(call),
        cudnn_enabled=False,
    )


def learned(call: NodeCall, place: int, neutral: float) -> Ref | None:
    """A factor or a shift; None where the exporter wrote one that changes nothing."""
    if not call.has(place):
        return None
    name = call.inputs[place]
    if name in call.writing.made_up:
        array = call.writing.whole(name)
        if array is not None and (array == neutral).all():
            return None
    return call.weight(place)


def instance_norm(call: NodeCall) -> None:
    """Each channel of each sample."""
    call.give(
        "instance_norm",
        input=call.ref(),
        weight=learned(call, 1, 1),
        bias=learned(call, 2, 0),
        running_mean=None,
        running_var=None,
        use_input_stats=True,
        momentum=0.1,
        eps=eps_of(call),
        cudnn_enabled=False,
    )


def group_norm(call: NodeCall) -> None:
    """Groups of channels."""
    if call.sizes(1) != call.sizes()[1:2]:
        raise UnreadError("it has a factor for each group, where one for each channel is read")
    call.give(
        "group_norm",
        input=call.ref(),
        num_groups=call["num_groups"],
        weight=learned(call, 1, 1),
        bias=learned(call, 2, 0),
        eps=eps_of(call),
        cudnn_enabled=False,
    )


def layer_norm(call: NodeCall) -> None:
    """The last dimensions, to mean 0 and variance 1."""
    if any(call.outputs[1:]):
        raise UnreadError("its mean is read")
    call.give(
        "layer_norm",
        input=call.ref(),
        normalized_shape=call.sizes()[call.axis() :],
        weight=learned(call, 1, 1),
        bias=learned(call, 2, 0),
        eps=eps_of(call),
        cudnn_enable=False,
    )


def rms_norm(call: NodeCall) -> None:
    """The last dimensions, by the root of the mean square."""
    call.give(
        "rms_norm",
        input=call.ref(),
        normalized_shape=call.sizes()[call.axis() :],
        weight=learned(call, 1, 1),
        eps=eps_of(call),
    )


def local_response_norm(call: NodeCall) -> None:
    """Divided by what neighbouring channels hold."""
    size = call["size"]
    if size % 2 == 0:
        raise UnreadError(f"{size} neighbours, which no layer has on the same sides")
    call.give(
        "local_response_norm",
        self=call.ref(),
        size=size,
        alpha=1e-4 if call["alpha"] is None else call["alpha"],
        beta=0.75 if call["beta"] is None else call["beta"],
        k=1.0 if call["bias"] is None else call["bias"],
    )


def normalize(call: NodeCall) -> None:
    """Divided by a norm along a dimension, where that is not 0."""
    call.give("normalize", self=call.ref(), dim=(call.axis(),), p=float(call["p"] or 2), eps=1e-12)


OPERATORS = {
    "BatchNormalization": batch_norm,
    "InstanceNormalization": instance_norm,
    "GroupNormalization": group_norm,
    "LayerNormalization": layer_norm,
    "RMSNormalization": rms_norm,
    "LRN": local_response_norm,
    "LpNormalization": normalize,
}
