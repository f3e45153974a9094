"""A graph as PyTorch source that stands alone: text that a person could have written.

A class for each block, repeats as `nn.Sequential` or loops; modules are named by the spec's paths.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from textwrap import fill

from cnncalc.layers.base import times
from cnncalc.lowering import library
from cnncalc.lowering.classes import classes
from cnncalc.lowering.code import roots
from cnncalc.lowering.definition import definition, network
from cnncalc.lowering.printing import WIDTH, docstring
from cnncalc.lowering.printing import definition as printed
from cnncalc.network.graph import Graph
from cnncalc.network.parts import tree
from cnncalc.network.stated import need_known

STANDARD = {
    "Any": "from typing import Any",
    "OrderedDict": "from collections import OrderedDict",
    "prod": "from math import prod",
}
WRAPPERS = ("spectral_norm", "weight_norm")
TORCH = {
    "torch": "import torch",
    "F": "import torch.nn.functional as F",
    "nn": "from torch import Tensor, nn",
    "parametrize": "from torch.nn.utils import parametrize",
    **{name: f"from torch.nn.utils.parametrizations import {name}" for name in WRAPPERS},
}


def source(graph: Graph) -> str:
    """The PyTorch source of a network; its class is the last one in it. Raises StatedError where a
    layer is known by stated numbers alone: a spec never runs code that it names."""
    need_known(graph, "which nothing can run")
    root = tree(graph)
    *blocks, whole = classes(root, graph)
    made = [*map(definition, blocks), network(whole, root, graph, blocks)]
    used = {*roots(tuple(made)), "nn"}
    copied = library.copied(used)
    used |= library.used(copied)
    bodies = "\n\n\n".join([*map(library.text, copied), *map(printed, made)])
    head = "\n".join([*_docstring(graph), "", *_imports(used)])
    return f"{head}\n\n\n{bodies}\n"


def _docstring(graph: Graph) -> Iterator[str]:
    inputs = ", ".join(times(node.shape) for node in graph.inputs.values())
    line = f"{graph.name}: {inputs} -> {times(graph.output.shape)}, lowered by cnncalc."
    text = fill(line, WIDTH - 4)
    if graph.source:
        text += f"\n\n{fill(graph.source, WIDTH - 4, break_long_words=False)}"
    return docstring(text, 0)


def _imports(used: Collection[str]) -> list[str]:
    standard = sorted(line for name, line in STANDARD.items() if name in used)
    torch = [line for name, line in TORCH.items() if name in used]
    return [*standard, *([""] if standard else []), *torch]
