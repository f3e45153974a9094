"""A linear layer is a convolution as large as its map: each written as the other.

As convolutions they accept larger images, and give a map of scores. The part of the network between
`flatten` (or a global pool) and its output carries vectors in one form, and the same numbers as
maps of size 1 in the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Any

from cnncalc.language.text import tree
from cnncalc.language.text.tree import Scalar
from cnncalc.language.writing.edited_text import Edit, Place, Text, UnwritableError
from cnncalc.language.writing.node_text import braced, inline
from cnncalc.language.written.grammar import RUNS
from cnncalc.layers import LAYERS
from cnncalc.layers.base import Shape, times
from cnncalc.layers.convolution.conv import Conv
from cnncalc.layers.convolution.linear import Linear
from cnncalc.layers.parametrized import way
from cnncalc.layers.pooling.adaptive import GlobalPool
from cnncalc.network.graph import Graph, Node
from cnncalc.transform.change import (
    Changeable,
    JointChange,
    Left,
    Reason,
    Together,
    Transformation,
    by_item,
    item,
)
from cnncalc.transform.match import Intention

POOLS = tuple(kind for kind, layer in LAYERS.items() if issubclass(layer, GlobalPool))


def commutes(node: Node, sizes: Sequence[int]) -> bool:
    """Whether a layer makes the same of a map of these sizes and of its vector."""
    flattening = node.layer.flattening if node.layer else ""
    return flattening == "any" or (flattening == "single" and is_single(sizes))


def is_single(sizes: Sequence[int]) -> bool:
    """Whether a map is one position."""
    return all(size == 1 for size in sizes)


# -- linear layers as convolutions ----------------------------------------------------------


def linear_layers(graph: Graph) -> Changeable:
    """The parts of the network that carry vectors made of maps, and have linear layers."""
    maps, faults = _vectors(graph)
    together = Together()
    edited = [node for node in graph.layers if node.kind in ("flatten", "linear", *POOLS)]
    for node in maps:
        together.join((node, *(source for source in node.inputs if source in maps)))
    for nodes in by_item(edited).values():
        together.join(nodes)
    blocked = {together.root(node): reason for node, reason in reversed(faults.items())}
    for nodes in by_item([node for node in edited if node.kind == "linear"]).values():
        if reason := _no_one_kernel(nodes, maps, faults):
            blocked.setdefault(together.root(nodes[0]), reason)
    for node, reason in _lent(graph):
        blocked.setdefault(together.root(node), reason)
    parts: dict[object, list[Node]] = {}
    for node in graph.layers:
        if node in maps:
            parts.setdefault(together.root(node), []).append(node)
    left: dict[Node, Reason] = {}
    for node in graph.layers:
        if node.kind == "linear" and (node not in maps or together.root(node) in blocked):
            left[node] = blocked.get(together.root(node)) or _no_map(node, faults)
    changes = (_to_convolutions(nodes, maps) for r, nodes in parts.items() if r not in blocked)
    return _found((change for change in changes if change.done), left)


def _lent(graph: Graph) -> Iterator[tuple[Node, Reason]]:
    """The layers that borrow a weight, and those that lend it."""
    for node in graph.layers:
        if node.lender:
            reason = Reason("the weight of {} is also that of {}", (node.lender, node))
            yield from ((node, reason), (node.lender, reason))


def _found(changes: Iterator[JointChange], left: Mapping[Node, Reason]) -> Changeable:
    lefts = [Left(tuple(nodes), left[nodes[0]]) for nodes in by_item(left).values()]
    return Changeable(tuple(changes), tuple(lefts))


def _no_map(node: Node, faults: Mapping[Node, Reason]) -> Reason:
    """Why the vector that a layer reads could be no map: the fault on the way to it, if any."""
    if len(node.shape) > 1:
        return Reason("it reads each step or position by itself already")
    waiting, seen = list(node.inputs), set[Node]()
    while waiting:
        source = waiting.pop()
        if source in faults:
            return faults[source]
        waiting += [s for s in source.inputs if s not in seen]
        seen.update(source.inputs)
    return Reason("the vector of {} comes from no map", node.inputs)


def _vectors(graph: Graph) -> tuple[dict[Node, Shape], dict[Node, Reason]]:
    """The nodes whose vectors could be maps, each with the sizes of its map; and those of them that
    some layer cannot read as a map."""
    maps: dict[Node, Shape] = {}
    faults: dict[Node, Reason] = {}
    for node in graph.layers:
        sources = [source for source in node.inputs if source in maps]
        if not sources:
            if (sizes := _begins(node)) is not None:
                maps[node] = sizes
            continue
        sizes = maps[sources[0]]
        alike = len(sources) == len(node.inputs) and all(maps[s] == sizes for s in sources)
        if not alike:
            faults[sources[0]] = Reason("{} joins it with what is no such map", (node,))
        elif node.kind == "linear":
            maps[node] = tuple(1 for _ in sizes)
        elif commutes(node, sizes) or node.kind == "flatten":
            maps[node] = sizes
        else:
            faults[sources[0]] = Reason("{} needs it as a vector", (node,))
    return maps, faults


def _begins(node: Node) -> Shape | None:
    """The sizes of the map of which a layer makes a vector."""
    sizes = node.inputs[0].shape[1:]
    if not sizes or node.kind not in ("flatten", *POOLS) or len(node.shape) > 1:
        return None
    return sizes if node.kind == "flatten" else tuple(1 for _ in sizes)


def _no_one_kernel(
    nodes: list[Node], maps: Mapping[Node, Shape], faults: Mapping[Node, Reason]
) -> Reason | None:
    """Why the layers of one item cannot be one convolution."""
    stray = next((node for node in nodes if node not in maps), None)
    if stray:
        return _no_map(stray, faults)
    kernels = list(dict.fromkeys(maps[node.inputs[0]] for node in nodes))
    if len(kernels) == 1:
        return None
    *sizes, last = map(times, kernels)
    return Reason(f"it reads maps of {', '.join(sizes)} and {last}: one kernel does not cover both")


def _to_convolutions(nodes: list[Node], maps: Mapping[Node, Shape]) -> JointChange:
    """becomes: of a linear layer, the kernel; of the others, the sizes of the map."""
    linear = [node for node in nodes if node.kind == "linear"]
    becomes = {node: maps[node.inputs[0] if node in linear else node] for node in nodes}
    return JointChange(tuple(linear), frozenset(n for n in nodes if n.kind == "flatten"), becomes)


def write_convolutions(text: Text, changes: Sequence[JointChange]) -> list[Edit]:
    """`linear` items as `conv`, without `flatten`. Raises UnwritableError."""
    edits: list[Edit] = []
    nodes = {item(node): node for change in changes for node in change.becomes}
    for key, node in nodes.items():
        place = text.places[key]
        if node.kind == "flatten":
            edits += _without_flatten(text, place)
        elif node.kind in POOLS:
            edits += _kept(text, place)
        elif place.kind.text == "linear":
            kernel = next(c.becomes[node] for c in changes if node in c.becomes)
            assert isinstance(kernel, tuple)
            edits += _as_conv(text, place, kernel)
    linear = [key for key, place in text.places.items() if place.kind.text == "linear"]
    spare = {"linear": None} if all(key in nodes for key in linear) else {}
    return edits + text.without_defaults(spare)


def _without_flatten(text: Text, place: Place) -> list[Edit]:
    name = place.entry("name")
    if isinstance(name, Scalar) and text.refers_to(name.text):
        raise UnwritableError(f"others refer to its `flatten` by name, `{name.text}`")
    try:
        return text.without_item(place)
    except UnwritableError as error:
        raise UnwritableError(f"its `flatten` cannot go: {error}") from None


def _kept(text: Text, place: Place) -> list[Edit]:
    """A global pool that keeps its axes."""
    if isinstance(place.value, tree.Mapping):
        return text.with_entry(place.value, "keep", "true")
    return [text.with_value(place, "true")]


PLAIN = {"stride": "1", "padding": "0", "dilation": "1", "groups": "1"}
OPTIONS = {"bias": "true", "weight_norm": "false", "spectral_norm": "false"}
"""Fields that both kinds have."""


def _as_conv(text: Text, place: Place, kernel: Shape) -> list[Edit]:
    """`linear: 10` as `conv: {filters: 10, kernel: 7}`, safe from the defaults of `conv`."""
    defaults = _defaults(text, "conv")
    if "table" in defaults:
        raise UnwritableError("the defaults of `conv` have a `table`")
    fields = {"filters": _main(text, place, "units"), "kernel": _size(kernel)}
    harmless = ("half", "same", "valid") if is_single(kernel) else ("valid",)
    for name, plain in PLAIN.items():
        needless = name == "padding" and defaults.get(name) in harmless
        if defaults.get(name, plain) != plain and not needless:
            fields[name] = plain
    return _rewritten(text, place, "conv", fields | _options(text, place, "linear", "conv"))


def _size(kernel: Shape) -> str:
    return str(kernel[0]) if len(set(kernel)) == 1 else times(kernel)


def _defaults(text: Text, kind: str) -> dict[str, str]:
    entry = text.entry("defaults", kind)
    fields = entry[1].entries if entry and isinstance(entry[1], tree.Mapping) else ()
    return {key.text: inline(value) for key, value in fields}


def _main(text: Text, place: Place, field: str) -> str:
    """The main field's text, the defaults' where the item has none."""
    if isinstance(place.value, Scalar) and not place.value.empty:
        return inline(place.value)
    own = place.fields().get(field)
    if own is not None:
        return inline(own)
    default = _defaults(text, place.kind.text).get(field)
    if default is None:
        raise UnwritableError(f"its `{field}` is written elsewhere")
    return default


def _options(text: Text, place: Place, kind: str, other: str) -> dict[str, str]:
    """Fields that both kinds have, where the other kind's defaults would change them."""
    found = {}
    ours, theirs, own = _defaults(text, kind), _defaults(text, other), place.fields()
    for name, plain in OPTIONS.items():
        value = inline(own[name]) if name in own else ours.get(name, plain)
        if value != theirs.get(name, plain):
            found[name] = value
    return found


def _rewritten(text: Text, place: Place, kind: str, fields: dict[str, str]) -> list[Edit]:
    if run := next(filter(place.entry, RUNS), None):
        raise UnwritableError(f"`{run}` sets fields of its {run} repeat")
    value = braced(fields) if len(fields) > 1 else next(iter(fields.values()))
    return [Edit(text.start(place.kind), text.end(place.kind), kind), text.with_value(place, value)]


def as_convolutions(changes: Sequence[JointChange]) -> Intention:
    """Linear layers are convolutions that cover their maps, vectors are maps of size 1."""
    becomes = {node: sizes for change in changes for node, sizes in change.becomes.items()}
    removed = {node for change in changes for node in change.removed}

    def agrees(old: Node, new: Node) -> bool:
        if old not in becomes:
            return old.layer == new.layer and old.shape == new.shape
        if old.kind == "linear":
            return _equals(new, old) and _strides(new) == {1}
        alike = new.layer == _with_keep(old, True)
        return alike and prod(new.shape) == prod(old.shape) and new.shape[1:] == becomes[old]

    return Intention(removed, (), agrees)


def _equals(conv: Node, linear: Node) -> bool:
    """Whether a convolution has one output, of all its map, and otherwise is the linear layer."""
    ours, theirs = conv.layer, linear.layer
    if not isinstance(ours, Conv) or not isinstance(theirs, Linear) or not covers(conv):
        return False
    options = (ours.filters, ours.bias, way(ours))
    return options == (theirs.units, theirs.bias, way(theirs))


def covers(node: Node) -> bool:
    """Whether a convolution's kernel is its whole map."""
    layer = node.layer
    if not isinstance(layer, Conv) or layer.groups > 1 or layer.table is not None:
        return False
    if layer.weight_standardization:
        return False
    slides = layer.slides(node.inputs[0].shape)
    return all(s.extent == s.kernel == s.size and not s.before and not s.after for s in slides)


def _strides(node: Node) -> set[int]:
    layer = node.layer
    return (
        {s.stride for s in layer.slides(node.inputs[0].shape)} if isinstance(layer, Conv) else set()
    )


def _with_keep(node: Node, keep: bool) -> Any:
    """A layer as it is, but a global pool that keeps its axes, or does not."""
    layer = node.layer
    return type(layer)(keep=keep) if layer and node.kind in POOLS else layer


# -- convolutions as linear layers ----------------------------------------------------------


def convolutions(graph: Graph) -> Changeable:
    """The convolutions that cover their maps, with all that follows them."""
    reads = graph.readers()
    single = _single(graph, reads)
    edited = [n for n in graph.layers if n.kind in ("conv", "flatten", *POOLS)]
    together, blocked = Together(), dict[object, Reason]()
    for node in single:
        together.join((node, *(s for s in node.inputs if s in single)))
        together.join((node, *(r for r in reads[node] if r.kind == "flatten")))
    for nodes in by_item(edited).values():
        together.join(nodes)
    flat = {r for node in single for r in reads[node] if r.kind == "flatten"}
    for node in edited:
        if node not in single and node not in flat:
            reason = Reason("it changes in all its calls or in none, and {} does not", (node,))
            blocked.setdefault(together.root(node), reason)
    for nodes in by_item([n for n in edited if n.kind == "conv"]).values():
        if len({node.inputs[0] in single for node in nodes}) > 1:
            reason = Reason("it reads a map as {} and a vector as {}", tuple(nodes[:2]))
            blocked.setdefault(together.root(nodes[0]), reason)
    parts: dict[object, list[Node]] = {}
    for node in graph.layers:
        if node in single or node in flat:
            parts.setdefault(together.root(node), []).append(node)
    left = {
        node: _why_not(node, single, reads) or blocked[together.root(node)]
        for node in graph.layers
        if covers(node) and (node not in single or together.root(node) in blocked)
    }
    changes = (_to_linear(nodes, single) for r, nodes in parts.items() if r not in blocked)
    return _found((change for change in changes if change.done), left)


def _single(graph: Graph, reads: Mapping[Node, list[Node]]) -> set[Node]:
    """The nodes whose maps of size 1 could be vectors: whatever reads them can read vectors."""
    found = {n for n in graph.layers if len(n.shape) > 1 and is_single(n.shape[1:]) and _could(n)}
    while True:
        out = {node for node in found if not _holds(node, found, reads[node])}
        if not out:
            return found
        found -= out


def _could(node: Node) -> bool:
    return covers(node) or commutes(node, ()) or node.kind in POOLS


def _holds(node: Node, single: set[Node], beside: list[Node]) -> bool:
    begins = covers(node) or node.kind in POOLS
    reads = begins or all(source in single for source in node.inputs)
    return reads and all(r in single or r.kind == "flatten" for r in beside)


def _why_not(node: Node, single: set[Node], reads: Mapping[Node, list[Node]]) -> Reason | None:
    """The layer behind a convolution that wants a map."""
    if node in single:
        return None
    while True:
        after = next(r for r in reads[node] if r not in single and r.kind != "flatten")
        joins = bool(after.layer and after.layer.joins)
        if joins and not all(source in single for source in after.inputs):
            stuck = [r for r in reads[after] if r not in single and r.kind != "flatten"]
            if not stuck or not is_single(after.shape[1:]):
                return Reason("{} joins it with a map", (after,))
        elif not _could(after) or not is_single(after.shape[1:]) or not reads[after]:
            return Reason("{} needs it as a map", (after,))
        node = after


def _to_linear(nodes: list[Node], single: set[Node]) -> JointChange:
    """becomes: of a convolution, whether it begins the vectors; of the others, nothing."""
    convs = [node for node in nodes if node.kind == "conv"]
    begin = frozenset(node for node in convs if node.inputs[0] not in single)
    removed = frozenset(node for node in nodes if node.kind == "flatten")
    return JointChange(tuple(convs), removed, {node: node in begin for node in nodes}, begin)


BY_ITSELF = ("from", "when", "repeat", "each", "share")


def write_linear(text: Text, changes: Sequence[JointChange]) -> list[Edit]:
    """`conv` items as `linear`, behind a `flatten`. Raises UnwritableError."""
    edits: list[Edit] = []
    nodes = {item(node): (node, begins) for c in changes for node, begins in c.becomes.items()}
    for key, (node, begins) in nodes.items():
        place = text.places[key]
        if node.kind == "flatten":
            edits += _without_flatten(text, place)
        elif node.kind in POOLS:
            edits += _not_kept(text, place)
        elif place.kind.text == "conv":
            edits += _flattened(text, place) if begins else []
            fields = {"units": _main(text, place, "filters")}
            edits += _rewritten(
                text, place, "linear", fields | _options(text, place, "conv", "linear")
            )
    return edits


def _flattened(text: Text, place: Place) -> list[Edit]:
    for word in BY_ITSELF:
        if place.entry(word):
            raise UnwritableError(f"its `{word}` would have to hold for a `flatten` before it, too")
    return text.before_item(place, "flatten")


def _not_kept(text: Text, place: Place) -> list[Edit]:
    if isinstance(place.value, tree.Mapping):
        return text.with_entry(place.value, "keep", "false")
    return [text.without_value(place)]


def as_linear(changes: Sequence[JointChange]) -> Intention:
    """Convolutions that cover their maps are linear layers, maps of size 1 are vectors."""
    nodes = {node for change in changes for node in change.becomes}
    removed = {node for change in changes for node in change.removed}
    flattened = {node for change in changes for node in change.flattened}

    def agrees(old: Node, new: Node) -> bool:
        if old not in nodes:
            return old.layer == new.layer and old.shape == new.shape
        alike = _equals(old, new) if old.kind == "conv" else new.layer == _with_keep(old, False)
        return alike and new.shape == old.shape[:1]

    return Intention(removed, flattened, agrees)


CONVOLUTIONAL = " (fully convolutional)"
CONNECTED = " (fully connected)"

FC_TO_CONV = Transformation(
    name="fc-to-conv",
    done=("linear layer as a convolution", "linear layers as convolutions"),
    suffix=CONVOLUTIONAL,
    undoes=CONNECTED,
    nothing="it has no linear layer",
    find=linear_layers,
    write=write_convolutions,
    difference=as_convolutions,
)

CONV_TO_FC = Transformation(
    name="conv-to-fc",
    done=("convolution as a linear layer", "convolutions as linear layers"),
    suffix=CONNECTED,
    undoes=CONVOLUTIONAL,
    nothing="no convolution's kernel covers its whole map",
    find=convolutions,
    write=write_linear,
    difference=as_linear,
)
