"""What a `.pt2` file says of its tensors, against what its operations make of each other's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch._guards import detect_fake_mode
from torch._subclasses.fake_tensor import (
    DataDependentOutputException,
    DynamicOutputShapeException,
    UnsupportedOperatorException,
)
from torch.export import ExportedProgram
from torch.fx import Node
from torch.fx.node import map_arg

from cnncalc.runtime.importing.constants import tensors
from cnncalc.runtime.importing.traced import quietly
from cnncalc.runtime.reading import ReadError, brief, first_line

UNKNOWN = (
    DataDependentOutputException,
    DynamicOutputShapeException,
    UnsupportedOperatorException,
    NotImplementedError,
)
"""What is raised where sizes follow from values, or nobody says how."""


def check_sizes(exported: ExportedProgram) -> None:
    """Raises ReadError where an operation does not fit what it reads, or gives other sizes than the
    file says, or a stored tensor has others. Nothing is computed."""
    signature = exported.graph_signature
    held: dict[str, Any] = {**exported.state_dict, **exported.constants}
    stored = {
        **signature.inputs_to_parameters,
        **signature.inputs_to_buffers,
        **signature.inputs_to_lifted_tensor_constants,
    }
    mode = detect_fake_mode([node.meta.get("val") for node in exported.graph.nodes])
    for node in exported.graph.nodes:
        said = node.meta.get("val")
        if node.name in stored:
            _check_alike(node, held.get(stored[node.name]), said)
        elif node.op == "call_function" and mode is not None:
            try:
                with mode:
                    made = _made(node)
            except UNKNOWN:
                continue
            _check_alike(node, made, said)


def _made(node: Node) -> Any:
    """What an operation gives, sizes without numbers."""
    function: Any = node.target
    try:
        with torch.no_grad(), quietly():
            return function(*map_arg(node.args, _anew), **map_arg(node.kwargs, _anew))
    except UNKNOWN:
        raise
    except Exception as error:
        raise ReadError(
            f"has an operation `{brief(node.name)}` that does not fit: {first_line(error)}"
        ) from None


def _anew(node: Node) -> Any:
    """As large and lying as the file says: an operation may write into it."""
    said = node.meta.get("val")
    if isinstance(said, list | tuple):
        return type(said)(_alike(each) for each in said)
    return _alike(said)


def _alike(said: Any) -> Any:
    if not isinstance(said, Tensor):
        return said
    return torch.empty_strided(said.shape, said.stride(), dtype=said.dtype, device=said.device)


def _check_alike(node: Node, made: Any, said: Any) -> None:
    found, told = list(_sizes(made)), list(_sizes(said))
    if found != told:
        raise ReadError(
            f"says that `{brief(node.name)}` is {_times(told)}, and it is {_times(found)}"
        )


def _sizes(value: Any) -> Iterator[tuple[Any, ...]]:
    for each in tensors(value):
        yield (*each.shape, each.dtype)


def _times(found: list[tuple[Any, ...]]) -> str:
    return " and ".join("x".join(map(str, each)).replace("torch.", "") for each in found) or "none"
