"""What a convolutional network is, computed from its spec before anything is trained.

`load` and `loads` read a spec into a graph, `analyze` computes its numbers, `check` says what is
wrong with it, `compare` what is different between networks, `export` and `lower` make PyTorch of
it, `verify` confirms every number on that, `train` trains it, `evaluate` and `predict` use what was
trained.
"""

from __future__ import annotations

from cnncalc import display

TYPE_CHECKING = False  # typing takes longer to import than all that is here
if TYPE_CHECKING:
    from typing import Any

    from cnncalc.analysis import Row as Row
    from cnncalc.analysis import Summary as Summary
    from cnncalc.analysis import Totals as Totals
    from cnncalc.api import analyze as analyze
    from cnncalc.api import check as check
    from cnncalc.api import compare as compare
    from cnncalc.api import evaluate as evaluate
    from cnncalc.api import export as export
    from cnncalc.api import from_onnx as from_onnx
    from cnncalc.api import from_torch as from_torch
    from cnncalc.api import lower as lower
    from cnncalc.api import memory as memory
    from cnncalc.api import page as page
    from cnncalc.api import predict as predict
    from cnncalc.api import train as train
    from cnncalc.api import verify as verify
    from cnncalc.diagnostics import Diagnostic as Diagnostic
    from cnncalc.evaluation import Evaluation as Evaluation
    from cnncalc.evaluation import Prediction as Prediction
    from cnncalc.language.load import SpecError as SpecError
    from cnncalc.language.load import load as load
    from cnncalc.language.load import loads as loads
    from cnncalc.network.graph import Graph as Graph
    from cnncalc.network.graph import Node as Node
    from cnncalc.report.comparison.comparison import Comparison as Comparison
    from cnncalc.trained import Epoch as Epoch
    from cnncalc.trained import Round as Round
    from cnncalc.trained import Trained as Trained
    from cnncalc.trained import TrainedPair as TrainedPair
    from cnncalc.verification import Verification as Verification

__version__ = "0.1.0"

_HOMES = {
    "analyze": "api",
    "check": "api",
    "compare": "api",
    "evaluate": "api",
    "export": "api",
    "from_onnx": "api",
    "from_torch": "api",
    "load": "language.load",
    "loads": "language.load",
    "lower": "api",
    "memory": "api",
    "page": "api",
    "predict": "api",
    "train": "api",
    "verify": "api",
    "Comparison": "report.comparison.comparison",
    "Diagnostic": "diagnostics",
    "Epoch": "trained",
    "Evaluation": "evaluation",
    "Graph": "network.graph",
    "Node": "network.graph",
    "Prediction": "evaluation",
    "Round": "trained",
    "Row": "analysis",
    "SpecError": "language.load",
    "Summary": "analysis",
    "Totals": "analysis",
    "Trained": "trained",
    "TrainedPair": "trained",
    "Verification": "verification",
}

__all__ = [
    "Comparison",
    "Diagnostic",
    "Epoch",
    "Evaluation",
    "Graph",
    "Node",
    "Prediction",
    "Round",
    "Row",
    "SpecError",
    "Summary",
    "Totals",
    "Trained",
    "TrainedPair",
    "Verification",
    "__version__",
    "analyze",
    "check",
    "compare",
    "evaluate",
    "export",
    "from_onnx",
    "from_torch",
    "load",
    "loads",
    "lower",
    "memory",
    "page",
    "predict",
    "train",
    "verify",
]

display.renderers = "cnncalc.report.shown"


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: `cnncalc --version` needs none of it."""
    if name not in _HOMES:
        raise AttributeError(f"module 'cnncalc' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"cnncalc.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """What is to be used from here."""
    return sorted({*globals(), *__all__})
