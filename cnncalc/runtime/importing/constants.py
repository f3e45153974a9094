"""What a program computes of no input and no trained weight: it is the same on every run."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.export import ExportedProgram
from torch.fx import Node
from torch.fx.node import map_arg
from torch.utils._pytree import tree_leaves

from cnncalc.runtime.importing.traced import TraceError

SIZES_ALONE = ("fill", "new_empty", "new_full", "new_ones", "new_zeros", "zero")
"""Operations that read of a tensor nothing but its sizes, besides those that end in `_like`."""

MOST = 2**28
"""Numbers that all of them may hold together: what a model computes of nothing, anyone can ask for
in a line."""


def constants(program: ExportedProgram, held: Mapping[str, Tensor]) -> dict[Node, Any]:
    """The nodes that give the same on every run, with what they give.

    held: buffers and constants by the names of their placeholders

    Raises TraceError where they would hold too many numbers.
    """
    found: dict[Node, Any] = {}
    size = 0
    for node in program.graph.nodes:
        if node.op == "placeholder" and node.name in held:
            found[node] = held[node.name].detach().clone()
        elif node.op == "call_function" and _is_constant(node, found):
            size += _size(node, found)
            if size > MOST:
                raise TraceError(f"it computes more than {MOST:,} numbers of no input")
            with torch.no_grad():
                found[node] = _called(node, found)
    return found


def _is_constant(node: Node, known: Mapping[Node, Any]) -> bool:
    if node.target is not operator.getitem:
        if not isinstance(node.target, torch._ops.OpOverload) or node.target.namespace != "aten":
            return False
        if torch.Tag.nondeterministic_seeded in node.target.tags:
            return False
    return _sizes_alone(node) or all(source in known for source in node.all_input_nodes)


def _sizes_alone(node: Node) -> bool:
    name = operator_name(node)
    return name in SIZES_ALONE or name.endswith("_like")


def operator_name(node: Node) -> str:
    """`conv2d`, of `aten::conv2d`; those of other libraries with theirs: `torchvision.nms`."""
    schema = getattr(node.target, "_schema", None)
    if schema is None:
        return getattr(node.target, "__name__", str(node.target))
    library, _, name = str(schema.name).partition("::")
    return name if library == "aten" else f"{library}.{name}"


def _size(node: Node, known: Mapping[Node, Any]) -> int:
    """The numbers in what the operation gives, by its own rules: what a file says of it need not
    be so. Where these depend on values, by what the file says."""
    if node.target is operator.getitem:
        return 0
    try:
        with torch.no_grad(), FakeTensorMode(allow_non_fake_inputs=True):
            made = _called(node, known)
    except Exception:
        made = node.meta.get("val")
    return sum(each.numel() for each in tensors(made))


def _called(node: Node, known: Mapping[Node, Any]) -> Any:
    """What the operation gives; of a tensor that is not known it reads the sizes alone."""

    def value(source: Node) -> Any:
        if source in known:
            return known[source]
        shown = source.meta["val"]
        return torch.empty((), dtype=shown.dtype, device=shown.device).expand(shown.shape)

    function: Callable[..., Any] = node.target  # type: ignore[assignment]
    return function(*map_arg(node.args, value), **map_arg(node.kwargs, value))


def tensors(value: Any) -> list[Tensor]:
    """Those in what an operation gives."""
    return [leaf for leaf in tree_leaves(value) if isinstance(leaf, Tensor)]
