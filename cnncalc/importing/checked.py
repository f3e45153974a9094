"""A sketch as a spec that was read again and compared: nothing unchecked leaves here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod

from cnncalc.analysis.ops import count_ops
from cnncalc.analysis.params import count_params
from cnncalc.diagnostics import Diagnostics, Source, Span
from cnncalc.importing.drafts import Blocker, Draft, Origin, Sketch
from cnncalc.importing.program import Site
from cnncalc.importing.structure import written
from cnncalc.language.load import read_source
from cnncalc.language.writing.yaml_flow import Plain
from cnncalc.layers.base import Shape, times
from cnncalc.network.graph import Graph, Node
from cnncalc.network.names import module_path
from cnncalc.records import NamedTuple

FILE = "imported.yaml"
MANY = 12
"""Names that are listed; of more the number is told."""


class Imported(NamedTuple):
    """A network that was read out of another program.

    text: its spec; graph: what that was read as
    drafts: for each layer the one it was written from
    notes: what of the model is not in it, with numbers
    """

    text: str
    graph: Graph
    sketch: Sketch
    drafts: Mapping[Node, Draft]
    notes: tuple[str, ...] = ()

    def origins(self) -> dict[str, tuple[Origin, Shape]]:
        """Each weight of the lowered network, by its name: the stored tensors that it is, and its
        shape. Buffers that follow from the layer itself are left out."""
        return dict(origins_of(self.drafts))


class ImportingError(Exception):
    """A model cannot be said in the language, or what was written is not it: `blockers` says why,
    each with its place in the model."""

    def __init__(self, blockers: tuple[Blocker, ...]) -> None:
        super().__init__(f"{len(blockers)} of its operations cannot be said")
        self.blockers = blockers


class DifferenceError(Exception):
    """What was written is not what was read: a fault of cnncalc's, and nothing is written."""


class NoSpecError(DifferenceError):
    """What was written is no spec: it says what none can say, of `found`."""

    def __init__(self, found: Diagnostics) -> None:
        first = next(iter(found))
        super().__init__(f"line {first.span.line}: {first.code} {first.message}")
        self.found = found


def origins_of(drafts: Mapping[Node, Draft]) -> Iterator[tuple[str, tuple[Origin, Shape]]]:
    """Of each weight of layers, by its name in the lowered network, where it comes from, and its
    shape."""
    for node, draft in drafts.items():
        known = node.layer and not node.layer.stated
        for weight in node.weights if known else ():
            if weight.name in draft.weights:
                name = f"{module_path(node.path)}.{weight.name}"
                yield name, (draft.weights[weight.name], weight.shape)


def checked(sketch: Sketch) -> Imported:
    """The spec of a sketch, of which layers, wiring, shapes, parameters and MACs are the model's.
    Raises ImportingError, and DifferenceError where they are not."""
    if sketch.blockers:
        raise ImportingError(sketch.blockers)
    problems = DifferenceError()
    for text in map(str, written(sketch, expected(sketch))):
        try:
            return _the_same(text, sketch)
        except DifferenceError as error:
            problems = error
    if isinstance(problems, NoSpecError):
        raise ImportingError(tuple(_unsaid(problems.found, sketch)))
    raise problems


def _unsaid(found: Diagnostics, sketch: Sketch) -> Iterator[Blocker]:
    """What no spec says of a network whose layers were written a line each: a number beyond all, a
    map of more values than there may be."""
    for each in found:
        place = each.span.line - each.span.source.lines.index("layers:") - 2
        if 0 <= place < len(sketch.layers):
            draft = sketch.layers[place]
            yield Blocker(each.message, draft.kind, draft.site)
        else:
            yield Blocker(each.message, "model", Site(kind=sketch.program.name))


def _the_same(text: str, sketch: Sketch) -> Imported:
    """A text that is read as the network of a sketch. Raises DifferenceError where it is not."""
    graph = read_again(text)
    drafts = dict(matched(graph, sketch))
    problems = [*_numbers(graph, sketch)]
    if problems:
        raise DifferenceError("; ".join(problems))
    return Imported(text, graph, sketch, drafts, tuple(_notes(sketch)))


def read_again(text: str) -> Graph:
    """The graph of a text that was written here. Raises NoSpecError."""
    diagnostics = Diagnostics()
    graph = read_source(Source(FILE, text), FILE, diagnostics, reader=_no_file)
    if graph is None:
        raise NoSpecError(diagnostics)
    return graph


def _no_file(path: str, name: str, diagnostics: Diagnostics, at: Span | None) -> None:
    """What is written here leads to no other file."""


def matched(graph: Graph, sketch: Sketch) -> Iterator[tuple[Node, Draft]]:
    """Each layer of a graph and the draft that it is, followed from the outputs to the inputs.
    Raises DifferenceError where they differ."""
    heads = list(graph.heads.values())
    if len(heads) != len(sketch.outputs):
        raise DifferenceError(f"{len(heads)} outputs in place of {len(sketch.outputs)}")
    waiting = list(zip(heads, sketch.outputs.values(), strict=True))
    found: dict[Node, Draft] = {}
    while waiting:
        node, draft = waiting.pop()
        if node.kind == "identity" != draft.kind:
            node = node.inputs[0]
        if node in found:
            if found[node] is not draft:
                raise DifferenceError(f"`{node.path}` is read in place of another layer")
            continue
        found[node] = draft
        _check_alike(node, draft)
        waiting += zip(node.inputs, draft.inputs, strict=True)
    _check_whole(found, sketch)
    yield from found.items()


def _check_alike(node: Node, draft: Draft) -> None:
    if node.layer != draft.layer or node.shape != draft.shape:
        raise DifferenceError(f"`{node.path}` is {node.layer!r}, not {draft.layer!r}")
    if len(node.inputs) != len(draft.inputs):
        raise DifferenceError(f"`{node.path}` reads {len(node.inputs)} layers")


def _check_whole(found: Mapping[Node, Draft], sketch: Sketch) -> None:
    """Raises DifferenceError where layers are too many or too few, or share otherwise."""
    layers = [node for node in found if node.layer]
    if len(layers) != len(sketch.layers) or len(set(found.values())) != len(found):
        raise DifferenceError(f"{len(layers)} layers in place of {len(sketch.layers)}")
    for node, draft in found.items():
        shared = found.get(node.shares) if node.shares and node.weights else None
        if shared is not draft.shares:
            raise DifferenceError(f"`{node.path}` has weights of its own, or another's")


def used_names(sketch: Sketch) -> set[str]:
    """The stored tensors that layers use."""
    return {
        name for draft in sketch.layers for each in draft.weights.values() for name in each.tensors
    }


def unused(sketch: Sketch) -> dict[str, int]:
    """Parameters that no layer uses, and their sizes."""
    used = used_names(sketch)
    return {
        stored.name: prod(stored.sizes)
        for stored in sketch.program.stored.values()
        if stored.sort == "parameter" and stored.name not in used
    }


def adopted(sketch: Sketch) -> dict[str, int]:
    """Constants and buffers of the model that stand where layers have weights which are trained,
    and their sizes."""
    stored = {each.name: each for each in sketch.program.stored.values()}
    return {
        name: prod(stored[name].sizes)
        for draft in sketch.layers
        if draft.layer is not None
        for weight in draft.layer.weights(*(each.shape for each in draft.inputs))
        if not weight.buffer and weight.name in draft.weights
        for name in draft.weights[weight.name].tensors
        if stored[name].sort != "parameter"
    }


def params_of(sketch: Sketch) -> int:
    """What the spec must have: the model's own, less those that it never uses in inference."""
    left_out = sum(unused(sketch).values())
    return sketch.program.counted.params - left_out + sum(adopted(sketch).values())


def expected(sketch: Sketch) -> dict[str, Plain]:
    """What must hold of the spec: the model's own numbers, without parameters that it never uses
    in inference."""
    counted = sketch.program.counted
    found: dict[str, Plain] = {"params": params_of(sketch)}
    if counted.macs is not None:
        found["macs"] = counted.macs
    shape = next(iter(sketch.outputs.values())).shape
    found["output"] = times(shape) if len(shape) > 1 else shape[0]
    return found


def _numbers(graph: Graph, sketch: Sketch) -> Iterator[str]:
    """Where they are not the model's."""
    counted, left_out = sketch.program.counted, sum(unused(sketch).values())
    params = sum(each.total for each in count_params(graph).values())
    if params != params_of(sketch):
        besides = f", {left_out:,} of which are not used" if left_out else ""
        yield f"{params:,} params, and the model has {counted.params:,}{besides}"
    macs = sum(each.macs for each in count_ops(graph).values())
    if counted.macs is not None and macs != counted.macs:
        by = sketch.program.counted_by
        yield f"{macs:,} MACs, and {by} counts {counted.macs:,} of the model"
    for draft in sketch.layers:
        if draft.layer is not None:
            yield from _weights(draft)


def _weights(draft: Draft) -> Iterator[str]:
    """Weights that are of no tensor, or of one of another size."""
    assert draft.layer is not None
    for weight in draft.layer.weights(*(each.shape for each in draft.inputs)):
        origin = draft.weights.get(weight.name)
        if origin is None:
            if not weight.buffer:
                yield f"the `{weight.name}` of a `{draft.kind}` at {draft.site} is of no tensor"
        elif origin.sizes is not None and prod(origin.sizes) != weight.size:
            yield f"the `{weight.name}` of a `{draft.kind}` at {draft.site} has another size"


def _listed(names: Mapping[str, int]) -> str:
    shown = ", ".join(f"`{name}`" for name in list(names)[:MANY])
    return f"{shown} and {len(names) - MANY:,} more" if len(names) > MANY else shown


def _notes(sketch: Sketch) -> Iterator[str]:
    """What of the model is not in the spec."""
    rest, more = unused(sketch), adopted(sketch)
    if rest:
        total = sum(rest.values())
        yield f"{total:,} parameters are left out, which inference never uses: {_listed(rest)}"
    if more:
        total = sum(more.values())
        yield f"{total:,} numbers that the model holds fixed are weights of layers: {_listed(more)}"
    if sketch.program.counted.macs is None:
        by = sketch.program.counted_by
        yield f"{by} cannot count the MACs of this model, so they were not compared"
    yield from sketch.program.notes
    yield from sketch.dropped
