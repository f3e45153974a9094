"""Which activations are alive at once in inference, as PyTorch runs the lowered network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import prod

from cnncalc.layers.base import Shape, framed
from cnncalc.network.graph import Graph, Node
from cnncalc.network.parts import Part, tree
from cnncalc.network.plan import Loop, Plan, Step, plan, sequence


def most_alive(graph: Graph, width: int) -> int:
    """The most bytes alive at once in inference, for one sample: the parts of the network run as
    their plans say, a layer's output comes to life beside what is held, and dies when nothing holds
    it any more."""
    root = tree(graph)
    inputs = list(graph.inputs.values())
    alive = _Alive(width)
    for node in inputs:
        alive.make(node)
    alive.run(plan(root, graph.inputs, graph.heads), inputs)
    return alive.most


Held = dict[str, Node]
"""What each name of a part stands for: the layer that made those numbers."""


class _Alive:
    """The outputs that are alive. holders: for each how many names and calls hold it; now, most:
    their bytes"""

    def __init__(self, width: int) -> None:
        self.width = width
        self.holders: dict[Node, int] = {}
        self.now = self.most = 0

    # -- what is held -------------------------------------------------------------------------

    def make(self, node: Node, besides: int = 0) -> Node:
        """An output comes to life, and is held once; besides: bytes that its layer takes as it
        runs."""
        self.now += self.width * prod(node.shape)
        self.most = max(self.most, self.now + besides)
        self.holders[node] = 1
        return node

    def hold(self, nodes: Iterable[Node]) -> None:
        """Hold each once more."""
        for node in nodes:
            self.holders[node] += 1

    def let_go(self, nodes: Iterable[Node]) -> None:
        """Hold each once less."""
        for node in nodes:
            self.holders[node] -= 1
            if not self.holders[node]:
                self.now -= self.width * prod(node.shape)

    # -- what runs ----------------------------------------------------------------------------

    def run(self, own: Plan, given: Sequence[Node]) -> list[Node]:
        """A part, which holds what it names to its end; what it gives, which is held for that."""
        held: Held = dict(zip(own.takes, given, strict=True))
        self.hold(given)
        for turn in own.turns:
            if isinstance(turn, Loop):
                self.loop(turn, held)
            else:
                self.name(turn.names, self.step(turn, held), held)
        found = [held[name] for name in own.gives]
        self.hold(found)
        self.let_go(held.values())
        return found

    def step(self, step: Step, held: Held) -> list[Node]:
        """A step, during which what it reads is held; what it makes."""
        given: list[Node] = []
        for read in step.reads:
            if isinstance(read, Step):
                given += self.step(read, held)
            else:
                self.hold([held[read]])
                given.append(held[read])
        found = self.call(step.part, given)
        self.let_go(given)
        return found

    def loop(self, loop: Loop, held: Held) -> None:
        """The runs of a repeat, under a name that a value may have had."""
        begin = [held[name] for name in loop.begin]
        self.hold(begin)
        self.name(loop.names, begin, held)
        self.let_go([held.pop(loop.run)] if loop.run in held else [])
        for run in loop.around.children:
            found = self.call(run, [held[name] for name in loop.reads])
            kept = [held[name] for name in loop.names[:1]] if len(loop.names) > 1 else []
            self.hold(kept)
            self.name(loop.names, [*found, *kept], held)

    def name(self, names: Sequence[str], made: Sequence[Node], held: Held) -> None:
        """What was made takes these names, if any, and what had them is let go."""
        if not names:
            self.let_go(made)
        for name, node in zip(names, made, strict=False):
            if name in held:
                self.let_go([held[name]])
            held[name] = node

    def call(self, part: Part, given: Sequence[Node]) -> list[Node]:
        """A layer, or the layers of a part."""
        if part.node is None and not part.wire:
            return self.run(sequence(part) if part.chain else plan(part), given)
        if part.wire or _is_view(part.node):
            self.hold(given[:1])
            return [given[0]]
        assert part.node
        return [self.make(part.node, self.besides(part.node, part))]

    def besides(self, node: Node, part: Part) -> int:
        """Bytes that a layer takes as it runs, beside its inputs and its output: indices, a padded
        copy, what a join of several has joined so far."""
        assert node.layer
        kept = node.layer.kept(*node.shapes)
        indices = sum(each.size(1, self.width) for each in kept if each.width and each.of == "own")
        form = part.form
        if form is None or form.name == "torch.cat":
            return indices
        if part.function and len(node.inputs) > 2:
            return indices + self.width * prod(_joined(node))
        if form.around and not part.function:
            return indices + self.width * prod(framed(node.shapes[0], form.around))
        return indices + self.width * node.layer.scratch(*node.shapes)


def _is_view(node: Node | None) -> bool:
    return node is not None and node.layer is not None and node.layer.view


def _joined(node: Node) -> Shape:
    """The shape of all branches of a join but the last."""
    assert node.layer
    return node.layer.output_shape(*node.shapes[:-1])
