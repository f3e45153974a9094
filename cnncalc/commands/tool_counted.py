"""`--convention`: what another tool counts of a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.analysis import Summary
from cnncalc.commands.options import UsageError
from cnncalc.diagnostics import did_you_mean

if TYPE_CHECKING:
    from cnncalc.analysis.conventions.count import Counted


def known_tool(name: str) -> str:
    """The name, if it is known how a tool of that name counts. Raises UsageError."""
    from cnncalc.analysis.conventions import NAMES

    if name not in NAMES:
        hint = did_you_mean(name, NAMES) or f"there are {', '.join(NAMES)}"
        raise UsageError(f"--convention knows no tool `{name}`; {hint}")
    return name


def counted_by(tool: str, summary: Summary) -> Counted:
    """What the tool counts. Raises UsageError where it stops with an error."""
    from cnncalc.analysis.conventions import convention
    from cnncalc.analysis.conventions.count import counted, running

    found = counted(running(summary.graph, summary.batch), convention(tool))
    if found.stopped:
        where = f"`{found.stopped.path}` of `{summary.graph.path}`"
        raise UsageError(f"{tool} {found.convention.version} stops with an error at {where}")
    return found
