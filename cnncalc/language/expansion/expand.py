"""A network as written -> the graph. What stands around its list of layers; `run` does the list."""

from __future__ import annotations

from collections.abc import Mapping

from cnncalc.diagnostics import Diagnostics
from cnncalc.language.expansion.assembly import MOST_LAYERS, TooLargeError
from cnncalc.language.expansion.frame import UNKNOWN, Frame, Outcome, Tensor
from cnncalc.language.expansion.references import given
from cnncalc.language.expansion.run import Runner
from cnncalc.language.expansion.size import Sizes
from cnncalc.language.text.tree import Scalar
from cnncalc.language.values.scope import QUIET, Scope
from cnncalc.language.values.values import Value, Word, named
from cnncalc.language.written.grammar import LAST
from cnncalc.language.written.syntax import Network
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
        heads = _heads(network, frame, runner)
    except TooLargeError:
        return None
    if diagnostics.failed or not isinstance(output, Node):
        return None
    last = next((name for name, node in heads.items() if node is output), LAST)
    others = {name: node for name, node in heads.items() if name != last}
    graph = Graph(
        name=network.name,
        path=path,
        about=network.about,
        source=network.source,
        inputs=inputs,
        layers=runner.assembly.layers,
        output=output,
        outputs=others,
        groups=runner.assembly.groups,
        span=network.head,
        expect=network.expect,
        published=network.published,
        init=network.init,
        unused=network.unused,
        recipe=network.recipe,
        last=last if others else LAST,
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
        frame.records[name] = Outcome(inputs.get(name, UNKNOWN))
    return frame


def _heads(network: Network, frame: Frame, runner: Runner) -> dict[str, Node]:
    """The further outputs, each one layer's; those that are left out are not among them."""
    values = runner.outputs(network.outputs, frame)
    found: dict[str, Node] = {}
    for head in network.outputs:
        value = values.get(head.name.text)
        if isinstance(value, tuple) and head.source:
            message = f"the output `{head.name.text}` is {named(value)}"
            hint = "an output of the network is one layer's: give each of them a name"
            runner.diagnostics.error("CNN306", head.source.span, message, hint)
        elif isinstance(value, Word) and isinstance(node := given(value), Node):
            found[head.name.text] = node
    return found


def _nothing(name: str) -> None:
    """No layer is in reach."""
