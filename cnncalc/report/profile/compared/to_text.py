"""Two networks measured in turn, as plain text."""

from __future__ import annotations

from cnncalc.analysis.measured import MeasuredPair, PairedTiming
from cnncalc.numbers import exact, rounded, seconds
from cnncalc.report.grid import aligned
from cnncalc.text import line


def to_text(found: MeasuredPair) -> str:
    """The counts side by side, the times, and the ratio with its spread."""
    left, right = found.summaries
    setting = found.setting
    rows = [["", line(left.graph.name), line(right.graph.name), "ratio", "half of the rounds"]]
    for name, one, other, short in (
        ("params", left.totals.params.total, right.totals.params.total, False),
        ("MACs", left.totals.ops.macs, right.totals.ops.macs, True),
        ("FLOPs", left.totals.ops.flops, right.totals.ops.flops, True),
        ("activations", left.totals.activations, right.totals.activations, False),
    ):
        show = rounded if short else exact
        ratio = f"x{other / one:.3f}" if one else ""
        rows.append([name, show(one), show(other), ratio, ""])
    rows.append(["forward", *_cells(found.forward)])
    if found.step:
        rows.append(["forward, backward, step", *_cells(found.step)])
    lines = aligned(rows, left=[0])
    numbers = (
        f"{setting.dtype}, autocast to {setting.autocast}" if setting.autocast else setting.dtype
    )
    where = f"on {setting.device}, batch {setting.batch}, {numbers}; PyTorch {setting.torch}"
    how = f"{setting.rounds} rounds of both in turn; counts are those of the batch"
    return "\n".join([where, "", *lines, "", how]) + "\n"


def _cells(found: PairedTiming) -> list[str]:
    spread = f"x{found.ratio.low:.3f} to x{found.ratio.high:.3f}"
    times = seconds(found.left.median), seconds(found.right.median)
    return [*times, f"x{found.ratio.median:.3f}", spread]
