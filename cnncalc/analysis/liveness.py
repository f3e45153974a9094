"""Which tensors are alive at once, as PyTorch runs the lowered network."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from math import prod

from cnncalc.analysis.casting import CAST, SHORT, Casting, cast_stage, read_by
from cnncalc.analysis.tensors import Held, Made, Storage
from cnncalc.layers.base import INDEX, Kept, Order, Shape, Stage, Weight, cast_of, names
from cnncalc.network.graph import Graph, Node
from cnncalc.network.parts import Part, tree
from cnncalc.network.plan import Loop, Plan, Step, plan, sequence
from cnncalc.records import NamedTuple


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
        self.note(Growth(self.each, self.fixed))

    def note(self, alive: Growth) -> None:
        """There is so much alive: a moment; of those of one run of a layer, only what is more than
        the one before, or may be, for some batch."""
        last = self.moments[-1] if self.moments else None
        if last and last.node is self.node and last.backward == self.backward:
            before = last.alive
            if before.each >= alive.each and before.fixed >= alive.fixed:
                return
            if before.each <= alive.each and before.fixed <= alive.fixed:
                self.moments.pop()
        self.moments.append(Moment(alive, self.node, self.backward, self.gradients))

    def let_go(self, tensor: Storage) -> None:
        """Hold it once less."""
        tensor.holders -= 1
        if not tensor.holders and tensor.parts:
            for part in tensor.parts:
                self.let_go(part)
        elif not tensor.holders:
            self.each -= tensor.each
            self.fixed -= tensor.fixed

    def pass_by(self, brief: Iterable[Kept], width: int) -> None:
        """All of them come to be, of numbers of so many bytes unless they say how many, then go."""
        for tensor in [self.bytes(kept.each, kept.fixed, kept.width or width) for kept in brief]:
            self.let_go(tensor)


_Alike = tuple[int, tuple[Shape, ...], tuple[Order, ...], bool, bool]


class Running:
    """A network as it runs, its parts as their plans say."""

    training = False

    def __init__(self, width: int, autocast: str | None = None) -> None:
        self.ledger = Ledger(width)
        self.casting = Casting(autocast)
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
        found = self.run(plan(tree(graph), graph.inputs, graph.heads), self.given)
        self.let_go(self.casting.ended())
        return found

    def arriving(self, node: Node, indices: bool) -> Made:
        """An input of the network."""
        width = INDEX if indices else self.ledger.width
        tensor = self.ledger.bytes(prod(node.shape), 0, width)
        return Made(tensor, tensor.each, 0, width, False)

    # -- what is held -------------------------------------------------------------------------

    def hold(self, values: Iterable[Made]) -> None:
        """Hold each once more."""
        for value in values:
            value.holders += 1

    def let_go(self, values: Iterable[Made]) -> None:
        """Hold each once less."""
        for value in values:
            value.holders -= 1
            if not value.holders:
                self.ledger.let_go(value.tensor)
                self.forget(value)

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
        stages, until = self.stages(node, given)
        local: Held = dict(zip(names(len(given)), given, strict=True))
        self.hold(given)
        for number, stage in enumerate(stages):
            value = self.stage(node, stage, local, until)
            if stage.makes.name in local:
                self.let_go([local[stage.makes.name]])
            local[stage.makes.name] = value
            for name in dict.fromkeys((*stage.reads, *stage.beside, stage.makes.name)):
                if name in local and until.get(name, -1) <= number and name != "output":
                    self.let_go([local.pop(name)])
        output = local.pop("output")
        self.let_go(local.values())
        return output

    def stages(self, node: Node, given: Sequence[Made]) -> tuple[list[Stage], dict[str, int]]:
        """Those of a layer, and the last that reads each tensor; of layers that are alike found
        once."""
        assert node.layer
        learns = trains(node)
        orders = tuple(value.order for value in given)
        graded = learns or any(value.wanted for value in given)
        alike = id(node.layer), node.shapes, orders, learns, graded
        if alike not in self.known:
            trained = self.training and (graded or not node.layer.rests_ungraded)
            made = node.layer.stages if trained else node.layer.stages_at_rest
            device = self.casting.device
            found = made(*node.shapes)
            if node.weights and not learns:
                found = node.layer.without_gradients(found, *node.shapes)
            stages = [
                each.learning(learns)
                for each in found
                if each.device in ("", device) and each.runs(orders)
            ]
            self.known[alike] = stages, _last_reads(stages)
        return self.known[alike]

    def stage(self, node: Node, stage: Stage, local: Held, awaited: Container[str]) -> Made:
        """One operation, before which autocast casts what it reads; what it makes, held once.

        awaited: what the stages of the layer read or hold
        """
        casts = self.casts(node, stage, local)
        if not casts:
            return self.operation(node, stage, local)
        found = self.operation(node, cast_stage(stage, casts, local), {**local, **casts})
        self.let_go([cast for name, cast in casts.items() if name not in awaited])
        local.update((name, cast) for name, cast in casts.items() if name in awaited)
        return found

    def operation(self, node: Node, stage: Stage, local: Held) -> Made:
        """What it makes of what it reads, held once."""
        reads = [local[name] for name in stage.reads]
        made = stage.makes
        width = made.width or self.casting.made(stage, reads, local) or self.ledger.width
        if stage.view or (stage.spared and reads[0].order in stage.spared):
            tensor = reads[0].tensor
            tensor.holders += 1
        elif stage.weight:
            tensor = Storage(0, 0)
        else:
            tensor = self.ledger.bytes(made.each, made.fixed, width)
        wanted = self.wanted(node, stage, reads)
        order = reads[0].order if stage.alike and not stage.order else stage.order
        value = Made(tensor, made.each * width, made.fixed * width, width, wanted, order)
        value.other = width == SHORT and self.casting.other(stage, reads)
        value.parts = stage.parts
        beside = self.beside(stage, width)
        own = [
            self.ledger.bytes(kept.each, kept.fixed, kept.width or beside)
            for kept in stage.keeps
            if kept.new(stage, local)
        ]
        self.ledger.pass_by(stage.besides, beside)
        self.remember(node, stage, reads, value, local, own)
        for each in own:
            self.ledger.let_go(each)
        return value

    # -- autocast -----------------------------------------------------------------------------

    def casts(self, node: Node, stage: Stage, local: Held) -> Held:
        """What an operation reads, and its weights, in the type that autocast has it work with,
        as far as they are of another: each by the name of a cast, held once. The last comes first,
        as compilers have the arguments of PyTorch's own calls."""
        width = self.casting.to(stage, local)
        found: Held = {}
        if not width:
            return found
        if stage.cast == "half":
            for weight in reversed(read_by(node, stage)):
                found[cast_of(weight.name)] = self.cast_weight(node, weight, width)
        for name in dict.fromkeys(reversed(stage.reads)):
            read = local[name]
            other = width == SHORT and self.casting.other(stage, [read])
            if read.width not in (width, INDEX) or read.other != other:
                tensor = read.apart(width)
                self.ledger.come(tensor)
                size = tensor.each, tensor.fixed, width
                made = found[cast_of(name)] = Made(tensor, *size, read.wanted, read.order)
                made.other = other
                self.remember(node, CAST, [read], found[cast_of(name)], {}, ())
        return found

    def cast_weight(self, node: Node, weight: Weight, width: int) -> Made:
        """A weight cast; one that trains once for all that read it, until autocast ends."""
        origin = node.origin(weight)
        known = self.casting.weights.get((origin, weight.name))
        if known:
            self.hold([known])
            return known
        learns = self.training and not (weight.buffer or origin.frozen)
        tensor = self.ledger.bytes(0, weight.size, width)
        made = Made(tensor, 0, tensor.fixed, width, learns)
        stage = CAST._replace(reads=(), trained=(weight.name,))
        self.remember(node, stage, [], made, {}, ())
        if learns:
            self.casting.weights[origin, weight.name] = made
            self.hold([made])
        return made

    # -- what is left to those who record -----------------------------------------------------

    def beside(self, stage: Stage, width: int) -> int:
        """Bytes of a number of what it keeps or takes besides, where it makes those of `width`."""
        return self.ledger.width if stage.cast == "statistics" else width

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

    def forget(self, value: Made) -> None:
        """No name and no call holds it any longer."""


def trains(node: Node) -> bool:
    """Whether a layer has a weight that trains."""
    return any(not (w.buffer or node.origin(w).frozen) for w in node.weights)


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
