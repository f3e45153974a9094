"""A profile as plain text."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import fill

from cnncalc.analysis.measured import Peak, Profile, Timing
from cnncalc.layers.fields import counted
from cnncalc.numbers import bar, exact, rounded, seconds
from cnncalc.report.grid import aligned
from cnncalc.report.profile.lines import Folded, ProfileLine, profile_lines
from cnncalc.report.table.outline import depths
from cnncalc.report.table.table import heading
from cnncalc.report.units import memory
from cnncalc.text import line

WIDTH = 100
BAR = 6

UNEVEN = 1.3
"""Quartiles that are so far apart were not taken on a quiet machine."""

POSSIBLE = 1.2
"""A share of the ceilings above which something else was measured."""

MORE = ("backward", "device")
"""Columns that stand there where they were measured."""

FUSED = "compiled: layers are fused"
DEVICE = (
    "device: the same, with all of the pass in the device's queue before it begins: the rest of "
    "forward is spent on launching it."
)
AUTOCAST = (
    "autocast: ceilings and bytes are those of the type it chooses; memory is computed as a GPU's "
    "autocast has it, without what cuDNN keeps besides for recurrent layers."
)
HEAD = ["layer", "kind", "output", "forward", "", "FLOP/s", "bytes/s", "reached", "binds"]


def to_text(folded: Folded) -> str:
    """What was measured, layer by layer, in total, and against what was computed."""
    profile = folded.profile
    parts = [_opening(profile)]
    if profile.layers:
        parts.append(_grid(profile, profile_lines(folded)))
    parts += [_totals(profile), _against(profile), _notes(folded)]
    return "\n\n".join(parts) + "\n"


def _opening(profile: Profile) -> str:
    setting, ceilings = profile.setting, profile.ceilings
    form = [f"batch {setting.batch}", setting.dtype]
    form += ["channels last"] if setting.channels_last else []
    form += ["compiled"] if setting.compiled else []
    form += [f"autocast to {setting.autocast}"] if setting.autocast else []
    form += ["graphed"] if setting.graphed else []
    threads = f", {counted(setting.threads, 'thread')}" if setting.kind == "cpu" else ""
    title = line(f"{heading(profile.summary)}   {', '.join(form)}")
    path = line(profile.summary.graph.path)
    return "\n".join(
        [
            f"{title}{path.rjust(max(len(path) + 3, WIDTH - len(title)))}",
            f"on {setting.device}{threads}; PyTorch {setting.torch}",
            f"its ceilings: {rounded(round(ceilings.flops))}FLOP/s in a large matrix product, "
            f"{rounded(round(ceilings.bandwidth))}B/s in a large copy, "
            f"{seconds(ceilings.launch)} to start an operation",
            *_cache(profile),
            *_conditions(profile),
            *_others(profile),
        ]
    )


def _others(profile: Profile) -> Iterator[str]:
    """That others used the processor, and what was done about it."""
    others = profile.disturbance
    if others.repeated:
        rounds = counted(others.repeated, "round")
        share = f"{others.share:.0%} of the time"
        yield f"disturbed: others had the processor for {share}; {rounds} repeated"
    if others.disturbed:
        count = f"{others.disturbed} of {others.rounds} rounds that count"
        yield f"disturbed: {count}: times are too long"
    forward = profile.forward
    if forward.high > UNEVEN * forward.low:
        apart = f"{seconds(forward.low)} to {seconds(forward.high)}"
        yield f"uneven: half of the rounds took {apart}: others may have used the machine"
    if profile.ceilings.disturbed:
        yield "disturbed: some ceilings, in all of their rounds: they are too low"


def _cache(profile: Profile) -> Iterator[str]:
    if profile.ceilings.cache_bandwidth:
        rate = rounded(round(profile.ceilings.cache_bandwidth))
        yield f"{rate}B/s in a copy that stays in its cache"


def _conditions(profile: Profile) -> Iterator[str]:
    """Of a GPU that tells them: before, and behind all with the network running."""
    for when, found in zip(("before", "behind"), profile.conditions, strict=True):
        if found:
            known = (
                _of(found.clock, found.clock_limit, "MHz"),
                _of(found.power, found.power_limit, "W"),
                _of(found.temperature, None, "C"),
                f"throttled: {', '.join(found.throttled)}" if found.throttled else "",
            )
            yield f"{when}: {', '.join(filter(None, known))}"


def _of(value: float | None, limit: float | None, unit: str) -> str:
    """`1,755 of 1,980 MHz`."""
    if value is None:
        return ""
    most = "" if limit is None else f" of {limit:,.0f}"
    return f"{value:,.0f}{most} {unit}"


def _grid(profile: Profile, lines: list[ProfileLine]) -> str:
    more = [name for name in MORE if any(getattr(one.time, name) is not None for one in lines)]
    whole = sum(one.time.forward for one in lines)
    rows = [[*HEAD, *more]]
    rows += [_cells(one, whole, more) for one in lines]
    between = ["between layers", "", "", seconds(profile.between)]
    rows.append([*between, *[""] * (len(rows[0]) - len(between))])
    return "\n".join(aligned(rows, left=(0, 1, 4, 8)))


def _cells(one: ProfileLine, whole: float, more: list[str]) -> list[str]:
    time = one.time
    cells = [
        "  " * one.level + line(one.name),
        line(one.kind),
        one.output,
        seconds(time.forward),
        bar(time.forward / whole if whole else 0.0, BAR),
        rounded(round(time.flops / time.forward)) if time.forward else "",
        rounded(round(time.traffic / time.forward)) if time.forward else "",
        _reached(one.efficiency) if time.traffic else "",
        one.binds if time.traffic else "",
    ]
    extra = [getattr(time, name) for name in more]
    return [*cells, *("" if each is None else seconds(each) for each in extra)]


def _reached(share: float) -> str:
    """`64%`; nothing reaches more than what is possible, by more than clocks are off."""
    return f"{share:.0%}" if share < POSSIBLE else "disturbed"


def _spread(timing: Timing) -> str:
    low, high = seconds(timing.low), seconds(timing.high)
    return f"{seconds(timing.median)} (half of the rounds: {low} to {high})"


def _totals(profile: Profile) -> str:
    flops = profile.summary.totals.ops.flops
    reached = flops / profile.forward.median
    lines = [
        f"forward                    {_spread(profile.forward)}",
        f"                           {rounded(round(reached))}FLOP/s, "
        f"{reached / profile.ceilings.flops:.0%} of the ceiling; "
        f"{profile.setting.batch / profile.forward.median:,.4g} samples a second",
    ]
    if profile.device_forward:
        lines.append(f"forward, on the device     {_spread(profile.device_forward)}")
    if profile.step:
        lines.append(f"forward, backward, step    {_spread(profile.step)}")
    return "\n".join(lines)


def _against(profile: Profile) -> str:
    """What was computed beside what was measured."""
    totals = profile.summary.totals
    macs = totals.ops.macs // profile.summary.batch
    params = totals.params.total
    verdicts = _verdict(macs, profile.measured_macs), _verdict(params, profile.measured_params)
    counted = exact(macs), exact(profile.measured_macs), verdicts[0], "FlopCounterMode / 2"
    held = exact(params), exact(profile.measured_params), verdicts[1], "the module"
    rows: list[tuple[str, ...]] = [("", "computed", "measured", "", "by")]
    rows += [("MACs of a sample", *counted), ("params", *held)]
    for name, computed, peak in (
        ("memory, forward", profile.predicted.inference, profile.inference_peak),
        ("memory, step", profile.predicted.training, profile.training_peak),
    ):
        if peak:
            rows += _memory(name, computed, peak)
    return "\n".join(aligned(rows, left=(0, 4)))


def _memory(name: str, computed: int, peak: Peak) -> Iterator[tuple[str, ...]]:
    """What was asked for, and below it what was held for that, where the two differ."""
    for measured, by in (
        (peak.requested, "what tensors asked for, at the peak"),
        (peak.reserved, "what the allocator held for them"),
    ):
        if measured is not None:
            ratio = f"x{measured / computed:.3f}"
            yield name, memory(computed), memory(measured), ratio, by
            name = ""


def _verdict(computed: int, measured: int) -> str:
    return "equal" if computed == measured else f"x{measured / computed:.4g}" if computed else "!"


def _notes(folded: Folded) -> str:
    profile, depth = folded
    notes = [
        "forward: median seconds of the layer in the running network; joins have the time between "
        "the modules around them.",
        "FLOP/s and bytes/s: what analyze counts, and what a layer reads and writes at least, over "
        "that time. reached: the least time that the ceilings allow, in the caches that hold its "
        "bytes, as a share of it. binds: which takes most of it, the operations (compute), the "
        "bytes (memory), or the start of any operation.",
        "memory: tensors alone are computed; libraries add their workspace.",
    ]
    if profile.device_forward:
        notes.append(DEVICE)
    if profile.setting.autocast:
        notes.append(AUTOCAST)
    if not profile.layers:
        why = "graphed: a graph is started whole" if profile.setting.graphed else FUSED
        notes[:2] = [f"{why}, so no single one has a time."]
    if profile.measured_macs != profile.summary.totals.ops.macs // profile.summary.batch:
        notes.append(
            "FlopCounterMode sees no attention, recurrent layer or table of a convolution."
        )
    if profile.layers and depth is not None and depth < depths(profile.summary):
        notes.append(f"folded: --depth {depth + 1} opens the parts, --depth all shows every layer")
    return "\n".join(fill(note, WIDTH, subsequent_indent="  ") for note in notes)
