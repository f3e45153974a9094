"""Which tensors are alive at once, as PyTorch runs the lowered network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import prod
from typing import NamedTuple

from cnncalc.layers.base import INDEX, Kept, Shape, Stage
from cnncalc.network.graph import Graph, Node
from cnncalc.network.parts import Part, tree
from cnncalc.network.plan import Loop, Plan, Step, plan, sequence


class Growth(NamedTuple):
    """Bytes as the batch grows: so many for each sample, and some whatever the batch is."""

    each: int = 0
    fixed: int = 0

    def at(self, batch: int) -> int:
        """Those of a batch."""
        return self.each * batch + self.fixed


class Moment(NamedTuple):
    """What is alive when something comes to be.

    node: of which layer; None: of none
    gradients: bytes of the weights' gradients among it
    """

    alive: Growth
    node: Node | None
    backward: bool
    gradients: int = 0


class Storage:
    """Numbers in memory. holders: how many names, calls and operations hold it"""

    __slots__ = ("each", "fixed", "holders")

    def __init__(self, each: int, fixed: int) -> None:
        self.each = each
        self.fixed = fixed
        self.holders = 1


class Made:
    """What an operation gave, as autograd knows it: the same numbers may be seen in many ways.

    each, fixed: its own bytes, which its gradient has, too
    wanted: whether it has a gradient
    turned: whether its channels lie behind one another at each position
    parts: whether its gradient arrives part by part
    """

    __slots__ = ("each", "fixed", "parts", "tensor", "turned", "wanted")

    def __init__(
        self, tensor: Storage, each: int, fixed: int, wanted: bool, turned: bool = False
    ) -> None:
        self.tensor = tensor
        self.each = each
        self.fixed = fixed
        self.wanted = wanted
        self.turned = turned
        self.parts = False


class Ledger:
    """What is alive. each, fixed: their bytes now; moments: what there was whenever it grew"""

    def __init__(self, width: int) -> None:
        self.width = width
        self.each = self.fixed = 0
        self.moments: list[Moment] = []
        self.node: Node | None = None
        self.backward = False
        self.gradients = 0

    def bytes(self, each: int, fixed: int, width: int | None) -> Storage:
        """So many numbers come to be, and are held once."""
        size = width or self.width
        tensor = Storage(each * size, fixed * size)
        self.come(tensor)
        return tensor

    def come(self, tensor: Storage) -> None:
        """It comes to be."""
        self.each += tensor.each
        self.fixed += tensor.fixed
        alive = Growth(self.each, self.fixed)
        self.moments.append(Moment(alive, self.node, self.backward, self.gradients))

    def let_go(self, tensor: Storage) -> None:
        """Hold it once less."""
        tensor.holders -= 1
        if not tensor.holders:
            self.each -= tensor.each
            self.fixed -= tensor.fixed

    def pass_by(self, brief: Iterable[Kept]) -> None:
        """All of them come to be, then go."""
        for tensor in [self.bytes(kept.each, kept.fixed, kept.width) for kept in brief]:
            self.let_go(tensor)


Held = dict[str, Made]
"""What each name of a part stands for."""


_Alike = tuple[int, tuple[Shape, ...], bool]


class Running:
    """A network as it runs, its parts as their plans say."""

    training = False

    def __init__(self, width: int) -> None:
        self.ledger = Ledger(width)
        self.given: list[Made] = []
        self.known: dict[_Alike, tuple[list[Stage], dict[str, int]]] = {}

    def network(self, graph: Graph) -> list[Made]:
        """The whole of it, from inputs that stay; its outputs, each held once."""
        indices = {
            read
            for node in graph.layers
            if node.layer and node.layer.indices
            for read in node.inputs
        }
        self.given = [self.arriving(node, node in indices) for node in graph.inputs.values()]
        return self.run(plan(tree(graph), graph.inputs, graph.heads), self.given)

    def arriving(self, node: Node, indices: bool) -> Made:
        """An input of the network."""
        tensor = self.ledger.bytes(prod(node.shape), 0, INDEX if indices else None)
        return Made(tensor, tensor.each, 0, False)

    # -- what is held -------------------------------------------------------------------------

    def hold(self, values: Iterable[Made]) -> None:
        """Hold each once more."""
        for value in values:
            value.tensor.holders += 1

    def let_go(self, values: Iterable[Made]) -> None:
        """Hold each once less."""
        for value in values:
            self.ledger.let_go(value.tensor)

    # -- what runs ----------------------------------------------------------------------------

    def run(self, own: Plan, given: Sequence[Made]) -> list[Made]:
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

    def step(self, step: Step, held: Held) -> list[Made]:
        """A step, during which what it reads is held; what it makes."""
        given: list[Made] = []
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

    def name(self, names: Sequence[str], made: Sequence[Made], held: Held) -> None:
        """What was made takes these names, if any, and what had them is let go."""
        if not names:
            self.let_go(made)
        for name, value in zip(names, made, strict=False):
            if name in held:
                self.let_go([held[name]])
            held[name] = value

    def call(self, part: Part, given: Sequence[Made]) -> list[Made]:
        """A layer, or the layers of a part."""
        if part.node is None and not part.wire:
            return self.run(sequence(part) if part.chain else plan(part), given)
        if part.wire:
            self.hold(given[:1])
            return [given[0]]
        assert part.node
        return [self.layer(part.node, given)]

    # -- a layer ------------------------------------------------------------------------------

    def layer(self, node: Node, given: Sequence[Made]) -> Made:
        """Its stages in turn; what the last one makes."""
        self.ledger.node = node
        turned = bool(given) and given[0].turned
        stages, until = self.stages(node, turned)
        local: Held = {}
        for number, value in enumerate(given):
            local[f"input {number + 1}" if number else "input"] = value
        self.hold(given)
        for number, stage in enumerate(stages):
            value = self.stage(node, stage, local)
            if stage.makes.name in local:
                self.let_go([local[stage.makes.name]])
            local[stage.makes.name] = value
            for name in dict.fromkeys((*stage.reads, *stage.beside, stage.makes.name)):
                if name in local and until.get(name, -1) <= number and name != "output":
                    self.let_go([local.pop(name)])
        output = local.pop("output")
        self.let_go(local.values())
        return output

    def stages(self, node: Node, turned: bool) -> tuple[list[Stage], dict[str, int]]:
        """Those of a layer, and the last that reads each tensor; of layers that are alike found
        once. turned: whether the channels of its input lie behind one another"""
        assert node.layer
        alike = id(node.layer), node.shapes, turned
        if alike not in self.known:
            made = node.layer.stages if self.training else node.layer.stages_at_rest
            stages = [each for each in made(*node.shapes) if each.when in (None, turned)]
            self.known[alike] = stages, _last_reads(stages)
        return self.known[alike]

    def stage(self, node: Node, stage: Stage, local: Held) -> Made:
        """One operation; what it makes, held once."""
        reads = [local[name] for name in stage.reads]
        made = stage.makes
        width = made.width or self.ledger.width
        if stage.view or (stage.spared and reads[0].turned):
            tensor = reads[0].tensor
            tensor.holders += 1
        elif stage.weight:
            tensor = Storage(0, 0)
        else:
            tensor = self.ledger.bytes(made.each, made.fixed, made.width)
        wanted = self.wanted(node, stage, reads)
        turned = stage.turned or (stage.alike and reads[0].turned)
        value = Made(tensor, made.each * width, made.fixed * width, wanted, turned)
        value.parts = stage.parts
        own = [
            self.ledger.bytes(kept.each, kept.fixed, kept.width)
            for kept in stage.keeps
            if kept.new(stage, local)
        ]
        self.ledger.pass_by(stage.besides)
        self.remember(node, stage, reads, value, local, own)
        for each in own:
            self.ledger.let_go(each)
        return value

    def wanted(self, node: Node, stage: Stage, reads: Sequence[Made]) -> bool:
        """Whether what a stage makes has a gradient."""
        return False

    def remember(
        self,
        node: Node,
        stage: Stage,
        reads: Sequence[Made],
        value: Made,
        local: Held,
        own: Sequence[Storage],
    ) -> None:
        """What is needed later is held."""


def _last_reads(stages: Sequence[Stage]) -> dict[str, int]:
    """For each tensor of a layer the last stage that reads it; those that are held, never."""
    found: dict[str, int] = {"input": len(stages)}
    for number, stage in enumerate(stages):
        for name in (*stage.reads, *stage.beside):
            found[name] = number if not name.startswith("input") else len(stages)
    for stage in stages:
        if stage.held:
            found[stage.makes.name] = len(stages)
    return found
