"""A graph as a sketch of it, as one read out of a model would be: layers with their modules."""

from __future__ import annotations

from cnncalc.importing.drafts import Draft, Sketch
from cnncalc.importing.program import ModelCounts, Program, Site
from cnncalc.network.graph import Graph, Node

NOTHING = ("identity", "drop_path")
"""Kinds that a model that has been trained does without."""

FLAT = ("branch", "layers")


def sketch_of(graph: Graph) -> Sketch:
    """The layers that lead to an output, in a model of whose modules each block was one."""
    kinds = {path: group.kind for path, group in graph.groups.items()}
    kinds |= {node.path: node.kind for node in graph.layers}
    renamed = {path: as_module(path, kinds) for path in kinds}
    modules = {
        renamed[path]: class_of(group.kind)
        for path, group in graph.groups.items()
        if group.repeat == 1
    }
    found: dict[Node, Draft] = {
        node: Draft.of_input(name, node.shape) for name, node in graph.inputs.items()
    }
    inputs = {name: found[node] for name, node in graph.inputs.items()}
    wanted = _wanted(graph)
    for node in graph.layers:
        if node.kind in NOTHING and node in wanted:
            found[node] = found[node.inputs[0]]
        elif node in wanted:
            found[node] = _draft(node, renamed[node.path], found, modules)
    outputs = {name: found[node] for name, node in graph.heads.items()}
    layers = tuple(
        found[node] for node in graph.layers if node in wanted and node.kind not in NOTHING
    )
    program = Program(graph.name, graph.source, 1, {}, {}, (), {}, modules, ModelCounts(0))
    return Sketch(program, inputs, layers, outputs, {})


def as_module(path: str, kinds: dict[str, str]) -> str:
    """A path as a model would have it: a number in place of a name that is a kind's."""
    found, words = [], path.split(".")
    for end, word in enumerate(words, 1):
        kind = kinds.get(".".join(words[:end]), "")
        stem, _, number = word.rpartition("_")
        plain = word == kind or (stem == kind and number.isdigit())
        found.append(f"{sum(map(ord, word))}" if plain else word)
    return ".".join(found)


def class_of(kind: str) -> str:
    """`conv_bn` as `ConvBn`; what only holds others as PyTorch's own."""
    if kind in FLAT:
        return "Sequential"
    return "".join(word.capitalize() for word in kind.split("_"))


def _wanted(graph: Graph) -> set[Node]:
    found: set[Node] = set()
    waiting = [*graph.heads.values()]
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += node.inputs
    return found


def _draft(node: Node, path: str, found: dict[Node, Draft], modules: dict[str, str]) -> Draft:
    assert node.layer is not None
    layer = node.layer
    fields = {name: getattr(layer, name) for name in layer.fields}
    if fields.get("like") is not None:
        fields = {**fields, "like": None, **unlike(node)}
    module, kind = path, class_of(node.kind)
    if layer.joins:
        module = path.rpartition(".")[0]
        kind = modules.get(module, "")
    inputs = [found[each] for each in node.inputs]
    shares = found.get(node.shares) if node.shares and node.weights else None
    return Draft(layer.kind, fields, inputs, Site(module, kind), shares=shares)


def unlike(node: Node) -> dict[str, object]:
    """The fields of what is made as large as another, in numbers."""
    assert node.layer is not None
    if node.layer.kind == "upsample":
        return {"size": node.shape[1:]}
    sizes = zip(node.inputs[0].shape[1:], node.shape[1:], strict=True)
    between = [abs(before - behind) for before, behind in sizes]
    return {"size": tuple((each // 2, each - each // 2) for each in between)}
