"""What cannot be done with a network of which some layers are known by stated numbers alone."""

from __future__ import annotations

from cnncalc.network.graph import Graph

NAMED = 3
"""Layers that a message names."""


class StatedError(ValueError):
    """A network has layers of which nothing but stated numbers is known."""


def need_known(graph: Graph, so: str) -> None:
    """Raises StatedError where layers are known by stated numbers alone, `so` being what follows:
    `which nothing can run`."""
    found = graph.stated
    if not found:
        return
    names = ", ".join(f"`{node.path}` ({_module(node.layer)})" for node in found[:NAMED])
    more = f" and {len(found) - NAMED:,} more" if len(found) > NAMED else ""
    layers = f"{len(found):,} `foreign` layer{'s' if len(found) > 1 else ''}"
    what = f"{graph.name} has {layers}, {so}: {names}{more}, known by stated numbers alone"
    raise StatedError(what)


def _module(layer: object) -> str:
    return str(getattr(layer, "module", ""))
