"""A graph as a tree of parts, as its paths nest: what each part reads from outside, and gives."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from cnncalc.layers.base import Shape, TorchModule
from cnncalc.network.graph import Graph, Group, Node
from cnncalc.network.names import attribute

NOTHING = TorchModule("nn.Identity")
"""The form of what passes on what it reads."""


class Part:
    """A layer, or layers that stand together; what it is asked once `tree` has made it, it keeps.

    name: of its module in the part around it; kind: of its layer, or what the group is called as
    node, form: of a layer, and its PyTorch form
    function: whether it is an operator or a function, without a module
    arguments: of a block, what it was called with; outputs: what others read of it by name
    reads: the outputs of other layers that it reads, in the order in which it does
    gives: its layers whose outputs are read elsewhere
    """

    def __init__(
        self,
        path: str,
        kind: str,
        node: Node | None = None,
        form: TorchModule | None = None,
        arguments: Mapping[str, object] = {},
        outputs: Mapping[str, object] = {},
    ) -> None:
        self.path = path
        self.kind = kind
        self.name = attribute(path.rpartition(".")[2])
        self.node = node
        self.form = form
        self.function = form is not None and form.is_function
        self.arguments = arguments
        self.outputs = outputs
        self.children: list[Part] = []
        self.reads: dict[Node, None] = {}
        self.gives: dict[Node, None] = {}

    @cached_property
    def output(self) -> Node:
        """The layer whose output is its own."""
        if self.node:
            return self.node
        return next(reversed(self.gives), None) or self.children[-1].output

    @cached_property
    def called(self) -> Mapping[Node, str]:
        """What the spec calls layers' outputs that it was called with."""
        return _named(self.arguments)

    @cached_property
    def calls(self) -> Mapping[Node, str]:
        """What the spec calls its outputs, where there are several."""
        return _named(self.outputs) if len(self.gives) > 1 else {}

    @cached_property
    def takes(self) -> tuple[Node, ...]:
        """What its `forward` takes, and what each call of that hands over: all that it reads, first
        what arrives, then what it was called with."""
        arriving = [node for node in self.reads if node not in self.called]
        return (*arriving, *(node for node in self.reads if node in self.called))

    @cached_property
    def numbered(self) -> bool:
        """Whether it is a repeat: its children are called 0, 1, 2, ..."""
        return bool(self.children) and all(
            child.name == str(number) for number, child in enumerate(self.children)
        )

    @cached_property
    def wire(self) -> bool:
        """Whether it passes on what it reads."""
        if self.form:
            return self.form == NOTHING
        return all(child.wire for child in self.children)

    def origin(self, node: Node) -> Node:
        """Of a part that passes on what it reads: what one of its layers passes on."""
        while node not in self.reads:
            node = node.inputs[0]
        return node

    @cached_property
    def chain(self) -> bool:
        """Whether each of its children reads the one before it, and nothing else: a sequence of
        modules that needs no code of its own."""
        if len(self.reads) != 1:
            return False
        value = next(iter(self.reads))
        for child in self.children:
            plain = not (child.function or child.listed or (child.form and child.form.before))
            once = child.node is None or len(child.node.inputs) == 1
            if not plain or not once or list(child.reads) != [value] or len(child.gives) > 1:
                return False
            value = child.output
        return set(self.gives) <= {value}

    @cached_property
    def listed(self) -> bool:
        """Whether it is a list of modules, each called by the part around it: a repeat that is no
        chain."""
        return self.numbered and not self.chain and not self.wire

    def __repr__(self) -> str:
        return f"Part({self.path!r}, {self.kind!r})"


def _named(values: Mapping[str, object]) -> dict[Node, str]:
    """The layers among some values, or in lists of them, each with its name."""
    found: dict[Node, str] = {}
    for name, value in values.items():
        if isinstance(value, Node):
            found.setdefault(value, name)
        elif isinstance(value, tuple):
            for place, node in enumerate(value):
                if isinstance(node, Node):
                    found.setdefault(node, f"{name}{place}")
    return found


def tree(graph: Graph) -> Part:
    """The whole network as a part, its path empty."""
    root = Part("", graph.name)
    open_parts = [root]
    forms: dict[tuple[int, tuple[Shape, ...]], TorchModule] = {}
    for node in graph.layers:
        assert node.layer
        alike = id(node.layer), node.shapes
        if alike not in forms:
            forms[alike] = node.layer.torch(*alike[1])
        around = _around(node, open_parts, graph.groups)
        around.children.append(Part(node.path, node.kind, node, forms[alike]))
    _connect(root, graph.readers(), {graph.output, *graph.outputs.values()})
    return root


def _around(node: Node, open_parts: list[Part], groups: Mapping[str, Group]) -> Part:
    """The innermost part that a layer is in: those of `open_parts` that it is not in are closed,
    the others that it is in are opened."""
    path = node.path
    while len(open_parts) > 1 and not path.startswith(f"{open_parts[-1].path}."):
        open_parts.pop()
    begin = len(open_parts[-1].path) + 1 if len(open_parts) > 1 else 0
    while (end := path.find(".", begin)) >= 0:
        group = groups.get(path[:end])
        part = Part(path[:end], "")
        if group:
            given = group.arguments, group.outputs
            part = Part(path[:end], group.kind, None, None, *given)
        open_parts[-1].children.append(part)
        open_parts.append(part)
        begin = end + 1
    return open_parts[-1]


def _connect(part: Part, readers: Mapping[Node, list[Node]], outputs: set[Node]) -> set[Node]:
    """Fill in what a part and those in it read and give; all its layers."""
    if part.node:
        part.reads = dict.fromkeys(part.node.inputs)
        if readers.get(part.node) or part.node in outputs:
            part.gives = {part.node: None}
        return {part.node}
    own: set[Node] = set()
    for child in part.children:
        own |= _connect(child, readers, outputs)
    for child in part.children:
        part.reads.update((node, None) for node in child.reads if node not in own)
        part.gives.update(
            (node, None)
            for node in child.gives
            if node in outputs or any(reader not in own for reader in readers.get(node, ()))
        )
    return own
