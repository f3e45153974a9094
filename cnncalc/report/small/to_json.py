"""Networks on a small device as JSON: bytes, exact."""

from __future__ import annotations

from typing import Any

from cnncalc.analysis.arena import Arena
from cnncalc.analysis.small_device import OnSmallDevice
from cnncalc.text import json_document


def to_json(found: list[OnSmallDevice]) -> str:
    """A list of objects."""
    return json_document(list(map(_document, found)))


def _document(found: OnSmallDevice) -> dict[str, Any]:
    return {
        "version": 1,
        "name": found.graph.name,
        "spec": found.graph.path,
        "mode": "inference",
        "dtype": "int8",
        "flash": found.flash,
        "least": _arena(found.least),
        "lite": _arena(found.lite),
    }


def _arena(arena: Arena) -> dict[str, Any]:
    at = arena.steps[arena.at][0].path if arena.at is not None else None
    return {
        "peak": arena.peak,
        "planned": arena.planned,
        "at": at,
        "steps": [{"layer": node.path, "alive": size} for node, size in arena.steps],
        "tensors": [
            {
                "of": each.node.path,
                "padded": each.padded,
                "size": each.size,
                "first": each.first,
                "last": each.last,
                "offset": each.offset,
            }
            for each in arena.tensors
        ],
    }
