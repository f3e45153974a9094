"""A layer worked out, on a terminal: the window in its input, the output, one sum in full."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from textwrap import fill

from cnncalc.layers.base import times
from cnncalc.report.worked.grids import Sheet, beside, sheets
from cnncalc.report.worked.sums import equation
from cnncalc.worked.array import Array
from cnncalc.worked.by_value import in_row
from cnncalc.worked.working import Place, Working

MOST = 4
"""Channels that are shown of those that an output reads."""

WIDTH = 100


def to_text(kind: str, working: Working, at: Place, outputs: Array, width: int | None) -> str:
    """The input with its padding, the weights and the output, what the output `at` reads and itself
    in brackets; and how it comes about."""
    room = min(width or WIDTH, WIDTH)
    lines = [f"{kind}   {times(working.given)} -> {times(working.output)}"]
    for row in _rows(working, at, outputs):
        lines += ["", *beside(row, room)]
    place = ",".join(map(str, at))
    text = f"output {place} = {equation(kind, working.sum(at))}"
    lines += ["", fill(text, room, subsequent_indent="  ", break_long_words=False)]
    return "\n".join(lines) + "\n"


def _rows(working: Working, at: Place, outputs: Array) -> Iterator[Sequence[Sheet]]:
    """What stands side by side: each channel that is read with its weights, and beside the first
    the output."""
    window = set(working.window(at))
    channels, weights = working.channels(at), working.weights(at)
    padded = "input with padding" if _is_padded(working) else "input"
    several = working.padded.shape[0] > 1
    for turn, channel in enumerate(channels[:MOST]):
        name = f"{padded}, channel {channel}" if several else padded
        row = list(sheets(name, working.padded, channel, window))
        if weights:
            row += sheets("weights", weights, turn, ())
        yield [*row, _output(outputs, at)] if turn == 0 else row
    if len(channels) > MOST:
        yield [Sheet(f"and {len(channels) - MOST} more channels", ())]


def _is_padded(working: Working) -> bool:
    return len(working.padded.numbers) > prod(working.given)


def _output(outputs: Array, at: Place) -> Sheet:
    """The channel that the output stands in."""
    name = f"output, channel {at[0]}" if len(at) > 1 and outputs.shape[0] > 1 else "output"
    if len(at) == 1:
        return next(sheets(name, in_row(outputs), 0, {(0, *at)}))
    return next(sheets(name, outputs, at[0], {at[1:]}))
