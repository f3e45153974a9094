"""Names and shapes of weights; how many numbers train, and how many do not."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from torch import nn

from cnncalc.analysis import Summary
from cnncalc.analysis.params import Params
from cnncalc.layers.base import Weight
from cnncalc.layers.fields import counted
from cnncalc.network.graph import Graph, Node
from cnncalc.network.names import module_path
from cnncalc.runtime.verify.places import finding, place, shape
from cnncalc.verification import Check, Deviation


def check_weights(graph: Graph, network: nn.Module) -> Check:
    """The names and shapes of the `state_dict`, none missing and none left over; tensors that
    layers share are the same."""
    state = {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}
    wanted = {name: (node, weight) for node, weight, name in _named(graph)}
    findings = [
        Deviation(name, place(node), "tensor", shape(weight.shape), _shape(state.get(name)))
        for name, (node, weight) in wanted.items()
        if state.get(name) != weight.shape
    ]
    findings += [
        Deviation(name, "", "tensor", "none of that name", shape(has))
        for name, has in state.items()
        if name not in wanted
    ]
    findings += _shared(graph, network)
    means = "state_dict, strictly; shared tensors are one"
    return Check("weights", counted(len(wanted), "tensor"), means, tuple(findings))


def _named(graph: Graph) -> Iterator[tuple[Node, Weight, str]]:
    """Every weight of every layer, with its name in the network."""
    for node in graph.layers:
        for weight in node.weights:
            yield node, weight, f"{module_path(node.path)}.{weight.name}"


def _shape(has: tuple[int, ...] | None) -> str:
    return "none of that name" if has is None else shape(has)


def _shared(graph: Graph, network: nn.Module) -> Iterator[Deviation]:
    """Weights that should be one tensor and are not, or are and should not be."""
    tensors = dict(network.named_parameters(remove_duplicate=False))
    owners: dict[int, str] = {}
    for node, weight, name in _named(graph):
        if weight.buffer or name not in tensors:
            continue
        origin = node.origin(weight)
        wanted = f"{module_path(origin.path)}.{weight.name}"
        owner = owners.setdefault(id(tensors[name]), name)
        if owner != wanted and wanted in tensors:
            says = "a tensor of its own" if origin is node else f"that of {wanted}"
            has = "a tensor of its own" if owner == name else f"that of {owner}"
            yield Deviation(name, place(node), "tensor", says, has)


def check_params(summary: Summary, network: nn.Module) -> Check:
    """How many numbers of each layer train, are frozen, or are buffers; and of all together."""
    modules = dict(network.named_modules(remove_duplicate=False))
    counts = {row.node: _count(row.node, modules) for row in summary.rows}
    findings = [
        finding(row.node, what, f"{said:,}", f"{has:,}")
        for row in summary.rows
        for what, said, has in zip(WHAT, row.params, counts[row.node], strict=True)
        if said != has
    ]
    total = _total(network)
    findings += [
        Deviation("", summary.graph.path, f"{what}, in total", f"{said:,}", f"{has:,}")
        for what, said, has in zip(WHAT, summary.totals.params, total, strict=True)
        if said != has
    ]
    compared = f"{counted(len(counts), 'layer')}, 3 totals"
    means = "numel and requires_grad of each module"
    return Check("params", compared, means, tuple(findings))


WHAT = ("trainable params", "frozen params", "buffers")


def _count(node: Node, modules: Mapping[str, nn.Module]) -> Params:
    """Of one layer; tensors it shares count where they stand first."""
    module = modules.get(module_path(node.path))
    if module is None or node.kind == "identity":
        return Params()
    lender = modules.get(module_path(node.shares.path)) if node.shares else None
    lent = lender.state_dict(keep_vars=True).values() if lender else ()
    return _total(module, {id(tensor) for tensor in lent})


def _total(module: nn.Module, lent: Collection[int] = ()) -> Params:
    """Each tensor once, without those that are lent."""
    parameters = [p for p in module.parameters() if id(p) not in lent]
    trainable = sum(p.numel() for p in parameters if p.requires_grad)
    frozen = sum(p.numel() for p in parameters if not p.requires_grad)
    named = {name for name, _ in module.named_parameters(remove_duplicate=False)}
    buffers = {
        id(tensor): tensor.numel()
        for name, tensor in module.state_dict(keep_vars=True).items()
        if name not in named and id(tensor) not in lent
    }
    return Params(trainable, frozen, sum(buffers.values()))
