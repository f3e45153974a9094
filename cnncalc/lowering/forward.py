"""The body of a part's `forward`: its children in turn, each value under a name."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from cnncalc.graph import Node
from cnncalc.layers.base import TorchModule
from cnncalc.lowering import code
from cnncalc.lowering.code import (
    SELF,
    Assign,
    Attribute,
    Call,
    Dictionary,
    Expression,
    For,
    Infix,
    Item,
    Name,
    Return,
    Run,
    Statement,
    Value,
)
from cnncalc.lowering.names import variable
from cnncalc.lowering.parts import Part


class Line(NamedTuple):
    """A statement, and the layer whose output it makes."""

    statement: Statement
    node: Node | None = None


class _Alive(Container[str]):
    """The names that cannot be given away: their values are read after step `number`."""

    def __init__(self, until: Mapping[str, int], number: int, others: tuple[str, ...]) -> None:
        self.until = until
        self.number = number
        self.others = others

    def __contains__(self, name: object) -> bool:
        return name in self.others or self.until.get(str(name), -1) > self.number


class Forward:
    """The lines of one `forward`.

    inputs: the names of its arguments; arriving: the layers whose outputs they are
    """

    def __init__(self, part: Part, outputs: Mapping[str, Node], inputs: Mapping[str, Node]) -> None:
        self.part = part
        self.lines: list[Line] = []
        self.names: dict[Node, str] = {}
        self.until: dict[str, int] = {}
        self.calls: dict[Node, Expression] = {}
        self.steps = list(_steps(part))
        self.repeats = dict(_repeats(part))
        self.readers = _readers(self.steps)
        self.branches = [0, *accumulate(step.kind == "branch" for step in self.steps)]
        self.wanted = list(outputs.values()) if outputs else _results(part)
        self.uses = _last_uses(self.readers, self.wanted, len(self.steps))
        self.name_inputs(inputs)
        self.inputs = tuple(self.names.values())
        self.arriving = tuple(self.names)
        number = 0
        while number < len(self.steps):
            number += self.step(number)
        self.finish(outputs)

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

    def alive(self, number: int, *others: str) -> _Alive:
        """The names whose values are read after step `number`, and others that are taken."""
        return _Alive(self.until, number, others)

    def name(self, node: Node, step: Part, number: int) -> str:
        """A name for the output of a step: `x`, or if that is still needed `out`, where it is for
        the next step alone, or for the branches that come next and what joins them."""
        alive = self.alive(number)
        free = next((word for word in ("x", "out") if word not in alive), None)
        last = number + 1 == len(self.steps)
        if free and step.kind != "branch" and (last or self.passes(node, number)):
            word = free
        else:
            word = variable(step.node.path.rpartition(".")[2] if step.node else step.name, alive)
        self.call(node, word)
        return word

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
        """Write a step; how many steps that were."""
        step = self.steps[number]
        if step.wire:
            for node in step.gives or [step.output]:
                self.call(node, self.names[step.origin(node)])
            return 1
        around = self.repeats.get(step)
        if around and step is around.children[0]:
            count = len(around.children)
            if self.loop(around, number):
                return count
        value = self.value(step, number)
        gives = list(step.gives)
        if not gives and self.uses.get(step.output) == len(self.steps):
            gives = [step.output]  # of a part that nothing reads, and that is called all the same
        if not gives:
            self.lines.append(Line(Run(value)))
            return 1
        names = tuple(Name(self.name(node, step, number)) for node in gives)
        alone = gives[0] if len(gives) == 1 else None
        self.lines.append(Line(Assign(names, (value,)), alone))
        if alone and not step.function:
            self.calls[alone] = value
        return 1

    def value(self, step: Part, number: int) -> Expression:
        """The expression of a step."""
        if step.node is None:
            return Call(self.module(step), tuple(self.value_of(node) for node in step.takes))
        form = step.form
        assert form is not None
        inputs = [self.value_of(node) for node in step.node.inputs]
        if form.operator and len(inputs) == 2:  # three are not all known when it runs
            inputs = self.operands(step.node.inputs, number)
        if form.before:
            inputs = [_padded(value, form) for value in inputs]
        if step.function:
            return _function(form, inputs)
        return Call(self.module(step), tuple(inputs))

    def value_of(self, node: Node) -> Expression:
        """The name of a value."""
        return Name(self.names[node])

    def operands(self, inputs: Sequence[Node], number: int) -> list[Expression]:
        """The inputs of an operator: a call just before it, for it alone, stands in its place, so
        that what it returns is let go as soon as the operator is through."""
        found = [self.value_of(node) for node in inputs]
        for place in reversed(range(len(inputs))):
            node = inputs[place]
            alone = self.uses[node] == number and list(inputs).count(node) == 1
            alone &= len(self.readers[node]) == 1
            if alone and node in self.calls and self.lines[-1].node is node:
                found[place] = self.calls[node]
                self.lines.pop()
        return found

    def module(self, step: Part) -> Expression:
        """How the module of a step, or of a repeat, is reached."""
        around = self.repeats.get(step)
        if around:
            return Item(self.module(around), (Value(int(step.name)),))
        return Attribute(SELF, step.name)

    # -- loops --------------------------------------------------------------------------------

    def loop(self, around: Part, number: int) -> bool:
        """Write a repeat whose runs read the output of the run before, and what that one read or
        what stays the same, as a loop; whether it is one."""
        runs = around.children
        if len(runs) < 2 or not all(map(_is_run, runs)):
            return False
        reads = [run.takes for run in runs]
        if len({len(read) for read in reads}) > 1:
            return False
        roles = [self.role(place, runs, reads) for place in range(len(reads[0]))]
        main = next((place for place, role in enumerate(roles) if role == "output"), None)
        if main is None or None in roles or roles.count("output") > 1:
            return False
        last, before = runs[-1].output, runs[-2].output
        inner = {run.output for run in runs[:-2]}
        if any(self.uses.get(node, -1) >= number + len(runs) for node in inner):
            return False
        if "previous" not in roles and self.uses.get(before, -1) >= number + len(runs):
            return False
        self.write_loop(around, reads[0], roles, main, number + len(runs) - 1)
        self.call(last, self.current)
        if "previous" in roles:
            self.call(before, self.previous)
        return True

    current = "x"
    previous = "previous"

    def role(self, place: int, runs: Sequence[Part], reads: Sequence[Sequence[Node]]) -> str | None:
        """What the runs read at a place: `output` of the run before, what it read (`previous`), or
        the `same`."""
        following = range(1, len(runs))
        if all(reads[n][place] is runs[n - 1].output for n in following):
            return "output"
        if all(reads[n][place] is reads[0][place] for n in following):
            return "same"
        main = next(
            (
                p
                for p in range(len(reads[0]))
                if all(reads[n][p] is runs[n - 1].output for n in following)
            ),
            None,
        )
        if main is not None and all(reads[n][place] is reads[n - 1][main] for n in following):
            return "previous"
        return None

    def write_loop(
        self, around: Part, reads: Sequence[Node], roles: list[str | None], main: int, last: int
    ) -> None:
        """The lines of a loop."""
        same = [self.names[n] for n, role in zip(reads, roles, strict=True) if role == "same"]
        taken = self.alive(last, *same)
        free = [word for word in ("x", "out") if word not in taken]
        self.current = free[0] if free else variable(around.name, taken)
        self.previous = variable("previous", self.alive(last, self.current, *same))
        kind = around.children[0].kind
        run = variable(kind, self.alive(last, self.current, self.previous, *same))
        targets, sources = [self.current], [self.names[reads[main]]]
        if "previous" in roles:
            targets.append(self.previous)
            sources.append(self.names[reads[roles.index("previous")]])
        if targets != sources:
            self.lines.append(Line(Assign(_named(targets), _named(sources))))
        given = {"output": self.current, "previous": self.previous}
        arguments = [
            given.get(str(role), self.names[node]) for node, role in zip(reads, roles, strict=True)
        ]
        value = Call(Name(run), _named(arguments))
        kept = (Name(self.current),) if "previous" in roles else ()
        body = Assign(_named(targets), (value, *kept))
        loop = For((run,), self.module(around), (body,))
        self.lines.append(Line(loop, around.output))

    def finish(self, outputs: Mapping[str, Node]) -> None:
        """The last line: what is returned."""
        if len(outputs) > 1:
            items = tuple((name, self.value_of(node)) for name, node in outputs.items())
            self.lines.append(Line(Return((Dictionary(items),))))
            return
        names = tuple(self.value_of(node) for node in self.wanted)
        last = self.lines[-1] if self.lines else Line(Return(()))
        if isinstance(last.statement, Assign) and last.statement.targets == names:
            self.lines[-1] = Line(Return(last.statement.values), last.node)
        else:
            self.lines.append(Line(Return(names)))


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


def _is_run(part: Part) -> bool:
    """Whether a part can be called in a loop, for one value."""
    return not (part.node or part.wire or part.listed) and len(part.gives) == 1


def _results(part: Part) -> list[Node]:
    return list(part.gives) or [part.output]


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


def _named(names: Iterable[str]) -> tuple[Name, ...]:
    return tuple(map(Name, names))


def _padded(value: Expression, form: TorchModule) -> Expression:
    fill = (("value", Value(form.fill)),) if form.fill else ()
    return Call(Name("F.pad"), (value, Value(form.before)), fill)


def _function(form: TorchModule, inputs: list[Expression]) -> Expression:
    """Operators, and functions of PyTorch's."""
    if form.name == "nn.Identity":
        return inputs[0]
    if form.name == "torch.cat":
        arguments = tuple((name, Value(value)) for name, value in form.arguments.items())
        return Call(Name("torch.cat"), (code.Sequence("[]", tuple(inputs)),), arguments)
    if form.operator:
        return Infix(form.operator, tuple(inputs))
    first, *others = inputs
    for other in others:
        first = Call(Name(form.name), (first, other))
    return first
