"""What every tool calls the memory of networks, as JSON: exact bytes."""

from __future__ import annotations

from typing import Any

from cnncalc.analysis.conventions.other_memory import OtherMemory, ToolMemory
from cnncalc.text import json_document

VERSION = 1
"""Of the document: another where a field that was there is another or gone."""


def to_json(found: list[OtherMemory]) -> str:
    """A list of objects; their fields stay, more may come."""
    return json_document(list(map(_document, found)))


def _document(found: OtherMemory) -> dict[str, Any]:
    return {
        "version": VERSION,
        "name": found.graph.name,
        "spec": found.graph.path,
        "dtype": "fp32",
        "batch": found.batch,
        "devices": found.devices,
        "definitions": list(map(_definition, found.definitions)),
    }


def _definition(found: ToolMemory) -> dict[str, Any]:
    return {
        "tool": found.tool,
        "version": found.version or None,
        "why": found.why or None,
        "figures": [
            {"name": each.name, "bytes": each.size, "means": each.means} for each in found.figures
        ],
    }
