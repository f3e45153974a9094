"""Multiply-accumulates, by PyTorch's own counter."""

from __future__ import annotations

from cnncalc.analysis import Summary
from cnncalc.layers.fields import counted
from cnncalc.runtime.verify.matching import Ran
from cnncalc.runtime.verify.places import finding
from cnncalc.runtime.verify.trace import Trace
from cnncalc.verification import Check, Deviation

MEANS = "PyTorch's FlopCounterMode, on meta"
OTHERS = "FLOPs outside MACs (additions, comparisons, ...): PyTorch counts none"


def check_macs(summary: Summary, trace: Trace, match: Ran) -> Check:
    """Of each layer, and of the whole pass, so that none is spent outside of a layer.

    On the meta device a recurrent layer and attention come apart into the matrix products that they
    are; on a CPU the counter takes each for one operation, and counts 0.
    """
    rows = [row for row in summary.rows if row.node in match.seen]
    wrong = [row for row in rows if row.ops.macs != match.seen[row.node].macs]
    findings = [
        finding(row.node, "MACs", f"{row.ops.macs:,}", f"{match.seen[row.node].macs:,}")
        for row in wrong
        if match.reads_well(row.node, trace)
    ]
    behind = len(wrong) - len(findings)
    said = summary.totals.ops.macs
    if said != trace.macs:
        where = summary.graph.path
        findings.append(Deviation("", where, "MACs, in total", f"{said:,}", f"{trace.macs:,}"))
    unseen = [f"{node.path}: it does not run" for node in match.missing]
    if behind:
        unseen.append(f"{counted(behind, 'layer')} that read shapes that differ already")
    compared = f"{counted(len(rows), 'layer')}, 1 total"
    return Check("MACs", compared, MEANS, tuple(findings), (*unseen, OTHERS))
