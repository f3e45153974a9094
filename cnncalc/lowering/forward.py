"""The body of a part's `forward`: its children in turn, each value under a name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from cnncalc.graph import Node
from cnncalc.layers.base import TorchModule
from cnncalc.lowering.code import literal
from cnncalc.lowering.names import is_identifier, variable
from cnncalc.lowering.parts import Part


class Line(NamedTuple):
    """A line of code, and the layer whose output it makes."""

    text: str
    node: Node | None = None


class Alive:
    """Names that are taken: those whose values are read after step `number`, and some others."""

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
        self.until: dict[str, int] = {}  # the last step that reads what a name stands for
        self.calls: dict[Node, str] = {}
        self.steps = _steps(part)
        self.homes = _homes(part)
        self.readers = _readers(self.steps)
        self.behind = _behind_branches(self.steps)
        self.wanted = list(outputs.values()) if outputs else _results(part)
        self.uses = _last_uses(self.steps, self.wanted)
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
                word = "x" if len(inputs) == 1 else variable(name, self.until)
                self.call(node, word)
            return
        called = {node: name for name, node in self.part.arguments.items() if _is_node(node)}
        main = [node for node in self.part.reads if node not in called]
        for node in [*main, *(node for node in self.part.reads if node in called)]:
            word = called.get(node, "x" if node is main[0] else "other") if main else called[node]
            self.call(node, variable(word, self.until))

    def call(self, node: Node, word: str) -> None:
        """A name for the output of a layer."""
        self.names[node] = word
        self.until[word] = max(self.uses.get(node, -1), self.until.get(word, -1))

    def alive(self, number: int, *others: str) -> Alive:
        """The names whose values are read after step `number`, and some others."""
        return Alive(self.until, number, others)

    def name(self, node: Node, step: Part, number: int) -> str:
        """A name for the output of a step: `x`, or if that is still needed `out`, where it is for
        the next step alone, or for the branches that come next and what joins them."""
        alive = self.alive(number)
        readers = self.readers.get(node, [])
        passing = bool(readers) and self.behind[number + 1] >= readers[-1]
        passing = passing and len(readers) in (1, readers[-1] - number)
        free = [word for word in ("x", "out") if word not in alive]
        last = number + 1 == len(self.steps)
        if (passing or last) and free and step.kind != "branch":
            word = free[0]
        else:
            word = variable(step.node.path.rpartition(".")[2] if step.node else step.name, alive)
        self.call(node, word)
        return word

    # -- steps --------------------------------------------------------------------------------

    def step(self, number: int) -> int:
        """Write a step; how many steps that were."""
        step = self.steps[number]
        if step.wire:
            self.call(step.output, self.names[next(iter(step.reads))])
            return 1
        around = self.around(step)
        if around and step is around.children[0]:
            count = len(around.children)
            if self.loop(around, number):
                return count
        value = self.value(step, number)
        gives = list(step.gives)
        if len(gives) > 1:
            names = ", ".join(self.name(node, step, number) for node in gives)
            self.lines.append(Line(f"{names} = {value}"))
        elif gives:
            self.lines.append(Line(f"{self.name(gives[0], step, number)} = {value}", gives[0]))
            if not step.function:
                self.calls[gives[0]] = value
        else:
            self.lines.append(Line(value))
        return 1

    def around(self, step: Part) -> Part | None:
        """The repeat that a step is a run of."""
        return self.homes.get(step)

    def value(self, step: Part, number: int) -> str:
        """The expression of a step."""
        if step.node is None:
            arguments = ", ".join(self.names[node] for node in step.reads)
            return f"{self.module(step)}({arguments})"
        form = step.form
        assert form is not None
        inputs = [self.names[node] for node in step.node.inputs]
        if form.operator and len(inputs) == 2:  # three are not all known when it runs
            inputs = self.operands(step.node.inputs, number)
        if form.before:
            inputs = [_padded(name, form) for name in inputs]
        if step.function:
            return _function(form, inputs)
        return f"{self.module(step)}({', '.join(inputs)})"

    def operands(self, inputs: Sequence[Node], number: int) -> list[str]:
        """The inputs of an operator: a call just before it, for it alone, stands in its place, so
        that what it returns is let go as soon as the operator is through."""
        found = [self.names[node] for node in inputs]
        for place in reversed(range(len(inputs))):
            node = inputs[place]
            alone = self.uses[node] == number and list(inputs).count(node) == 1
            alone &= len(self.readers[node]) == 1
            if alone and node in self.calls and self.lines[-1].node is node:
                found[place] = self.calls[node]
                self.lines.pop()
        return found

    def module(self, step: Part) -> str:
        """How the module of a step is reached."""
        around = self.around(step)
        if around:
            return f"{_child(around.name)}[{step.name}]"
        return _child(step.name)

    # -- loops --------------------------------------------------------------------------------

    def loop(self, around: Part, number: int) -> bool:
        """Write a repeat whose runs read the output of the run before, and what that one read or
        what stays the same, as a loop; whether it is one."""
        runs = around.children
        if len(runs) < 2 or any(run.node or len(run.gives) != 1 for run in runs):
            return False
        reads = [list(run.reads) for run in runs]
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
        self.call(last, "x")
        if "previous" in roles:
            self.call(before, self.previous)
        return True

    previous = "previous"

    def role(self, place: int, runs: Sequence[Part], reads: list[list[Node]]) -> str | None:
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
        self, around: Part, reads: list[Node], roles: list[str | None], main: int, last: int
    ) -> None:
        """The lines of a loop."""
        taken = self.alive(last, "x")
        self.previous = variable("previous", taken)
        run = variable(around.children[0].kind, self.alive(last, "x", self.previous))
        targets, sources = ["x"], [self.names[reads[main]]]
        if "previous" in roles:
            targets.append(self.previous)
            sources.append(self.names[reads[roles.index("previous")]])
        if targets != sources:
            self.lines.append(Line(f"{', '.join(targets)} = {', '.join(sources)}"))
        arguments = [
            "x" if role == "output" else self.previous if role == "previous" else self.names[node]
            for node, role in zip(reads, roles, strict=True)
        ]
        self.lines.append(Line(f"for {run} in {_child(around.name)}:", around.output))
        value = f"{run}({', '.join(arguments)})"
        if "previous" in roles:
            self.lines.append(Line(f"    x, {self.previous} = {value}, x"))
        else:
            self.lines.append(Line(f"    x = {value}"))

    def finish(self, outputs: Mapping[str, Node]) -> None:
        """The last line: what is returned."""
        if len(outputs) > 1:
            items = [f'"{name}": {self.names[node]}' for name, node in outputs.items()]
            self.lines.append(Line(f"return {{{', '.join(items)}}}"))
            return
        names = ", ".join(self.names[node] for node in self.wanted)
        last = self.lines[-1] if self.lines else Line("")
        head, _, value = last.text.partition(" = ")
        if value and head == names and not last.text.startswith(" "):
            self.lines[-1] = Line(f"return {value}", last.node)
        else:
            self.lines.append(Line(f"return {names}"))


def _steps(part: Part) -> list[Part]:
    """What runs one after another: children, and the runs of a repeat that is no chain."""
    return [
        step for child in part.children for step in (child.children if child.listed else [child])
    ]


def _homes(part: Part) -> dict[Part, Part]:
    """The repeats that steps are runs of."""
    return {run: child for child in part.children if child.listed for run in child.children}


def _readers(steps: Sequence[Part]) -> dict[Node, list[int]]:
    """For each value the steps that read it."""
    found: dict[Node, list[int]] = {}
    for number, step in enumerate(steps):
        for node in step.reads:
            found.setdefault(node, []).append(number)
    return found


def _behind_branches(steps: Sequence[Part]) -> list[int]:
    """For each step, and the end, the first from there on that is no branch."""
    found = [len(steps)]
    for number in reversed(range(len(steps))):
        found.append(found[-1] if steps[number].kind == "branch" else number)
    return found[::-1]


def _results(part: Part) -> list[Node]:
    return list(part.gives) or [part.output]


def _last_uses(steps: Sequence[Part], wanted: Iterable[Node]) -> dict[Node, int]:
    """For each value the last step that reads it."""
    uses = {node: number for number, step in enumerate(steps) for node in step.reads}
    return uses | dict.fromkeys(wanted, len(steps))


def _is_node(value: object) -> bool:
    return isinstance(value, Node)


def _child(name: str) -> str:
    return f"self.{name}" if is_identifier(name) else f'getattr(self, "{name}")'


def _padded(name: str, form: TorchModule) -> str:
    fill = f", value={literal(form.fill)}" if form.fill else ""
    return f"F.pad({name}, {literal(form.before)}{fill})"


def _function(form: TorchModule, inputs: list[str]) -> str:
    """Operators, and functions of PyTorch's."""
    if form.name == "nn.Identity":
        return inputs[0]
    if form.name == "torch.cat":
        arguments = "".join(f", {name}={literal(v)}" for name, v in form.arguments.items())
        return f"torch.cat([{', '.join(inputs)}]{arguments})"
    if form.operator:
        return f" {form.operator} ".join(inputs)
    first, *others = inputs
    for other in others:
        first = f"{form.name}({first}, {other})"
    return first
