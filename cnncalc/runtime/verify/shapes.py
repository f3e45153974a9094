"""The output shape of each layer."""

from __future__ import annotations

from cnncalc.layers.fields import counted
from cnncalc.runtime.verify.matching import Ran
from cnncalc.runtime.verify.places import finding, shape
from cnncalc.runtime.verify.trace import Trace
from cnncalc.verification import Check

MEANS = "the same hooks, on meta"


def check_shapes(trace: Trace, match: Ran) -> Check:
    """Of layers with a module, of joins and of what only passes on."""
    found = {node: trace.shapes[seen.makes] for node, seen in match.seen.items()}
    findings = [
        finding(node, "output", shape(node.shape), shape(has[1:]))
        for node, has in found.items()
        if has[1:] != node.shape and match.reads_well(node, trace)
    ]
    behind = sum(has[1:] != node.shape for node, has in found.items()) - len(findings)
    unseen = [f"{node.path}: it does not run" for node in match.missing]
    if behind:
        unseen.append(f"{counted(behind, 'layer')} that read what differs already")
    return Check(
        "output shapes", counted(len(found), "layer"), MEANS, tuple(findings), tuple(unseen)
    )
