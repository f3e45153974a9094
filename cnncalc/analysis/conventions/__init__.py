"""How other tools count the operations of a network: a tool a file, from the graph alone."""

from __future__ import annotations

from importlib import import_module

from cnncalc.analysis.conventions.convention import Convention

NAMES = (
    *("torchinfo", "fvcore", "ptflops", "thop", "deepspeed"),
    *("calflops", "torchprofile", "torchscan", "timm", "pytorch"),
)
"""The tools."""


def convention(name: str) -> Convention:
    """The way of a tool of that name to count."""
    home = import_module(f"cnncalc.analysis.conventions.{name}")
    found = getattr(home, name.upper())
    assert isinstance(found, Convention)
    return found
