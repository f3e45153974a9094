"""What a convolutional network is, computed from its spec before anything is trained.

`load(path, **args)` reads a spec into a graph, `analyze(graph)` computes its numbers,
`lower(graph)` makes a PyTorch module of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnncalc.analysis import analyze as analyze
    from cnncalc.language.load import SpecError as SpecError
    from cnncalc.language.load import load as load
    from cnncalc.runtime.lower import lower as lower

__version__ = "0.1.0"
__all__ = ["SpecError", "__version__", "analyze", "load", "lower"]

_HOMES = {
    "analyze": "cnncalc.analysis",
    "load": "cnncalc.language.load",
    "lower": "cnncalc.runtime.lower",
    "SpecError": "cnncalc.language.load",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: `cnncalc --version` needs none of it."""
    if name not in _HOMES:
        raise AttributeError(f"module 'cnncalc' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
