"""A graph as PyTorch source that stands alone: text that a person could have written.

A class for each block, repeats as `nn.Sequential` or loops; modules are named by the spec's paths.
"""

from __future__ import annotations

import re
from textwrap import fill

from cnncalc.graph import Graph
from cnncalc.layers.base import times
from cnncalc.lowering.classes import classes
from cnncalc.lowering.code import WIDTH
from cnncalc.lowering.definition import definition, network
from cnncalc.lowering.library import copied, names
from cnncalc.lowering.names import quotable
from cnncalc.lowering.parts import tree

IMPORTS = (
    (r"\bprod\(", "from math import prod"),
    (r"\bAny\b", "from typing import Any"),
    (r"\bOrderedDict\b", "from collections import OrderedDict"),
)


def source(graph: Graph) -> str:
    """The PyTorch source of a network; its class is the last one in it."""
    root = tree(graph)
    *blocks, whole = classes(root, graph)
    text = "\n\n\n".join([*map(definition, blocks), network(whole, root, graph)])
    called = {found[1] for found in re.finditer(r"\b(\w+)\(", text)}
    library = [name for name in names() if name in called]
    bodies = "\n\n\n".join([*copied(library), text])
    head = "\n".join([_docstring(graph), "", *_imports(bodies)])
    return f"{head}\n\n\n{bodies}\n"


def _docstring(graph: Graph) -> str:
    inputs = ", ".join(times(node.shape) for node in graph.inputs.values())
    line = f"{graph.name}: {inputs} -> {times(graph.output.shape)}, lowered by cnncalc."
    lines = [fill(quotable(line), WIDTH - 4)]
    if graph.source:
        lines += ["", fill(quotable(graph.source), WIDTH - 4, break_long_words=False)]
    text = "\n".join(lines)
    return f'"""{text}\n"""' if "\n" in text else f'"""{text}"""'


def _imports(text: str) -> list[str]:
    standard = sorted(line for pattern, line in IMPORTS if re.search(pattern, text))
    torch = ["import torch"]
    if re.search(r"\bF[.,]", text):
        torch.append("import torch.nn.functional as F")
    torch.append("from torch import Tensor, nn")
    if "weight_norm(" in text:
        torch.append("from torch.nn.utils.parametrizations import weight_norm")
    if not re.search(r"\btorch\.(?!nn)", text):
        torch.remove("import torch")
    return [*standard, *([""] if standard else []), *torch]
