"""Where expansion stands: a list of items and what its items can see."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cnncalc.diagnostics import Diagnostics, Note
from cnncalc.language.values.scope import Names, Scope
from cnncalc.language.written.syntax import Item
from cnncalc.network.graph import Node


class Unknown:
    """Stands for the output of a layer that has an error: what depends on it stays quiet."""

    __slots__ = ()
    shape = None
    span = None


UNKNOWN = Unknown()

Tensor = Node | Unknown
"""What flows from layer to layer while the graph is built. None stands for "several inputs"."""


class Record(NamedTuple):
    """A named item that has run: what `from`, `skip` and `share` can refer to.

    first, last: its nodes among the layers, the last exclusive
    """

    item: Item | None
    names: Names
    output: Tensor | None
    first: int
    last: int


class Frame:
    """A list of items while it runs.

    path: of the list, with its dot; blocks: the blocks it stands in
    entered: what `input` means; current: the last output; previous: what the last item read
    records: the named items that have run; absent: those that were left out
    taken: the path segments in use, the names of later items among them; later: those names
    unsure: whether an item that could not be read would have named layers
    """

    __slots__ = (
        "absent",
        "blocks",
        "calls",
        "counts",
        "current",
        "depth",
        "entered",
        "frozen",
        "later",
        "names",
        "parent",
        "path",
        "previous",
        "records",
        "taken",
        "unsure",
    )

    def __init__(
        self,
        path: str,
        names: Names,
        entered: Tensor | None,
        current: Tensor | None,
        parent: Frame | None = None,
    ) -> None:
        self.path = path
        self.names = names
        self.entered = entered
        self.current = current
        self.previous = current
        self.parent = parent
        self.records: dict[str, Record] = {}
        self.absent: set[str] = set()
        self.taken: set[str] = set()
        self.later: set[str] = set()
        self.counts: dict[str, int] = {}
        self.unsure = False
        self.depth = 0
        self.frozen = False
        self.calls: tuple[Note, ...] = ()
        self.blocks: tuple[str, ...] = ()

    def inside(self, run: Run) -> Frame:
        """The frame of a list within this one."""
        frame = Frame(f"{run.path}.", run.names, self.entered, run.reads, self)
        frame.depth = self.depth + 1
        frame.frozen = run.frozen
        frame.calls = self.calls
        frame.blocks = self.blocks
        return frame

    def of_block(self, name: str, call: Note, names: Names, run: Run) -> Frame:
        """The frame of a block called from here: it sees nothing of its caller."""
        frame = Frame(f"{run.path}.", names, run.reads, run.reads)
        frame.depth = self.depth + 1
        frame.frozen = run.frozen
        frame.calls = (*self.calls, call)
        frame.blocks = (*self.blocks, name)
        return frame

    def outwards(self) -> Iterator[Frame]:
        """This frame and those around it."""
        frame: Frame | None = self
        while frame:
            yield frame
            frame = frame.parent

    def record(self, name: str) -> Record | None:
        """The named item in this list or one around it."""
        return next((f.records[name] for f in self.outwards() if name in f.records), None)

    def reach(self, name: str) -> Tensor | None:
        """The output that `name` refers to."""
        if name == "input":
            return self.entered
        if name == "previous":
            return self.previous
        record = self.record(name)
        return record.output if record else None

    def scope(self, names: Names, reads: Tensor | None, diagnostics: Diagnostics) -> Scope:
        """What an expression of this list sees, where an item reads `reads`."""
        return Scope(names, reads, self.reach, self.calls, diagnostics)

    def segment(self, word: str) -> str:
        """A path segment that is free in this list: `conv`, `conv_2`, ..."""
        count = self.counts.get(word, 0) + 1
        segment = word if count == 1 else f"{word}_{count}"
        while segment in self.taken:
            count += 1
            segment = f"{word}_{count}"
        self.counts[word] = count
        self.taken.add(segment)
        return segment


class Run(NamedTuple):
    """One run of an item.

    path: where its nodes go; names: what its expressions see; reads: what arrives
    repetition: which of its repeats, from 0
    """

    item: Item
    frame: Frame
    path: str
    names: Names
    reads: Tensor | None
    frozen: bool
    repetition: int
