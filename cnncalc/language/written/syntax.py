"""A spec as written: its items, joins and blocks, each with its place. Nothing is evaluated yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from cnncalc.diagnostics import Span
from cnncalc.language.text.tree import Node, Scalar
from cnncalc.layers.base import Layer
from cnncalc.network.expectation import Expectation
from cnncalc.network.graph import Definition, nothing_unused
from cnncalc.network.published import Published
from cnncalc.records import NamedTuple

if TYPE_CHECKING:
    from cnncalc.network.recipe import Recipe

Fields = Mapping[str, Node]


class Branch(NamedTuple):
    """A branch of a join: layers, or the name of an earlier layer."""

    name: str
    body: tuple[Item, ...] | Scalar
    when: Node | None


class LayerCall(NamedTuple):
    """`conv: {filters: 64}`: a layer kind with its fields, the spec's defaults included.

    branches: those of its fields that say what it reads
    """

    layer: type[Layer]
    fields: Fields
    branches: tuple[Branch, ...] = ()


class BlockCall(NamedTuple):
    """`bottleneck: {planes: 64}`: a block with its arguments."""

    block: str
    arguments: Fields


class JoinCall(NamedTuple):
    """`concat: {...}`: a join with its branches, or what stands for a list of layers."""

    layer: type[Layer]
    branches: tuple[Branch, ...] | Scalar


class GroupCall(NamedTuple):
    """`layers: [...]`."""

    items: tuple[Item, ...]
    outputs: tuple[Output, ...] = ()


class Share(NamedTuple):
    """`share: NAME`: what runs uses the weights of an earlier item; without a call of its own, it
    is that item again."""

    name: Scalar
    call: Call | None


class Broken(NamedTuple):
    """What could not be read, and is reported; `names`: it would have named layers."""

    names: bool = False


Call = LayerCall | BlockCall | JoinCall | GroupCall | Share | Broken


class Item(NamedTuple):
    """An entry of a `layers` list; `span` is the kind's word.

    each, rows: the item once per row, with these names bound; the rows of a table, or what they are
        computed from
    """

    kind: str
    span: Span
    call: Call
    name: Scalar | None = None
    source: Scalar | None = None
    repeat: Node | None = None
    first: Fields | None = None
    last: Fields | None = None
    each: tuple[str, ...] = ()
    rows: tuple[tuple[Node, ...], ...] | Scalar = ()
    when: Node | None = None
    freeze: Node | None = None


class Block(NamedTuple):
    """A named piece with arguments; an argument without a default is required."""

    name: Scalar
    args: Mapping[str, tuple[Scalar, Node]]
    let: Fields
    items: tuple[Item, ...]
    outputs: tuple[Output, ...] = ()


class Output(NamedTuple):
    """A further head of the network; of a block or a group, what can be read from outside."""

    name: Scalar
    source: Scalar | None
    when: Node | None
    items: tuple[Item, ...]


class Network(NamedTuple):
    """A whole spec, with what it extends and includes.

    span: where `layers` is written; `head`: where the spec begins to speak of the network
    """

    name: str
    about: str
    source: str
    inputs: Mapping[str, Node]
    args: Fields
    blocks: Mapping[str, Block]
    items: tuple[Item, ...]
    outputs: tuple[Output, ...]
    strict_fit: bool
    init: str
    expect: tuple[Expectation, ...]
    published: Published | None
    span: Span
    head: Span
    unused: Callable[[], tuple[Definition, ...]] = nothing_unused
    recipe: Recipe | None = None
