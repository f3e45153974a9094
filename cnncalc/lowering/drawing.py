"""The method that draws the weights of a network, as text."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from cnncalc.graph import Graph, Node
from cnncalc.lowering.initialisation import HE, XAVIER, schemes, torch_form
from cnncalc.lowering.names import module_path
from cnncalc.lowering.wrapping import wrapped

DRAW = {
    HE: 'nn.init.kaiming_normal_(module.weight, nonlinearity="relu")',
    XAVIER: "nn.init.xavier_uniform_(module.weight)",
}
CALLED = {HE: "He's", XAVIER: "Xavier's"}


def drawing(graph: Graph) -> Iterator[str]:
    """The lines of `reset_parameters`. The scheme that most layers have is the rule; those of the
    other are listed."""
    found = schemes(graph)
    yield "    def reset_parameters(self) -> None:"
    if not found:
        yield '        """Nothing is drawn anew: PyTorch\'s own initialisation stands."""'
        return
    common = max(CALLED, key=list(found.values()).count)
    others = [node for node, scheme in found.items() if scheme != common]
    if others:
        yield '        """He\'s initialisation before rectifiers, Xavier\'s elsewhere; biases 0."""'
        yield from _mixed(found.keys(), common, others)
    else:
        yield f'        """{CALLED[common]} initialisation; biases 0."""'
        yield "        for module in self.modules():"
        yield f"            if isinstance(module, {_types(found.keys())}):"
        yield f"                {DRAW[common]}"
    if any(_has_bias(node) for node in found):
        yield "                if module.bias is not None:"
        yield "                    nn.init.zeros_(module.bias)"


def _mixed(found: Collection[Node], common: str, others: list[Node]) -> Iterator[str]:
    other = XAVIER if common == HE else HE
    paths = ", ".join(f'"{module_path(node.path)}"' for node in others)
    yield from wrapped(f"others = [{paths}]", 8)
    yield "        for name, module in self.named_modules():"
    yield f"            if isinstance(module, {_types(found)}):"
    yield "                if name in others:"
    yield f"                    {DRAW[other]}"
    yield "                else:"
    yield f"                    {DRAW[common]}"


def _types(found: Collection[Node]) -> str:
    kinds = sorted({torch_form(node).name for node in found})
    return kinds[0] if len(kinds) == 1 else f"({', '.join(kinds)})"


def _has_bias(node: Node) -> bool:
    assert node.layer
    return any(weight.name == "bias" for weight in node.weights)
