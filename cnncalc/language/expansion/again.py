"""Runs of a repeat that are like the one before: copies of it, which need not run.

An item that says the same each time makes what follows from the shape that arrives. Once what it
gives is shaped as what it read, each run behind makes the same again: all but the last are copies.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

from cnncalc.language.expansion.assembly import MOST_LAYERS, Assembly
from cnncalc.language.expansion.frame import Frame, Tensor
from cnncalc.language.values.mentions import mentions
from cnncalc.language.values.scope import Names
from cnncalc.language.written.syntax import Item
from cnncalc.network.graph import Copy, Group, Node
from cnncalc.records import NamedTuple

CHANGING = ("i", "previous")
"""Words that stand for something else in each run."""

FEWEST = 4
"""Runs of which one can be a copy: the first reads something else, the last is read so."""


class Before(NamedTuple):
    """How things stand before a run: what it reads, and by name; how many layers and groups there
    are, and steps left."""

    reads: Tensor | None
    given: Names
    layers: int
    groups: int
    steps: int


class CopiedRun(NamedTuple):
    """A run that others are copies of.

    path: of its number; number: which run it is; first: the place of its first layer
    reads: how far before each layer those stand that it reads, as a copy does
    gives: which layer's output is its own; entry: what it reads
    """

    assembly: Assembly
    path: str
    number: int
    first: int
    layers: tuple[Node, ...]
    reads: tuple[tuple[int, ...], ...]
    gives: int
    entry: Node

    def layer(self, number: int) -> Node:
        """The layer of that number among all of the copies."""
        copy, place = divmod(number, len(self.layers))
        of, layers = self.layers[place], self.assembly.layers
        at = self.first + len(self.layers) + number
        found = Copy(of, copy + 1, lambda: tuple([layers[at - far] for far in self.reads[place]]))
        return Node.copied(found, self.renamed(of.path, copy + 1))

    def output(self, copy: int) -> Node:
        """What a copy gives; of number 0, the run itself."""
        return self.assembly.layers[self.first + copy * len(self.layers) + self.gives]

    def group(self, group: Group, copy: int) -> Group:
        """A group of it, as it is in a copy."""
        by = copy * len(self.layers)
        return group._replace(
            path=self.renamed(group.path, copy),
            first=group.first + by,
            last=group.last + by,
            arguments=self._values(group.arguments, copy),
            outputs=self._values(group.outputs, copy),
        )

    def renamed(self, path: str, copy: int) -> str:
        """A path in it, as it is in a copy."""
        around = f"{self.path}.{self.number}"
        return f"{self.path}.{self.number + copy}{path[len(around) :]}"

    def _values(self, values: Mapping[str, object], copy: int) -> Mapping[str, object]:
        """What names stand for."""
        if not any(isinstance(value, Node | tuple) for value in values.values()):
            return values
        return {name: self._value(value, copy) for name, value in values.items()}

    def _value(self, value: object, copy: int) -> object:
        if isinstance(value, tuple) and any(isinstance(each, Node) for each in value):
            return tuple([self._value(each, copy) for each in value])
        if value is self.entry:
            return self.output(copy - 1)
        if isinstance(value, Node) and value in self.layers:
            place = self.first + copy * len(self.layers) + self.layers.index(value)
            return self.assembly.layers[place]
        return value


class RunAgain(NamedTuple):
    """Copies of a run, in place of as many runs."""

    run: CopiedRun
    times: int


def is_constant(item: Item) -> bool:
    """Whether an item says the same in each of its runs."""
    return not mentions(item._replace(repeat=None), CHANGING)


def standing(frame: Frame, assembly: Assembly) -> Before:
    """How things stand now."""
    steps = assembly.diagnostics.budget.steps
    return Before(frame.current, frame.outputs, len(assembly.layers), len(assembly.groups), steps)


def original(
    path: str, number: int, stood: tuple[Before, Before], frame: Frame, assembly: Assembly
) -> CopiedRun | None:
    """The run just made, where those behind it are like it: it reads what the run before gave and
    nothing else, and gives what is shaped as that is. stood: how things stood before these two."""
    before, now = stood
    entry, output = now.reads, frame.current
    if not isinstance(entry, Node) or not isinstance(output, Node) or entry.shape != output.shape:
        return None
    if now.given or frame.outputs or assembly.originals or assembly.diagnostics.failed:
        return None
    layers = tuple(assembly.layers[now.layers :])
    places = {node: place for place, node in enumerate(layers)}
    if output not in places or any(node.shares for node in layers):
        return None
    if entry not in assembly.layers[before.layers : now.layers]:
        return None
    places[entry] = places[output] - len(layers)
    if any(source not in places for node in layers for source in node.inputs):
        return None
    reads = tuple(
        tuple([place - places[source] for source in node.inputs])
        for place, node in enumerate(layers)
    )
    return CopiedRun(assembly, path, number, now.layers, layers, reads, places[output], entry)


def copy(of: CopiedRun, most: int, stood: Before, frame: Frame) -> int:
    """Copy a run, `most` times unless the network has no room for so many; how often that was.
    What the last copy gives is what the list gives then."""
    assembly = of.assembly
    budget = assembly.diagnostics.budget
    spent = stood.steps - budget.steps
    room = (MOST_LAYERS - len(assembly.layers)) // len(of.layers)
    count = min(most, room, budget.steps // spent if spent else most)
    if count < 1:
        return 0
    budget.spend(count * spent)
    new = len(assembly.groups) - stood.groups
    groups = list(islice(reversed(assembly.groups.values()), new))[::-1]
    assembly.layers.copy(len(of.layers), count, of.layer)
    for number in range(1, count + 1) if groups else ():
        for group in groups:
            moved = of.group(group, number)
            assembly.groups[moved.path] = moved
    frame.previous, frame.current = of.output(count - 1), of.output(count)
    return count
