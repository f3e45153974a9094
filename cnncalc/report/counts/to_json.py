"""The counts of every tool as JSON."""

from __future__ import annotations

from typing import Any

from cnncalc.analysis.conventions.compared import Tally
from cnncalc.analysis.conventions.count import Counted
from cnncalc.text import json_document

VERSION = 1


def to_json(found: Tally) -> str:
    """One document; its fields stay, more may come."""
    return json_document(
        {
            "version": VERSION,
            "spec": found.graph.path,
            "name": found.graph.name,
            "counts": {
                unit: {"total": sum(by.values()), "by": dict(by)} for unit, by in found.ours.items()
            },
            "tools": [_tool(found, tool) for tool in found.tools],
        }
    )


def _tool(found: Tally, tool: Counted) -> dict[str, Any]:
    """One of them; without numbers where it stops."""
    way, by = tool.convention, {} if tool.stopped else tool.by
    return {
        "convention": way.name,
        "version": way.version,
        "unit": way.unit,
        "total": None if tool.stopped else tool.total,
        "by": dict(by),
        "more": {} if tool.stopped else dict(found.more(tool)),
        "says": dict(way.says),
        "passes_over": dict(tool.missed),
        "repeats": tool.repeated,
        "stops_at": tool.stopped.path if tool.stopped else None,
    }
