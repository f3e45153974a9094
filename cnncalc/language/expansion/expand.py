"""A network as written -> the graph. What stands around its list of layers; `run` does the list."""

from __future__ import annotations

from collections.abc import Mapping

from cnncalc.diagnostics import Diagnostics
from cnncalc.language.expansion.assembly import MOST_LAYERS, TooLargeError
from cnncalc.language.expansion.frame import UNKNOWN, Frame, Record, Tensor
from cnncalc.language.expansion.run import Runner
from cnncalc.language.expansion.size import Sizes
from cnncalc.language.text.tree import Scalar
from cnncalc.language.values.scope import QUIET, Scope
from cnncalc.language.values.values import Value
from cnncalc.language.written.syntax import GroupCall, Item, Network, Output
from cnncalc.network.graph import Graph, Node


def expand(network: Network, path: str, diagnostics: Diagnostics) -> Graph | None:
    """The graph of `network`; None where it has errors. Shapes are inferred as nodes are added."""
    sizes = Sizes(network)
    if sizes.most > MOST_LAYERS:
        _too_large(network, sizes, diagnostics)
        return None
    arguments = _arguments(network, diagnostics)
    inputs = _inputs(network, arguments, diagnostics)
    frame = _outermost(network, arguments, inputs)
    runner = Runner(network, arguments, sizes, diagnostics)
    runner.assembly.look_at(inputs.values())
    try:
        output = runner.run(network.items, frame)
        outputs = {head.name.text: _head(head, frame, runner) for head in network.outputs}
    except TooLargeError:
        return None
    if diagnostics.failed or not isinstance(output, Node):
        return None
    graph = Graph(
        name=network.name,
        path=path,
        about=network.about,
        source=network.source,
        inputs=inputs,
        layers=tuple(runner.assembly.layers),
        output=output,
        outputs={name: head for name, head in outputs.items() if isinstance(head, Node)},
        groups=runner.assembly.groups,
        span=network.head,
        expect=network.expect,
        init=network.init,
        unused=network.unused,
        recipe=network.recipe,
    )
    return graph if _can_train(graph, diagnostics) else None


def _can_train(graph: Graph, diagnostics: Diagnostics) -> bool:
    """Whether the parts that the recipe names are there; what is not is reported."""
    if graph.recipe:
        from cnncalc.language.recipe.agreement import check_parts  # few specs have a recipe

        check_parts(graph.recipe, graph, diagnostics)
    return not diagnostics.failed


def _too_large(network: Network, sizes: Sizes, diagnostics: Diagnostics) -> None:
    """Refuse what would expand beyond bounds before it does, at its largest item."""
    largest = max(network.items, key=sizes.all, default=None)
    span = network.span
    if largest:
        span = largest.repeat.span if largest.repeat else largest.span
    message = f"the network has up to {sizes.most:,} layers; {MOST_LAYERS:,} at most"
    diagnostics.error("CNN508", span, message)


def _arguments(network: Network, diagnostics: Diagnostics) -> dict[str, Value | None]:
    """The network's own arguments, each of which may use those before it."""
    found: dict[str, Value | None] = {}
    for name, node in network.args.items():
        if isinstance(node, Scalar) and node.empty:
            message = f"the network's argument `{name}` has no value"
            hint = f"give it a default, or `--set {name}=...`"
            diagnostics.error("CNN505", node.span, message, hint)
            found[name] = None
            continue
        try:
            found[name] = Scope(found, None, _nothing, (), diagnostics).value(node)
        except QUIET:
            found[name] = None
    return found


def _inputs(
    network: Network, arguments: Mapping[str, Value | None], diagnostics: Diagnostics
) -> dict[str, Node]:
    """The network's inputs as nodes; one alone is called `input`."""
    found = {}
    scope = Scope(arguments, None, _nothing, (), diagnostics)
    for name, node in network.inputs.items():
        try:
            shape = scope.shape(node)
        except QUIET:
            continue
        found[name or "input"] = Node(name or "input", None, (), shape, node.span)
    return found


def _outermost(
    network: Network, arguments: Mapping[str, Value | None], inputs: Mapping[str, Node]
) -> Frame:
    """The frame of the network's own list."""
    only: Tensor | None = None
    if len(network.inputs) <= 1:
        only = next(iter(inputs.values()), UNKNOWN)
    frame = Frame("", arguments, only, only)
    for name in filter(None, network.inputs):
        frame.records[name] = Record(None, {}, inputs.get(name, UNKNOWN), 0, 0)
    return frame


def _head(output: Output, frame: Frame, runner: Runner) -> Tensor | None:
    """A further output: a named group beside the last layer; None where it is left out."""
    if output.source is None:
        return None
    name = output.name.text
    call = GroupCall(output.items)
    item = Item("output", output.name.span, call, output.name, output.source, when=output.when)
    runner.item(item, frame)
    record = frame.records.get(name)
    return record.output if record else None


def _nothing(name: str) -> None:
    """No layer is in reach."""
