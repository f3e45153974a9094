"""The receptive field of every output of every layer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import lcm
from time import thread_time

import torch

from cnncalc.analysis import Summary
from cnncalc.analysis.receptive import (
    AxisField,
    Channels,
    Interval,
    Receptive,
    channel_fields,
)
from cnncalc.layers.fields import counted
from cnncalc.network.graph import Node
from cnncalc.records import NamedTuple
from cnncalc.runtime.verify.channel_reach import Reached
from cnncalc.runtime.verify.matching import Ran
from cnncalc.runtime.verify.places import finding
from cnncalc.runtime.verify.reach import Found, reached
from cnncalc.runtime.verify.trace import Trace, Value
from cnncalc.verification import Check, Deviation

NAME = "receptive field"
MEANS = "reach of each output: all weights 1, max for sum"
UNTOLD = "the analysis gives no field"
SECONDS = 20.0
"""The time after which the rest is not checked."""


class _Tally(NamedTuple):
    """What was compared: layers that differ, and of these what read a layer that does already; all
    layers, those that have lost their place, and those of which it could not be told."""

    findings: list[Deviation]
    wrong: set[Node]
    behind: set[Node]
    layers: set[Node]
    lost: set[Node]
    opaque: dict[str, set[Node]]


def check_field(summary: Summary, trace: Trace, match: Ran) -> Check:
    """What each output of each channel sees, first to last, of an unbounded input; and which layers
    have no place in the input any more."""
    tally, outputs, complete = _Tally([], set(), set(), set(), set(), {}), 0, True
    ends = thread_time() + SECONDS
    fields = channel_fields(summary.graph, summary.receptive, summary.graph.layers)
    rank = max((len(node.shape) - 1 for node in summary.graph.inputs.values()), default=0)
    for axis in range(rank):
        margin = _margin(summary, fields, axis)
        for node, has in _of_layers(trace, match, axis, margin):
            outputs += _compare(node, axis, fields[node], has, tally)
            if thread_time() > ends:
                complete = False
                break
    return _check(summary, match, tally, outputs, complete)


def no_field() -> Check:
    """The check left out."""
    return Check(NAME, "", MEANS, (), ("left out by --no-field",))


def _of_layers(trace: Trace, match: Ran, axis: int, margin: int) -> Iterator[tuple[Node, Found]]:
    """What each layer reaches along an axis."""
    owners: dict[Value, list[Node]] = {}
    for node, seen in match.seen.items():
        owners.setdefault(seen.makes, []).append(node)
    for value, has in reached(trace, axis, margin):
        for node in owners.get(value, ()):
            yield node, has


def _margin(summary: Summary, told: Mapping[Node, Channels], axis: int) -> int:
    """Half as much again as the fields claim to reach beyond the input, so that too small a claim
    shows as well; a multiple of all steps, so that every layer keeps its phase."""
    fields = [*_claims(told, axis)]
    size = max(n.shape[axis + 1] for n in summary.graph.inputs.values() if len(n.shape) > axis + 1)
    beyond = [0]
    for node, field in fields:
        outputs = range(node.shape[axis + 1])
        for output in {*outputs[: field.period], *outputs[-field.period :]}:
            seen = field.sees(output)
            beyond += (-seen[0], seen[1] - size + 1) if seen else ()
    turn = lcm(*{field.step for _, field in fields})
    return -(-(max(beyond) * 3 // 2 + 4) // turn) * turn


def _claims(told: Mapping[Node, Channels], axis: int) -> Iterator[tuple[Node, AxisField]]:
    """What is said of each layer's channels: of some it may be known where of all it is not."""
    for node, channels in told.items():
        for field in {*_along(axis, channels.fields)}:
            if field:
                yield node, field


def _compare(node: Node, axis: int, channels: Channels, has: Found, tally: _Tally) -> int:
    """How many outputs were compared."""
    if isinstance(has, str):
        tally.opaque.setdefault(has, set()).add(node)
        return 0
    claims = _along(axis, channels.fields)
    if has is None:
        tally.lost.add(node)
        size = max(claim.size if claim else 0 for claim in claims)
        if size:
            _differs(tally, node, finding(node, f"field, axis {axis}", size, "none"))
        return 0
    if all(claim is None for claim in claims):
        tally.opaque.setdefault(UNTOLD, set()).add(node)
        return 0
    tally.layers.add(node)
    count = node.shape[axis + 1]
    found = _intervals(has, count)
    for kind, row, channel in _pairs(channels, has):
        claim = claims[kind]
        if claim is None:
            if any(found[row]):
                tally.opaque.setdefault(UNTOLD, set()).add(node)
            continue
        wrong = _wrong(claim, found[row], channels.fields[kind].at_most)
        if wrong is not None:
            several = f", channel {channel}" if len(claims) > 1 or len(found) > 1 else ""
            what = f"field, axis {axis}, output {wrong}{several}"
            said = finding(node, what, _text(claim.sees(wrong)), _text(found[row][wrong]))
            _differs(tally, node, said)
            break
    return count


def _along(axis: int, fields: Sequence[Receptive]) -> list[AxisField | None]:
    """The fields along one axis, of those that have a place there."""
    return [field.axes[axis] if field.axes and len(field.axes) > axis else None for field in fields]


def _pairs(channels: Channels, has: Reached) -> Iterator[tuple[int, int, int]]:
    """What is said of channels and what was found of them, by their places, and the first channel
    of which it is so."""
    met = set()
    for span, kind in channels.ranges.each:
        rows = has.of[span.start : span.stop]
        for row in torch.unique(rows).tolist():
            if (kind, row) not in met:
                met.add((kind, row))
                yield kind, row, span.start + int((rows == row).nonzero()[0])


def _wrong(claim: AxisField, found: Sequence[Interval | None], at_most: bool) -> int | None:
    """The first output of which something else was found than is claimed."""
    for output, seen in enumerate(found):
        said = claim.sees(output)
        if said != seen and not (at_most and _within(seen, said)):
            return output
    return None


def _within(inner: Interval | None, outer: Interval | None) -> bool:
    """Whether an interval is part of another."""
    if inner is None or outer is None:
        return inner is None
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _differs(tally: _Tally, node: Node, found: Deviation) -> None:
    """One fault gives one finding: what reads a layer that differs is only counted."""
    if tally.wrong.isdisjoint(node.inputs):
        tally.findings.append(found)
    else:
        tally.behind.add(node)
    tally.wrong.add(node)


def _intervals(has: Reached, count: int) -> list[list[Interval | None]]:
    """For each row, first and last input of each output on the input alone, of those on the
    canvas."""
    shift = (has.length - count) // 2
    highs, lows = has.rows[:, :, shift : shift + count].tolist()
    seen = [
        [
            (round(-low), round(high)) if high > float("-inf") else None
            for high, low in zip(*row, strict=True)
        ]
        for row in zip(highs, lows, strict=True)
    ]
    return [row + [None] * (count - len(row)) for row in seen]


def _text(interval: Interval | None) -> str:
    return f"{interval[0]} to {interval[1]}" if interval else "nothing"


def _check(summary: Summary, match: Ran, tally: _Tally, outputs: int, complete: bool) -> Check:
    unconfirmed = [
        f"{counted(len(nodes), 'layer')} behind {why}" for why, nodes in tally.opaque.items()
    ]
    if tally.behind:
        unconfirmed.append(f"{counted(len(tally.behind), 'layer')} that read what differs already")
    if not complete:
        unconfirmed.append(
            f"all but {counted(len(tally.layers), 'layer')}: {SECONDS:g} s were over"
        )
    compared = f"{counted(len(tally.layers), 'layer')}, {counted(outputs, 'output')}"
    if tally.lost:
        compared += f"; {len(tally.lost)} without a place"
    if not tally.layers and not tally.lost:
        compared = ""
        unconfirmed = unconfirmed or ["the input has no spatial axes"]
    return Check(NAME, compared, MEANS, tuple(tally.findings), tuple(unconfirmed))
