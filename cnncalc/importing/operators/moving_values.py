"""Values that change their places, and maps of another size."""

from __future__ import annotations

from functools import partial
from typing import Any

from cnncalc.importing.making import Called, Making, UnsayableError
from cnncalc.importing.operators.convolving import Over
from cnncalc.importing.operators.taking_parts import as_axis
from cnncalc.importing.program_values import Laid
from cnncalc.importing.regrouping import (
    axis_name,
    same,
)


def upsampled(making: Making, call: Called, mode: str, rank: int) -> Laid:
    """To another size."""
    over = Over(making, call.seen(), rank)
    if over.extra:
        raise UnsayableError("several maps of a sample are resized")
    had, has = over.draft.shape[1:], call.sizes[2:]
    factors = call["scale_factors"]
    given = [call[f"scales{end}"] for end in ("_d", "_h", "_w", "")]
    scales = factors or tuple(each for each in given if each is not None)
    align = bool(call["align_corners"])
    if had == has:
        return over.seen(over.draft)
    if scales and len(scales) == rank:
        wanted = tuple(float(each) for each in scales)
        fields: dict[str, Any] = {"scale": same(tuple(map(_plain, wanted)))}
    else:
        fields = {"size": same(has)}
    fields |= {"mode": mode, "align_corners": align}
    return over.seen(making.layer("upsample", fields, [over.draft]))


def _plain(value: float) -> Any:
    return int(value) if value == int(value) else value


def roll(making: Making, call: Called) -> Laid:
    """What leaves a dimension comes back at its other end."""
    seen, dims = call.seen(), call["dims"]
    shifts = call["shifts"]
    if not dims:
        raise UnsayableError("all values are rolled as one")
    for shift, number in zip(shifts, dims, strict=True):
        number %= len(seen.layout)
        if not seen.layout[number] or shift == 0:
            continue
        seen, axis = as_axis(making, seen, number)
        fields = {"shift": shift, "axis": axis_name(axis, len(seen.draft.shape))}
        seen = Laid(making.layer("roll", fields, [seen.draft]), seen.layout)
    return seen


def flip(making: Making, call: Called) -> Laid:
    """From end to beginning."""
    seen = call.seen()
    for number in call["dims"]:
        number %= len(seen.layout)
        if not seen.layout[number]:
            continue
        seen, axis = as_axis(making, seen, number)
        fields = {"axis": axis_name(axis, len(seen.draft.shape))}
        seen = Laid(making.layer("flip", fields, [seen.draft]), seen.layout)
    return seen


def pixel_shuffle(making: Making, call: Called) -> Laid:
    """Channels become pixels."""
    over = Over(making, call.seen(), 2)
    fields = {"factor": call["upscale_factor"]}
    return over.seen(making.layer("pixel_shuffle", fields, [over.draft]))


def pixel_unshuffle(making: Making, call: Called) -> Laid:
    """Pixels become channels."""
    over = Over(making, call.seen(), 2)
    fields = {"factor": call["downscale_factor"]}
    return over.seen(making.layer("pixel_unshuffle", fields, [over.draft]))


def channel_shuffle(making: Making, call: Called) -> Laid:
    """Channels of all groups in turn."""
    over = Over(making, call.seen(), len(call.seen().layout) - 2)
    return over.seen(making.layer("channel_shuffle", {"groups": call["groups"]}, [over.draft]))


LINEAR = {1: "linear", 2: "bilinear", 3: "trilinear"}
RANKS = (1, 2, 3)
OPERATORS = {
    **{f"upsample_nearest{n}d": partial(upsampled, mode="nearest", rank=n) for n in RANKS},
    **{f"upsample_{LINEAR[n]}{n}d": partial(upsampled, mode="linear", rank=n) for n in RANKS},
    "upsample_linear1d": partial(upsampled, mode="linear", rank=1),
    "upsample_bicubic2d": partial(upsampled, mode="cubic", rank=2),
    "roll": roll,
    "flip": flip,
    "pixel_shuffle": pixel_shuffle,
    "pixel_unshuffle": pixel_unshuffle,
    "channel_shuffle": channel_shuffle,
    "native_channel_shuffle": channel_shuffle,
}
