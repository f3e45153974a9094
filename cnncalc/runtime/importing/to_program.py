"""What torch.export gives, as a Program."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Literal

import torch
from torch import Tensor
from torch.export import ExportedProgram
from torch.fx import Node
from torch.utils._pytree import tree_unflatten

from cnncalc.importing.program import (
    Argument,
    ModelCounts,
    Operation,
    PassedTensor,
    Program,
    Ref,
    Site,
    StoredTensor,
)
from cnncalc.later_patterns import pattern
from cnncalc.runtime.importing.constants import constants, operator_name, tensors
from cnncalc.runtime.importing.counted_operations import macs_of_each
from cnncalc.zoo import shown

FRAME = pattern(r'File "([^"]+)", line (\d+)')
WITHIN_TORCH = pattern(r"[/\\]torch[/\\]")


def to_program(
    exported: ExportedProgram, name: str, source: str, batch: int, counted: ModelCounts
) -> Program:
    """The operations of a program that reads `batch` samples at a time."""
    reader = _Reader(exported, batch)
    return Program(
        name=name,
        source=source,
        batch=batch,
        inputs=reader.inputs,
        stored=reader.stored,
        operations=tuple(reader.operations()),
        outputs=reader.outputs(),
        modules=reader.modules(),
        counted=counted,
        batched=frozenset(n for n, t in reader.inputs.items() if t.sizes[:1] == (batch,)),
        classes=reader.classes(),
        macs=partial(macs_of_each, exported, batch),
    )


class _Reader:
    """One program as it is read."""

    def __init__(self, exported: ExportedProgram, batch: int) -> None:
        self.graph = exported.graph
        self.batch = batch
        self.call = exported.call_spec
        signature = exported.graph_signature
        sorts = (
            ("parameter", signature.inputs_to_parameters, exported.state_dict),
            ("buffer", signature.inputs_to_buffers, {**exported.state_dict, **exported.constants}),
            ("constant", signature.inputs_to_lifted_tensor_constants, exported.constants),
        )
        self.held: dict[str, Tensor] = {}
        self.stored: dict[str, StoredTensor] = {}
        first: dict[tuple[object, ...], str] = {}
        for sort, places, values in sorts:
            for place, target in places.items():
                tensor = values[target]
                self.held[place] = tensor
                name = first.setdefault(_identity(tensor), target)
                found = _stored(name, sort, tensor)  # type: ignore[arg-type]
                lasts = target not in signature.non_persistent_buffers
                self.stored[place] = found._replace(persistent=lasts)
        fixed = {p: t for p, t in self.held.items() if self.stored[p].sort != "parameter"}
        self.known = constants(exported, fixed)
        self.inputs = {
            node.name: _passed(node.name, node.meta["val"])
            for node in self.graph.nodes
            if node.op == "placeholder" and node.name not in self.stored
        }
        self.names: dict[tuple[Node, int], str] = {}
        self.expanded: list[Operation] = []
        self._keep_constants()

    def _keep_constants(self) -> None:
        """Those that another operation reads, as stored tensors."""
        for node, value in self.known.items():
            if node.op == "call_function" and any(user not in self.known for user in node.users):
                for place, tensor in enumerate(tensors(value)):
                    name = self._name(node) if isinstance(value, Tensor) else f"{node.name}.{place}"
                    self._keep(name, tensor, node)

    def _keep(self, name: str, tensor: Tensor, node: Node) -> None:
        """A constant; one that is the same for each sample is stored once, and shown so."""
        if tensor.dim() < 2 or tensor.shape[0] != self.batch or not _alike(tensor):
            self.stored[name] = _stored(name, "constant", tensor)
            return
        once = f"{name}.once"
        self.stored[once] = _stored(once, "constant", tensor[:1])
        arguments: dict[str, Argument] = {"self": Ref(once), "size": tuple(tensor.shape)}
        given = _passed(name, tensor)
        self.expanded.append(Operation("expand", arguments, (given,), _site(node)))

    def operations(self) -> Iterator[Operation]:
        """Those that an input or a trained weight goes into, behind what shows a constant."""
        yield from self.expanded
        for node in self.graph.nodes:
            if node.op != "call_function" or node in self.known:
                continue
            if node.target is not operator.getitem:
                yield self._operation(node)

    def _operation(self, node: Node) -> Operation:
        name = operator_name(node)
        if name.endswith("_") and not name.startswith("_"):
            name = name.removesuffix("_")
        return Operation(name, self._arguments(node), _outputs(node), _site(node))

    def _arguments(self, node: Node) -> dict[str, Argument]:
        """All of them by name, those that are left out too."""
        schema = getattr(node.target, "_schema", None)
        if schema is None:
            return {str(place): self._argument(value) for place, value in enumerate(node.args)}
        given = dict(zip((each.name for each in schema.arguments), node.args, strict=False))
        given |= node.kwargs
        return {
            each.name: self._argument(given.get(each.name, each.default_value))
            for each in schema.arguments
        }

    def _argument(self, value: Any) -> Argument:
        if isinstance(value, Node):
            return Ref(self._name(value))
        if isinstance(value, list | tuple):
            return tuple(self._argument(part) for part in value)
        if value is None or isinstance(value, bool | int | float | str):
            return value
        if isinstance(value, torch.SymInt | torch.SymFloat):
            return str(value)
        return str(value).removeprefix("torch.")

    def _name(self, node: Node) -> str:
        """What the tensor is called: one of several by its place."""
        if node.target is operator.getitem:
            source, place = node.args
            assert isinstance(source, Node)
            return f"{self._name(source)}.{place}"
        return node.name

    def outputs(self) -> dict[str, Ref]:
        """By the names that the model's own containers have."""
        (given,) = next(node for node in self.graph.nodes if node.op == "output").args
        flat = [self._name(each) if isinstance(each, Node) else None for each in given]
        tree = tree_unflatten(flat, self.call.out_spec) if self.call.out_spec else flat
        return {name: Ref(ref) for name, ref in _named("", tree)}

    def modules(self) -> dict[str, str]:
        """Their classes, by their paths."""
        found: dict[str, str] = {}
        for node in self.graph.nodes:
            for path, kind in (node.meta.get("nn_module_stack") or {}).values():
                found.setdefault(str(path), _class_name(kind))
        return found

    def classes(self) -> dict[str, str]:
        """The same with where they are from."""
        found: dict[str, str] = {}
        for node in self.graph.nodes:
            for path, kind in (node.meta.get("nn_module_stack") or {}).values():
                found.setdefault(str(path), _whole_name(kind))
        return found


def _alike(tensor: Tensor) -> bool:
    """Whether it is the same all along its first dimension."""
    return not tensor.stride(0) or torch.equal(tensor[:1].expand_as(tensor), tensor)


def _named(path: str, tree: Any) -> Iterator[tuple[str, str]]:
    if isinstance(tree, str):
        yield path or "output", tree
    elif isinstance(tree, Mapping):
        for key, value in tree.items():
            yield from _named(f"{path}_{key}" if path else str(key), value)
    elif isinstance(tree, list | tuple):
        if len(tree) == 1:
            yield from _named(path, tree[0])
            return
        for place, value in enumerate(tree):
            yield from _named(f"{path or 'output'}_{place}" if place else path or "output", value)
    elif tree is not None:
        for key, value in vars(tree).items():
            yield from _named(f"{path}_{key}" if path else key, value)


def _stored(
    name: str, sort: Literal["parameter", "buffer", "constant"], tensor: Tensor
) -> StoredTensor:
    here = tensor.device.type == "cpu"
    values = partial(_values, tensor) if here else None
    return StoredTensor(name, sort, tuple(tensor.shape), _dtype(tensor), values)


def _identity(tensor: Tensor) -> tuple[object, ...]:
    """The same for tensors that are one under several names."""
    if tensor.is_meta or not tensor.numel():
        return (id(tensor),)
    return (tensor.data_ptr(), tensor.shape, tensor.stride())


def _values(tensor: Tensor) -> Any:
    """As an array: of the types that NumPy has not, the next wider one that it has."""
    whole = tensor.detach()
    try:
        return whole.numpy()
    except TypeError:
        return (whole.to(torch.complex64) if whole.is_complex() else whole.float()).numpy()


def _dtype(tensor: Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")


def _passed(name: str, tensor: Tensor) -> PassedTensor:
    return PassedTensor(name, tuple(map(int, tensor.shape)), _dtype(tensor))


def _outputs(node: Node) -> tuple[PassedTensor, ...]:
    value = node.meta.get("val")
    if isinstance(value, Tensor):
        return (_passed(node.name, value),)
    return tuple(
        _passed(f"{node.name}.{place}", each)
        for place, each in enumerate(value if isinstance(value, list | tuple) else ())
        if isinstance(each, Tensor)
    )


def _site(node: Node) -> Site:
    stack = list((node.meta.get("nn_module_stack") or {}).values())
    path, kind = stack[-1] if stack else ("", "")
    frames = FRAME.findall(str(node.meta.get("stack_trace") or ""))
    own = [frame for frame in frames if not WITHIN_TORCH.search(frame[0])]
    file, line = own[-1] if own else ("", 0)
    return Site(str(path), _class_name(kind), shown(file) if file else "", int(line))


def _whole_name(kind: Any) -> str:
    """`package.module:Class`."""
    if not isinstance(kind, str):
        kind = f"{getattr(kind, '__module__', '')}.{getattr(kind, '__qualname__', '')}"
    home, _, name = kind.rpartition(".")
    return f"{home}:{name}" if home else name


def _class_name(kind: Any) -> str:
    name = kind if isinstance(kind, str) else getattr(kind, "__name__", "")
    return str(name).rpartition(".")[2]
