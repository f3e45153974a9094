"""Two networks measured in turn, as text and JSON."""

from __future__ import annotations

from typing import Any

from cnncalc.analysis.measured import Compared, Comparison
from cnncalc.numbers import exact, rounded
from cnncalc.report.profile.data import VERSION
from cnncalc.report.profile.to_text import seconds
from cnncalc.text import json_document, line


def comparison_text(found: Comparison) -> str:
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
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "   ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    where = f"on {setting.device}, batch {setting.batch}, {setting.dtype}; PyTorch {setting.torch}"
    how = f"{setting.rounds} rounds of both in turn; counts are those of the batch"
    return "\n".join([where, "", *lines, "", how]) + "\n"


def _cells(found: Compared) -> list[str]:
    spread = f"x{found.ratio.low:.3f} to x{found.ratio.high:.3f}"
    times = seconds(found.left.median), seconds(found.right.median)
    return [*times, f"x{found.ratio.median:.3f}", spread]


def comparison_json(found: Comparison) -> str:
    """Seconds and ratios, exact."""
    document = {
        "version": VERSION,
        "specs": [summary.graph.path for summary in found.summaries],
        "setting": found.setting._asdict(),
        "macs": [summary.totals.ops.macs for summary in found.summaries],
        "forward": _document(found.forward),
        "step": _document(found.step) if found.step else None,
    }
    return json_document(document)


def _document(found: Compared) -> dict[str, Any]:
    return {name: getattr(found, name)._asdict() for name in ("left", "right", "ratio")}
