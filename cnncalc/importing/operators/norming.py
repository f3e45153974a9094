"""Norms."""

from __future__ import annotations

from typing import Any

from cnncalc.importing.layouts import whole
from cnncalc.importing.making import Called, Making, UnsayableError
from cnncalc.importing.program_values import Held, Laid
from cnncalc.importing.regrouping import (
    as_channels,
    kept_dimensions,
    of_sample,
    regrouped,
    split_batch,
)


def affine(weight: Held | None, bias: Held | None) -> dict[str, bool]:
    """The fields that say which of the two there are."""
    if (weight is None) == (bias is None):
        return {"affine": weight is not None}
    return {"scale": weight is not None, "shift": bias is not None}


def channels_second(making: Making, seen: Laid) -> Laid:
    """The tensor of a layer whose channels are the second dimension. Raises UnsayableError."""
    if len(seen.layout) < 2 or of_sample(seen.layout[0]):
        raise UnsayableError("its first dimension is not the batch alone")
    return as_channels(making, seen, 1)


def batch_norm(making: Making, call: Called) -> Laid:
    """By running statistics, or by those of what arrives: of all maps of all samples alike."""
    if len(call.seen().layout) < 2:
        raise UnsayableError("it has no channels")
    seen = as_channels(making, call.seen(), 1)
    weight, bias = call.weight("weight"), call.weight("bias")
    mean, variance = call.weight("running_mean"), call.weight("running_var")
    if mean is None and (call["training"] or call["use_input_stats"]):
        raise UnsayableError("its statistics are those of the batch")
    fields = {
        "eps": call["eps"],
        "momentum": call["momentum"],
        **affine(weight, bias),
    }
    weights = {"weight": weight, "bias": bias, "running_mean": mean, "running_var": variance}
    stored = [each for each in (weight, bias) if each]
    if stored and not any(each.trained for each in stored):
        frozen = {"eps": call["eps"]}
        return Laid(making.layer("frozen_batch_norm", frozen, [seen.draft], weights), seen.layout)
    return Laid(making.layer("batch_norm", fields, [seen.draft], weights), seen.layout)


def legit_batch_norm(making: Making, call: Called) -> tuple[Laid, None, None]:
    """The same, of which the statistics are not read."""
    return batch_norm(making, call), None, None


def instance_norm(making: Making, call: Called) -> Laid:
    """Each channel of each sample."""
    seen = channels_second(making, call.seen())
    weight, bias = call.weight("weight"), call.weight("bias")
    tracked = not call["use_input_stats"]
    fields = {
        **affine(weight, bias),
        "eps": call["eps"],
        "momentum": call["momentum"],
        "track": tracked,
    }
    weights = {"weight": weight, "bias": bias}
    if tracked:
        weights |= {"running_mean": call.weight("running_mean")}
        weights |= {"running_var": call.weight("running_var")}
    return Laid(making.layer("instance_norm", fields, [seen.draft], weights), seen.layout)


def group_norm(making: Making, call: Called) -> Laid:
    """Groups of channels; all of them are the values of a sample."""
    split_batch(call.seen().layout)
    seen = channels_second(making, call.seen())
    weight, bias = call.weight("weight"), call.weight("bias")
    fields = {"groups": call["num_groups"], **affine(weight, bias), "eps": call["eps"]}
    weights = {"weight": weight, "bias": bias}
    return Laid(making.layer("group_norm", fields, [seen.draft], weights), seen.layout)


def _over_last(making: Making, call: Called, kind: str, fields: dict[str, Any]) -> Laid:
    """A norm of the last dimensions."""
    seen, count = call.seen(), len(call["normalized_shape"])
    weight, bias = call.weight("weight"), call.weight("bias")
    weights = {"weight": weight, "bias": bias}
    rest = kept_dimensions(seen.layout[:-count])
    if not rest:
        moved = regrouped(making, seen, seen.layout[-count:])
        over = "channels" if len(moved.draft.shape) == 1 else "all"
        return Laid(
            making.layer(kind, {"over": over, **fields}, [moved.draft], weights), moved.layout
        )
    if count == 1:
        moved = as_channels(making, seen, len(seen.layout) - 1)
        return Laid(making.layer(kind, fields, [moved.draft], weights), moved.layout)
    together = tuple(atom for row in seen.layout[-count:] for atom in row)
    if together != whole(0, seen.draft.shape[0]):
        raise UnsayableError("a norm of several axes, but not of all")
    return Laid(making.layer(kind, fields, [seen.draft], weights), seen.layout)


def layer_norm(making: Making, call: Called) -> Laid:
    """To mean 0 and variance 1."""
    fields = {"eps": call["eps"], **affine(call.weight("weight"), call.weight("bias"))}
    return _over_last(making, call, "layer_norm", fields)


def native_layer_norm(making: Making, call: Called) -> tuple[Laid, None, None]:
    """The same, of which the statistics are not read."""
    return layer_norm(making, call), None, None


def rms_norm(making: Making, call: Called) -> Laid:
    """By the root of the mean square."""
    fields = {"eps": call["eps"], "affine": call.weight("weight") is not None}
    return _over_last(making, call, "rms_norm", fields)


OPERATORS = {
    "batch_norm": batch_norm,
    "_native_batch_norm_legit_no_training": legit_batch_norm,
    "instance_norm": instance_norm,
    "group_norm": group_norm,
    "layer_norm": layer_norm,
    "native_layer_norm": native_layer_norm,
    "rms_norm": rms_norm,
}
