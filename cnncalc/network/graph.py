"""The graph: nodes in topological order, each a layer in its place with its output shape."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from cnncalc.diagnostics import Note, Span
from cnncalc.display import as_svg, as_text
from cnncalc.layers.base import Layer, Shape, Weight
from cnncalc.layers.fields import counted
from cnncalc.layers.local_facts import LocalFacts
from cnncalc.network.copied import Copies, at, pieces, tallied
from cnncalc.network.expectation import Expectation
from cnncalc.network.published import Published
from cnncalc.records import NamedTuple

if TYPE_CHECKING:
    from cnncalc.network.recipe import Recipe


LENT = "weight"
"""The tensor that a layer of another kind can use."""


EVERY_GROUP = "all"
"""What stands for all groups that are in no other."""


class Copy(NamedTuple):
    """What a node is a copy of, one of several behind it: the how manieth, and what finds its
    inputs."""

    of: Node
    number: int
    inputs: Callable[[], tuple[Node, ...]]


class Node:
    """A layer in its place. Compared by identity.

    path: where it stands, `stage1.0.residual.conv_bn.conv`
    layer: None for an input of the network
    inputs: the nodes it reads
    shape: of its output
    span: where its kind is written
    calls: the blocks it stands in, outermost first, with the place of each call
    frozen: whether its parameters are kept from training
    shares: the node whose weights it uses, or whose `weight`, where its layer only borrows that
    local: what follows from its layer and the shapes it reads, of all that are alike
    copy: of one that stands in a run of a repeat like the run before, what it is a copy of
    """

    __slots__ = (
        "calls",
        "copy",
        "frozen",
        "inputs",
        "layer",
        "local",
        "path",
        "shape",
        "shares",
        "span",
    )

    inputs: tuple[Node, ...]
    copy: Copy | None

    def __init__(
        self,
        path: str,
        layer: Layer | None,
        inputs: tuple[Node, ...],
        shape: Shape,
        span: Span,
        calls: tuple[Note, ...] = (),
        frozen: bool = False,
        shares: Node | None = None,
        local: LocalFacts | None = None,
    ) -> None:
        self.path = path
        self.layer = layer
        self.inputs = inputs
        self.shape = shape
        self.span = span
        self.calls = calls
        self.frozen = frozen
        self.shares = shares
        self.local = local or LocalFacts(layer, tuple([node.shape for node in inputs]))
        self.copy = None

    @classmethod
    def copied(cls, copy: Copy, path: str) -> Node:
        """The copy of a node: its inputs are found once someone asks for them."""
        of = copy.of
        node = cls.__new__(cls)
        node.path, node.layer, node.shape, node.span = path, of.layer, of.shape, of.span
        node.calls, node.frozen, node.shares = of.calls, of.frozen, None
        node.local, node.copy = of.local, copy
        return node

    def __getattr__(self, name: str) -> Any:
        """The inputs of a copy, which are not there yet."""
        if name != "inputs" or self.copy is None:
            raise AttributeError(name, name=name, obj=self)
        self.inputs = self.copy.inputs()
        return self.inputs

    def __reduce__(self) -> tuple[Any, ...]:
        place = self.path, self.layer, self.inputs, self.shape, self.span
        return Node, (*place, self.calls, self.frozen, self.shares, self.local)

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """The shapes of its inputs."""
        return self.local.shapes

    @property
    def weights(self) -> tuple[Weight, ...]:
        """Its parameters and buffers, those it shares among them."""
        return self.local.weights

    @property
    def lender(self) -> Node | None:
        """The node that it shares with, where it borrows that one's `weight` alone."""
        if self.shares is None or self.layer is None or self.shares.layer is None:
            return None
        return self.shares if self.layer.borrows(self.shares.layer) else None

    @property
    def own(self) -> tuple[Weight, ...]:
        """Those of its weights that are not another's."""
        if self.lender:
            return tuple(weight for weight in self.weights if weight.name != LENT)
        return () if self.shares else self.weights

    def origin(self, weight: Weight) -> Node:
        """The node whose own the weight of that name is."""
        node = self
        while node.shares and weight.name not in {own.name for own in node.own}:
            node = node.shares
        return node

    @property
    def kind(self) -> str:
        """Its layer's kind, or `input`."""
        return self.layer.kind if self.layer else "input"

    def __str__(self) -> str:
        return as_text(self)

    def __repr__(self) -> str:
        return f"Node({self.path!r}, {self.layer!r}, {self.shape})"


class Group(NamedTuple):
    """A named part of the network: the nodes `first` to `last` (exclusive), which stand together.

    kind: the block or layer it was written as; `repeat`: how often
    arguments: of a block, what its names stand for; for a layer's output, its node
    outputs: what others read of it by name, where it says so
    """

    path: str
    kind: str
    repeat: int
    first: int
    last: int
    arguments: Mapping[str, object] = {}
    outputs: Mapping[str, object] = {}


class Definition(NamedTuple):
    """A name, a block or a default field that a spec defines, as messages name it."""

    sort: Literal["name", "block", "default"]
    text: str
    span: Span


def nothing_unused() -> tuple[Definition, ...]:
    """Of what no spec defines."""
    return ()


def _known(found: tuple[Definition, ...]) -> tuple[Definition, ...]:
    """What was found already."""
    return found


class Graph(NamedTuple):
    """A network. `layers` are in topological order, copies among them made when someone asks for
    them; `groups` by path. As text it is an outline, as
    deep as fits on a screen. It can be pickled, however deep it is: inputs and layers come first,
    each behind what it reads.

    output: the last node; `outputs`: the further heads by name; `last`: what the output is called
        beside them
    span: where its spec begins to speak of it: its name, if it has one
    expect: what must hold of it, as its spec says
    published: how well it was printed to do
    init: how its weights begin: `suited` to each nonlinearity, `he`, `xavier`, `pytorch`
    unused: finds what its spec defines and never uses
    recipe: how it is trained, where its spec says so
    settings, shapes: what its arguments and the shapes of its inputs were set to when it was read
    """

    name: str
    path: str
    about: str
    source: str
    inputs: Mapping[str, Node]
    layers: Sequence[Node]
    output: Node
    outputs: Mapping[str, Node]
    groups: Mapping[str, Group]
    span: Span
    expect: tuple[Expectation, ...] = ()
    published: Published | None = None
    init: str = "suited"
    unused: Callable[[], tuple[Definition, ...]] = nothing_unused
    recipe: Recipe | None = None
    last: str = "output"
    settings: Mapping[str, str] = {}
    shapes: Mapping[str, str] = {}

    @property
    def heads(self) -> dict[str, Node]:
        """All that it gives, by name, the output of its last layer first."""
        return {self.last: self.output, **self.outputs}

    @property
    def nodes(self) -> Iterator[Node]:
        """Inputs, then layers."""
        yield from self.inputs.values()
        yield from self.layers

    def readers(self) -> dict[Node, list[Node]]:
        """The layers that read each node, in order, each once."""
        found: dict[Node, list[Node]] = {node: [] for node in self.nodes}
        for node in self.layers:
            for source in dict.fromkeys(node.inputs):
                found[source].append(node)
        return found

    def unread(self) -> list[Node]:
        """The layers whose output nothing reads, and that is none of the network's."""
        told = list(pieces(self.layers))
        wanted = {self.output, *self.outputs.values()}
        for piece in told:
            wanted.update(piece.inputs if isinstance(piece, Node) else ends(piece, self.layers))
        if wanted.issuperset(piece for piece in told if isinstance(piece, Node)):
            return []
        wanted.update(source for node in self.layers for source in node.inputs)
        return [node for node in self.layers if node not in wanted]

    @property
    def stated(self) -> tuple[Node, ...]:
        """The layers of which only what they state is known."""
        if not any(node.layer and node.layer.stated for node, _ in tallied(self.layers)):
            return ()
        return tuple(node for node in self.layers if node.layer and node.layer.stated)

    def find(self, path: str) -> Node | None:
        """The layer at `path`."""
        return next((node for node in self.layers if node.path == path), None)

    def __reduce__(self) -> tuple[Any, ...]:
        """With what is unused found, in place of the spec in which to find it."""
        return Graph, tuple(self._replace(unused=partial(_known, self.unused())))

    def __str__(self) -> str:
        return as_text(self)

    def _repr_svg_(self) -> str:
        return as_svg(self)

    def __repr__(self) -> str:
        return f"<Graph {self.name!r}: {counted(len(self.layers), 'layer')}>"


def within(path: str, part: str) -> bool:
    """Whether the layer at `path` is the part or in it."""
    return path == part or path.startswith(f"{part}.")


def ends(copies: Copies, nodes: Sequence[Node]) -> tuple[Node, Node]:
    """What the run of a repeat reads that others are copies of, and what it gives: the first of
    them reads that in its place."""
    run = at(nodes, copies.origin)
    within = set(run)
    return next(
        (source, given)
        for node, copy in zip(run, at(nodes, copies.next), strict=True)
        for source, given in zip(node.inputs, copy.inputs, strict=True)
        if source not in within
    )
