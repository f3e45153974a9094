"""A batch norm right behind a convolution or linear layer disappears into its weights and bias.

At test time it multiplies each channel by gamma/sqrt(var + eps) and adds to it: so can the layer
before it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from cnncalc.language.text import tree
from cnncalc.language.text.tree import Scalar
from cnncalc.language.writing.edited_text import Edit, Place, Text
from cnncalc.layers import LAYERS
from cnncalc.layers.base import Layer
from cnncalc.layers.parametrized import way
from cnncalc.network.graph import Graph, Node
from cnncalc.transform.change import (
    Changeable,
    ItemKey,
    JointChange,
    Reason,
    Together,
    Transformation,
    item,
    left_by_item,
)
from cnncalc.transform.match import Intention

TAKES_IT = tuple(kind for kind, layer in LAYERS.items() if layer.role == "weighted")


def find(graph: Graph) -> Changeable:
    """The batch norms that can go, those of one text together."""
    norms = [node for node in graph.layers if node.kind == "batch_norm"]
    reasons = _reasons(graph, norms)
    pairs = {norm.inputs[0]: norm for norm in norms if norm not in reasons}
    together = _together(graph, norms)
    blocked = _blocked(graph, norms, reasons, pairs, together)
    changes: dict[object, list[Node]] = {}
    for norm in norms:
        root = together.root(item(norm))
        if root not in blocked:
            changes.setdefault(root, []).append(norm)
        elif norm not in reasons:
            reasons[norm] = blocked[root]
    found = tuple(
        JointChange(tuple(group), frozenset(group), {norm.inputs[0]: norm for norm in group})
        for group in changes.values()
    )
    return Changeable(
        found, left_by_item({norm: reasons[norm] for norm in norms if norm in reasons})
    )


def _reasons(graph: Graph, norms: list[Node]) -> dict[Node, Reason]:
    """Why single batch norms cannot go."""
    reads = graph.readers()
    heads = {graph.output, *graph.outputs.values()}
    found = {}
    for norm in norms:
        reason = _reason(norm, reads[norm.inputs[0]], heads)
        if reason:
            found[norm] = reason
    return found


def _reason(norm: Node, beside: list[Node], heads: set[Node]) -> Reason | None:
    layer = norm.inputs[0]
    assert norm.layer
    if not norm.layer.values()["track"]:
        return Reason("it has `track: false`: its statistics are those of what arrives")
    if layer.layer is None or layer.kind not in TAKES_IT:
        return Reason("it reads {}, no convolution or linear layer", (layer,))
    how = way(layer.layer)
    if layer.layer.inputs_first and how == "weight_norm":
        text = "the weight norm of {} has a length for each input, not for each filter"
        return Reason(text, (layer,))
    if how and how != "weight_norm":
        return Reason(f"the `{how}` of {{}} leaves its filters no length of their own", (layer,))
    if layer in heads:
        return Reason("{} is an output of the network before it is normalised", (layer,))
    other = next((node for node in beside if node is not norm), None)
    return Reason("{} reads {} before it is normalised", (other, layer)) if other else None


def _values(node: Node) -> dict[str, object]:
    return node.layer.values() if node.layer else {}


def _together(graph: Graph, norms: list[Node]) -> Together:
    """Items that can only change with each other."""
    together = Together()
    for norm in norms:
        if norm.inputs[0].kind in TAKES_IT:
            together.join((item(norm), item(norm.inputs[0])))
    for node in graph.layers:
        if node.shares:
            together.join((item(node), item(node.shares)))
    return together


def _blocked(
    graph: Graph,
    norms: list[Node],
    reasons: dict[Node, Reason],
    pairs: dict[Node, Node],
    together: Together,
) -> dict[object, Reason]:
    """What cannot change together, and why."""
    found: dict[object, Reason] = {}
    for norm in norms:
        if norm in reasons:
            text = f"it goes in all its calls or in none, and as `{norm.path}` {reasons[norm].text}"
            reason = Reason(text, reasons[norm].nodes)
            found.setdefault(together.root(item(norm)), reason)
    for node in graph.layers:
        if node.lender:
            text = "the weight of {} is also that of {}"
            found.setdefault(together.root(item(node)), Reason(text, (node.lender, node)))
    concerned = {together.root(item(norm)) for norm in norms}
    owners: dict[Node, tuple[Node, Layer | None] | None] = {}
    for node in graph.layers:
        root = together.root(item(node))
        if node.kind not in TAKES_IT or root not in concerned:
            continue
        follows = pairs.get(node)
        owner = (follows.shares or follows, follows.layer) if follows else None
        if owners.setdefault(node.shares or node, owner) != owner:
            other = node.shares or node
            text = "the weights of {} are shared, and not all that use them have this norm"
            found.setdefault(root, Reason(text, (other,)))
        elif follows is None and not _values(node)["bias"]:
            text = "what it follows is also {}, which no batch norm follows and which has no bias"
            found.setdefault(root, Reason(text, (node,)))
    return found


# -- text -----------------------------------------------------------------------------------


def write(text: Text, changes: Sequence[JointChange]) -> list[Edit]:
    """The batch norms' items go, the layers before them get a bias. Raises UnwritableError."""
    edits: list[Edit] = []
    before = {item(norm): node for change in changes for node, norm in _pairs(change)}
    for key, node in before.items():
        edits += _without_norm(text, text.places[key], text.place(node.span))
    spare: dict[str, str | None] = {"batch_norm": None} if _all_go(text, before) else {}
    return edits + _biased(text, [node for node in before.values() if not _bias(node)], spare)


def _pairs(change: JointChange) -> Iterator[tuple[Node, Node]]:
    for node, norm in change.becomes.items():
        assert isinstance(norm, Node)
        yield node, norm


def _bias(node: Node) -> bool:
    return bool(_values(node)["bias"])


def _without_norm(text: Text, norm: Place, layer: Place) -> list[Edit]:
    """Its item goes; whoever refers to it by name refers to what it read."""
    edits = text.without_item(norm)
    name, reads = norm.entry("name"), norm.entry("from")
    if not isinstance(name, Scalar) or not text.refers_to(name.text):
        return edits
    before = text.item_before(norm) or layer
    known = reads or before.entry("name")
    if isinstance(known, Scalar):
        return [*edits, *text.renamed(norm, name.text, known.text)]
    return [*edits, text.with_name(before, name.text)]


def _all_go(text: Text, norms: Collection[ItemKey]) -> bool:
    """Whether no batch norm is left that defaults could speak of."""
    spans = (place.kind.span for place in _items(text, "batch_norm"))
    return all((span.line, span.column) in norms for span in spans)


def _biased(text: Text, nodes: list[Node], spare: dict[str, str | None]) -> list[Edit]:
    """Every item among `nodes` has a bias: by itself, or because the spec's defaults have one.
    spare: kinds whose defaults go"""
    edits: list[Edit] = []
    places = {item(node): text.place(node.span) for node in nodes}
    for kind in TAKES_IT:
        ours = [place for place in places.values() if place.kind.text == kind]
        default = text.entry("defaults", kind, "bias")
        known = set(map(id, ours))
        if default and all(
            id(place) in known or "bias" in place.fields() for place in _items(text, kind)
        ):
            spare[kind], default = "bias", None
        for place in ours:
            edits += _with_bias(text, place, default is not None)
    return edits + text.without_defaults(spare)


def _items(text: Text, kind: str) -> Iterator[Place]:
    """The items of a kind; a branch may have the same name."""
    found = text.of_kind.get(kind, ())
    return (place for place in found if not isinstance(place.value, tree.Sequence))


def _with_bias(text: Text, place: Place, is_default: bool) -> list[Edit]:
    """`bias: false` goes where a layer has a bias by itself; else `bias: true` is written."""
    main = next(iter(LAYERS[place.kind.text].fields))
    if isinstance(place.value, tree.Mapping) and not is_default:
        own = place.fields().get("bias")
        spare = isinstance(own, Scalar) and own.text == "false"
        if spare and len(place.value.entries) > 1:
            return text.without_entries(place.value, ["bias"])
    if is_default or "bias" in place.fields():
        return text.with_field(place, main, "bias", "true")
    return []


# -- what it becomes ------------------------------------------------------------------------


def difference(changes: Sequence[JointChange]) -> Intention:
    """The batch norms are gone, the layers before them have a bias, all else is the same."""
    folded = {node for change in changes for node in change.becomes}

    def agrees(old: Node, new: Node) -> bool:
        wanted = _with_a_bias(old.layer) if old in folded and old.layer else old.layer
        return new.layer == wanted and new.shape == old.shape

    return Intention({norm for change in changes for norm in change.removed}, (), agrees)


def _with_a_bias(layer: Layer) -> Layer:
    return type(layer)(**{**layer.values(), "bias": True})


FOLD_BATCH_NORM = Transformation(
    name="fold-batch-norm",
    done=("batch norm folded", "batch norms folded"),
    suffix=" (batch norm folded)",
    undoes=None,
    nothing="it has no batch norm",
    find=find,
    write=write,
    difference=difference,
)
