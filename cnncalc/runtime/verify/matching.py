"""Which call of a forward pass is which layer of the spec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from torch import nn

from cnncalc.network.graph import Graph, Node
from cnncalc.network.names import module_path
from cnncalc.records import NamedTuple
from cnncalc.runtime.verify.trace import Trace, Traced, Value

FUNCTIONS = {
    "concat": "cat",
    "add": "add",
    "subtract": "sub",
    "multiply": "mul",
    "divide": "div",
    "maximum": "maximum",
    "minimum": "minimum",
    "pad_channels": "pad",
}
"""Kinds that have no module, and the function of PyTorch's that each is."""

WIRES: Mapping[str, Mapping[str, object]] = {"identity": {}, "pad_channels": {"count": 0}}
"""Kinds that pass on what they read, where their fields have these values: nothing is called."""


class Seen(NamedTuple):
    """A layer as it ran.

    calls: of its module or its functions; none where it only passes on
    reads: the values it read, in order; makes: the one it returned
    """

    calls: tuple[Traced, ...]
    reads: tuple[Value, ...]
    makes: Value

    @property
    def macs(self) -> int:
        """The MACs PyTorch counted."""
        return sum(call.macs for call in self.calls)


class Ran(NamedTuple):
    """The layers that ran; of those that did not, why. `rest`: calls that are no layer's."""

    seen: Mapping[Node, Seen]
    missing: Mapping[Node, str]
    rest: tuple[Traced, ...]

    def reads_well(self, node: Node, trace: Trace) -> bool:
        """Whether a layer was given the shapes that the spec has: what differs is its own doing."""
        given = [trace.shapes[value][1:] for value in self.seen[node].reads]
        return given == list(node.shapes)


def modules(graph: Graph, network: nn.Module) -> dict[Node, nn.Module]:
    """The module of each layer that has one."""
    found = dict(network.named_modules(remove_duplicate=False))
    paths = {node: module_path(node.path) for node in graph.layers if has_module(node)}
    return {node: found[path] for node, path in paths.items() if path in found}


def has_module(node: Node) -> bool:
    """Whether a layer is a module of its own."""
    return node.kind not in FUNCTIONS and not passes_on(node)


def passes_on(node: Node) -> bool:
    """Whether a layer does nothing."""
    if node.layer is None or node.kind not in WIRES:
        return False
    return WIRES[node.kind].items() <= node.layer.values().items()


def matched(graph: Graph, trace: Trace, places: Mapping[Node, nn.Module]) -> Ran:
    """Modules by their place, those that run several times by their turn; functions by order."""
    matching = _Matching(graph, trace)
    for node in graph.layers:
        matching.take(node, places.get(node))
    rest = tuple(call for call in trace.calls if id(call) not in matching.taken)
    return Ran(matching.seen, matching.missing, rest)


class _Matching:
    def __init__(self, graph: Graph, trace: Trace) -> None:
        self.trace = trace
        self.seen: dict[Node, Seen] = {}
        self.missing: dict[Node, str] = {}
        self.values = {node: number for number, node in enumerate(graph.inputs.values())}
        self.taken: set[int] = set()
        self.runs: dict[nn.Module, list[Traced]] = {}
        self.makers: dict[Value, Traced] = {}
        for call in trace.calls:
            if isinstance(call.function, nn.Module):
                self.runs.setdefault(call.function, []).append(call)
            else:
                self.makers[call.makes] = call
        self.padded = set(self.padding(graph))
        self.functions = [
            call
            for call in trace.calls
            if not isinstance(call.function, nn.Module) and id(call) not in self.padded
        ]

    def padding(self, graph: Graph) -> Iterator[int]:
        """The paddings that belong to the module they are for, not to a layer by itself."""
        own = {id(call) for call in self.makers.values() if call.name == "pad"}
        layers = [
            node
            for node in graph.layers
            if FUNCTIONS.get(node.kind) == "pad" and not passes_on(node)
        ]
        if not layers:
            yield from own
            return
        for calls in self.runs.values():
            for call in calls:
                for read in call.reads:
                    maker = self.makers.get(read)
                    if maker and id(maker) in own and not _channels(maker, self.trace):
                        yield id(maker)

    def take(self, node: Node, module: nn.Module | None) -> None:
        """Find the calls of one layer."""
        if passes_on(node):
            found: tuple[Traced, ...] | str = ()
        elif node.kind in FUNCTIONS:
            found = self.of_function(node)
        elif module is None:
            found = f"there is no module `{module_path(node.path)}`"
        else:
            found = self.of_module(module)
        if isinstance(found, str):
            self.missing[node] = found
            return
        self.taken.update(map(id, found))
        if found:
            seen = Seen(found, self.reads(found), found[-1].makes)
        elif node.inputs[0] in self.values:
            read = self.values[node.inputs[0]]
            seen = Seen((), (read,), read)
        else:
            self.missing[node] = "what it passes on was not found"
            return
        self.seen[node] = seen
        self.values[node] = seen.makes

    def of_module(self, module: nn.Module) -> tuple[Traced, ...] | str:
        """The next run of a module, behind the paddings that are for it."""
        if not self.runs.get(module):
            return "its module does not run"
        call = self.runs[module].pop(0)
        before = [self.makers[read] for read in call.reads if self.is_padding(read)]
        return (*before, call)

    def is_padding(self, value: Value) -> bool:
        """Whether a value was made by a padding that belongs to a module."""
        return value in self.makers and id(self.makers[value]) in self.padded

    def of_function(self, node: Node) -> tuple[Traced, ...] | str:
        """The next functions: one, or one less than there are branches."""
        wanted = FUNCTIONS[node.kind]
        count = 1 if wanted in ("cat", "pad") else len(node.inputs) - 1
        calls, self.functions = self.functions[:count], self.functions[count:]
        names = [call.name for call in calls]
        if names != [wanted] * count:
            said = ", ".join(f"`{name}`" for name in names) or "nothing"
            return f"{said} is called where `{wanted}` is meant"
        return tuple(calls)

    def reads(self, calls: tuple[Traced, ...]) -> tuple[Value, ...]:
        """The values that several calls, one upon the other, read from elsewhere."""
        makers = {call.makes: call for call in calls[:-1]}

        def origins(call: Traced) -> Iterator[Value]:
            for read in call.reads:
                if read in makers:
                    yield from origins(makers[read])
                else:
                    yield read

        return tuple(origins(calls[-1]))


def _channels(call: Traced, trace: Trace) -> bool:
    """Whether a padding adds channels."""
    (read,) = call.reads
    return trace.shapes[read][1] != trace.shapes[call.makes][1]
