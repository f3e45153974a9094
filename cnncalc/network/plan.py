"""How a part runs: its steps in turn, what each is called with, and what is called by which name
until when. Lowering writes it down, and memory follows from it."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import TypeGuard, Union

from cnncalc.network.graph import Node
from cnncalc.network.names import variable
from cnncalc.network.parts import Part
from cnncalc.records import NamedTuple


class Step(NamedTuple):
    """A part is called.

    reads: what it is called with: names, or steps that run in that place
    names: what is called so from then on; none where nothing reads it
    makes: the layers whose outputs they are
    """

    part: Part
    reads: tuple[str | Step, ...]
    names: tuple[str, ...] = ()
    makes: tuple[Node, ...] = ()

    @property
    def node(self) -> Node | None:
        """The layer whose output it makes, where it makes one."""
        return self.makes[0] if len(self.makes) == 1 else None


class Loop(NamedTuple):
    """The runs of a repeat are called in turn.

    run: what each is called; names: of the last one's output, and of the one before that where it
        is read; begin: what these stand for at first
    reads: what each is called with
    """

    around: Part
    run: str
    names: tuple[str, ...]
    begin: tuple[str, ...]
    reads: tuple[str, ...]

    @property
    def node(self) -> Node:
        """The layer whose output it makes."""
        return self.around.output


Turn = Union[Step, Loop]  # noqa: UP007 (a step refers to itself)


class Plan(NamedTuple):
    """What a part does.

    takes: its arguments; arriving: the layers whose outputs they are
    turns: what it does in turn
    gives: the names of what it returns
    repeats: the runs of each repeat that is called run by run, with that
    """

    takes: tuple[str, ...]
    arriving: tuple[Node, ...]
    turns: tuple[Turn, ...]
    gives: tuple[str, ...]
    repeats: Mapping[Part, Part]


def plan(
    part: Part, inputs: Mapping[str, Node] | None = None, outputs: Mapping[str, Node] | None = None
) -> Plan:
    """How a part runs. inputs, outputs: of the whole network, by name."""
    return _Planner(part, inputs or {}, outputs or {}).plan()


def sequence(part: Part) -> Plan:
    """How a part runs that is a sequence of modules: each takes the name of the one before."""
    steps = [child for child in part.children if not child.wire]
    turns = [Step(step, ("x",), ("x",), (step.output,)) for step in steps]
    return Plan(("x",), part.takes, tuple(turns), ("x",), {})


MANY = 16
"""Numbers behind a name that are used again once they are free."""


class _Taken(Container[str]):
    """The names that cannot be given away: their values are read after step `number`."""

    def __init__(self, until: Mapping[str, int], number: int, others: tuple[str, ...]) -> None:
        self.until = until
        self.number = number
        self.others = others

    def __contains__(self, name: object) -> bool:
        return name in self.others or self.until.get(str(name), -1) > self.number


class _Planner:
    """Plans a part.

    names: what the values are called so far; until: the last step for which each name is needed
    uses: the last step that reads each value; tried: the last number behind names that many have
    """

    def __init__(self, part: Part, inputs: Mapping[str, Node], outputs: Mapping[str, Node]) -> None:
        self.part = part
        self.turns: list[Turn] = []
        self.names: dict[Node, str] = {}
        self.until: dict[str, int] = {}
        self.tried: dict[str, int] = {}
        self.steps = list(_steps(part))
        self.repeats = dict(_repeats(part))
        self.readers = _readers(self.steps)
        self.branches = [0, *accumulate(step.kind == "branch" for step in self.steps)]
        self.wanted = list(outputs.values()) or list(part.gives) or [part.output]
        self.uses = _last_uses(self.readers, self.wanted, len(self.steps))
        self.name_inputs(inputs)

    def plan(self) -> Plan:
        """The plan."""
        takes, arriving = tuple(self.names.values()), tuple(self.names)
        number = 0
        while number < len(self.steps):
            number += self.step(number)
        gives = tuple(self.names[node] for node in self.wanted)
        return Plan(takes, arriving, tuple(self.turns), gives, self.repeats)

    # -- names --------------------------------------------------------------------------------

    def name_inputs(self, inputs: Mapping[str, Node]) -> None:
        """Name what arrives: `x`, or as the network or the block calls it."""
        if inputs:
            for name, node in inputs.items():
                self.call(node, "x" if len(inputs) == 1 else variable(name, self.until))
            return
        for place, node in enumerate(self.part.takes):
            word = self.part.called.get(node, "other" if place else "x")
            self.call(node, variable(word, self.until))

    def call(self, node: Node, name: str) -> None:
        """From now on the value of a layer has this name."""
        self.names[node] = name
        self.until[name] = max(self.uses.get(node, -1), self.until.get(name, -1))

    def alive(self, number: int, *others: str) -> _Taken:
        """The names whose values are read after step `number`, and others that are taken."""
        return _Taken(self.until, number, others)

    def name(self, node: Node, step: Part, number: int) -> str:
        """A name for the output of a step: `x`, or if that is still needed `out`, where it is for
        the next step alone, or for the branches that come next and what joins them."""
        alive = self.alive(number)
        free = next((word for word in ("x", "out") if word not in alive), None)
        last = number + 1 == len(self.steps)
        if node in step.calls:
            word = self.called(step.calls[node], alive)
        elif free and step.kind != "branch" and (last or self.passes(node, number)):
            word = free
        else:
            word = variable(step.node.path.rpartition(".")[2] if step.node else step.name, alive)
        self.call(node, word)
        return word

    def called(self, word: str, alive: _Taken) -> str:
        """A free name; where very many values of one name are alive, the numbers just go on."""
        free = variable(word, alive, self.tried.get(word, 2))
        number = free.rpartition("_")[2]
        if number.isdecimal() and int(number) > MANY:
            self.tried[word] = int(number)
        return free

    def passes(self, node: Node, number: int) -> bool:
        """Whether one step reads a value, or all up to the last that does, and those between this
        step and that one are branches."""
        readers = self.readers.get(node, [])
        if not readers:
            return False
        between = readers[-1] - number - 1
        branches = self.branches[readers[-1]] - self.branches[number + 1]
        return branches == between and len(readers) in (1, between + 1)

    # -- steps --------------------------------------------------------------------------------

    def step(self, number: int) -> int:
        """Plan a step; how many steps that were."""
        step = self.steps[number]
        if step.wire:
            for node in step.gives or [step.output]:
                self.call(node, self.names[step.origin(node)])
            return 1
        around = self.repeats.get(step)
        if around and step is around.children[0] and self.loop(around, number):
            return len(around.children)
        reads = self.reads(step, number)
        makes = tuple(step.gives)
        if not makes and self.uses.get(step.output) == len(self.steps):
            makes = (step.output,)  # of a part that nothing reads, and that is called all the same
        names = tuple([self.name(node, step, number) for node in makes])
        self.turns.append(Step(step, reads, names, makes))
        return 1

    def reads(self, step: Part, number: int) -> tuple[str | Step, ...]:
        """What a step is called with."""
        if step.node is None:
            return tuple([self.names[node] for node in step.takes])
        inputs = step.node.inputs
        if step.form and step.form.operator and len(inputs) == 2:  # of more, not all run just now
            return self.operands(inputs, number)
        return tuple([self.names[node] for node in inputs])

    def operands(self, inputs: Sequence[Node], number: int) -> tuple[str | Step, ...]:
        """The inputs of an operator: a call just before it, for it alone, stands in its place, so
        that what it returns is let go as soon as the operator is through."""
        found: list[str | Step] = [self.names[node] for node in inputs]
        for place in reversed(range(len(inputs))):
            node, last = inputs[place], self.turns[-1] if self.turns else None
            alone = self.uses[node] == number and list(inputs).count(node) == 1
            if alone and len(self.readers[node]) == 1 and _is_call(last) and last.node is node:
                found[place] = last._replace(names=())
                self.turns.pop()
        return tuple(found)

    # -- loops --------------------------------------------------------------------------------

    def loop(self, around: Part, number: int) -> bool:
        """Plan a repeat whose runs read the output of the run before, and what that one read or
        what stays the same, as a loop; whether it is one."""
        runs = around.children
        if len(runs) < 2 or not all(map(_is_run, runs)):
            return False
        reads = [run.takes for run in runs]
        if len({len(read) for read in reads}) > 1:
            return False
        roles = _roles(runs, reads)
        if None in roles or roles.count("output") != 1:
            return False
        ended = number + len(runs)
        last, before = runs[-1].output, runs[-2].output
        others = [run.output for run in runs[: -2 if "previous" in roles else -1]]
        if any(self.uses.get(node, -1) >= ended for node in others):
            return False
        loop = self.looped(around, reads[0], roles, ended - 1)
        self.turns.append(loop)
        for node, name in zip((last, before), loop.names, strict=False):
            self.call(node, name)
        return True

    def looped(
        self, around: Part, reads: Sequence[Node], roles: Sequence[str | None], last: int
    ) -> Loop:
        """The loop of a repeat whose last run is step `last`, each read with its role."""
        places = dict(zip(roles, reads, strict=True))
        given = [self.names[node] for node in reads]
        same = [name for name, role in zip(given, roles, strict=True) if role == "same"]
        taken = self.alive(last, *same)
        free = next((word for word in ("x", "out") if word not in taken), None)
        names = {"output": free or variable(around.name, taken)}
        previous = variable("previous", self.alive(last, *same, *names.values()))
        if "previous" in roles:
            names["previous"] = previous
        kind = around.children[0].kind
        run = variable(kind, self.alive(last, *same, names["output"], previous))
        begin = tuple([self.names[places[role]] for role in names])
        called = [names.get(str(role), name) for role, name in zip(roles, given, strict=True)]
        return Loop(around, run, tuple(names.values()), begin, tuple(called))


def _is_call(turn: Turn | None) -> TypeGuard[Step]:
    """Whether a module is called, not a function."""
    return isinstance(turn, Step) and bool(turn.names) and not turn.part.function


def _is_run(part: Part) -> bool:
    """Whether a part can be called in a loop, for one value."""
    return not (part.node or part.wire or part.listed) and len(part.gives) == 1


def _roles(runs: Sequence[Part], reads: Sequence[Sequence[Node]]) -> list[str | None]:
    """What the runs read at each place: `output` of the run before, what it read (`previous`), or
    the `same`."""
    following = range(1, len(runs))
    places = range(len(reads[0]))

    def always(place: int, wanted: Callable[[int], Node]) -> bool:
        return all(reads[number][place] is wanted(number) for number in following)

    main = next((p for p in places if always(p, lambda n: runs[n - 1].output)), None)

    def role(place: int) -> str | None:
        if always(place, lambda n: runs[n - 1].output):
            return "output"
        if always(place, lambda n: reads[0][place]):
            return "same"
        if main is not None and always(place, lambda n: reads[n - 1][main]):
            return "previous"
        return None

    return [role(place) for place in places]


def _steps(part: Part) -> Iterator[Part]:
    """What runs one after another: children, and the runs of a repeat that is no chain."""
    for child in part.children:
        if child.listed:
            yield from _steps(child)
        else:
            yield child


def _repeats(part: Part) -> Iterator[tuple[Part, Part]]:
    """The runs of each repeat that is no chain, with that."""
    for child in part.children:
        if child.listed:
            yield from ((run, child) for run in child.children)
            yield from _repeats(child)


def _readers(steps: Sequence[Part]) -> dict[Node, list[int]]:
    """For each value the steps that read it."""
    found: dict[Node, list[int]] = {}
    for number, step in enumerate(steps):
        for node in step.reads:
            found.setdefault(node, []).append(number)
    return found


def _last_uses(
    readers: Mapping[Node, list[int]], wanted: Iterable[Node], end: int
) -> dict[Node, int]:
    """For each value the last step that reads it."""
    return {node: numbers[-1] for node, numbers in readers.items()} | dict.fromkeys(wanted, end)
