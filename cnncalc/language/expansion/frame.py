"""Where expansion stands: a list of items and what its items can see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cnncalc.diagnostics import Diagnostics, Note
from cnncalc.language.text.naming import RESERVED
from cnncalc.language.values.scope import Names, Scope
from cnncalc.language.values.values import Value
from cnncalc.language.written.syntax import Fields, Item
from cnncalc.network.graph import Node
from cnncalc.records import NamedTuple


class Unknown:
    """Stands for the output of a layer that has an error: what depends on it stays quiet."""

    __slots__ = ()
    shape = None
    span = None


UNKNOWN = Unknown()

NOTHING: Names = {}
"""What an item gives by name that gives nothing so."""

Tensor = Node | Unknown
"""What flows from layer to layer while the graph is built. None stands for "several inputs"."""


class Lender(NamedTuple):
    """A named item as it ran: what `share` runs again.

    first, last: its nodes among the layers, the last exclusive
    frame: the list that it stands in, once it is referred to: until then that list holds it
    """

    item: Item
    names: Names
    first: int
    last: int
    frame: Frame | None = None


class Outcome(NamedTuple):
    """What a named item gives, or another that can be referred to: its output, and by name what can
    be read beside that.

    each: what each of its runs gives, where it repeats
    """

    output: Tensor | None
    outputs: Mapping[str, Value | None] = {}
    each: Sequence[Outcome] = ()
    lender: Lender | None = None

    @property
    def shape(self) -> tuple[int, ...] | None:
        """The shape of its output."""
        return self.output.shape if self.output else None

    @property
    def runs(self) -> Sequence[Outcome]:
        """What each run gives; of what runs once, it alone."""
        return self.each or (self,)


class Frame:
    """A list of items while it runs.

    path: of the list, with its dot; blocks: the blocks it stands in
    entered: what `input` means; current: the last output; previous: what the last item read
    outputs: what the last item gave beside that, by name
    records: the named items that have run; absent: those that were left out
    siblings: of a branch, the lists of those before it, by name
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
        "outputs",
        "parent",
        "path",
        "previous",
        "records",
        "siblings",
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
        self.outputs: Names = NOTHING
        self.records: dict[str, Outcome] = {}
        self.siblings: dict[str, Frame] = {}
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

    def again(self, ran: Lender, run: Run) -> Frame:
        """The frame in which an item runs again here: it sees what it saw where it is written."""
        around = ran.frame or self
        frame = around.inside(run._replace(names=ran.names))
        frame.depth = self.depth + 1
        frame.calls = self.calls
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

    def reach(self, name: str) -> Outcome | None:
        """What `name` refers to: the named item in this list or one around it."""
        if name in RESERVED:
            tensor = self.entered if name == "input" else self.previous
            return Outcome(tensor) if tensor else None
        around = next((f for f in self.outwards() if name in f.records), None)
        return around.recorded(name) if around else None

    def recorded(self, name: str) -> Outcome | None:
        """The named item of this very list."""
        found = self.records[name]
        if found.output is None:
            return None
        return found._replace(lender=found.lender._replace(frame=self)) if found.lender else found

    def beside(self, path: str) -> Outcome | None:
        """The item that a path leads to from one branch of a join to another: `left.tower`."""
        branch, _, name = path.partition(".")
        lists = (f.siblings[branch] for f in self.outwards() if branch in f.siblings)
        return next((f.recorded(name) for f in lists if name in f.records), None)

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
    own: the fields that it has alone, as the first of its repeats or the last
    before: what the run before gave by name, where there was one
    """

    item: Item
    frame: Frame
    path: str
    names: Names
    reads: Tensor | None
    frozen: bool
    own: Fields
    before: Mapping[str, Value | None] = {}
