"""Activations that flatten out, one behind the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cnncalc.analysis.lint.rule import rule
from cnncalc.analysis.lint.subject import Advice, Subject, advice, is_nonlinear
from cnncalc.network.graph import Node
from cnncalc.records import NamedTuple

FLATTEST = 1 / 1024
"""Product of the steepest slopes: five sigmoids."""

MOST = 8
"""In a row, however steep; LeNet-5 had six of the hyperbolic tangent in 1998."""

LEAST = 1e-9
"""Below this the product is not printed."""


class Saturated(NamedTuple):
    """Saturating activations in a row: how many, the product of their steepest slopes, the last."""

    length: int = 0
    slope: float = 1.0
    last: Node | None = None


@rule(
    "CNN916",
    "warning",
    "saturating activations in a row",
    """Sigmoid, tanh and their like are flat on both sides: at each of them gradients shrink, by a
    sigmoid to a quarter at most. Five sigmoids in a row, or more than eight of any, with no
    normalisation, shortcut or other activation between, leave the first layers next to nothing to
    learn from.""",
    """
input: 784
layers:
  - repeat: 5
    layers: [{linear: 64}, sigmoid]
  - linear: 10
""",
    """
input: 784
layers:
  - repeat: 5
    layers: [{linear: 64}, relu]
  - linear: 10
""",
)
def vanishing(subject: Subject) -> Iterator[Advice]:
    """More saturating activations in a row than gradients come through: no normalisation, no
    shortcut and no other activation between them."""
    chains: dict[Node, Saturated] = {}
    longest: dict[Node, Saturated] = {}
    for node in subject.graph.nodes:
        chain = chains[node] = _chain(node, chains)
        if node.layer and node.layer.steepest:
            longest.pop(chains[node.inputs[0]].last or node, None)
            longest[node] = chain
    for node, chain in longest.items():
        if chain.length > MOST or chain.slope <= FLATTEST:
            yield _flat(node, chain)


def _chain(node: Node, chains: Mapping[Node, Saturated]) -> Saturated:
    if node.layer is None or len(node.inputs) != 1:
        return Saturated()
    before = chains[node.inputs[0]]
    if node.layer.steepest:
        return Saturated(before.length + 1, before.slope * node.layer.steepest, node)
    if is_nonlinear(node) or node.layer.role == "norm":
        return Saturated()
    return before


def _flat(node: Node, chain: Saturated) -> Advice:
    fact = "1 only where all read 0"
    if chain.slope < 1:
        fact = f"1/{1 / chain.slope:,.0f} at most" if chain.slope > LEAST else "next to nothing"
    message = (
        f"{chain.length} saturating activations in a row, no normalisation or shortcut between: "
        f"the product of their slopes is {fact}, and gradients vanish"
    )
    hint = f"`relu` in place of `{node.kind}`, or `batch_norm` before each"
    return advice([node], message, hint)
