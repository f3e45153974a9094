"""Lists of items, run one after another: repeats, rows, conditions."""

from __future__ import annotations

from cnncalc.budget import NAMES
from cnncalc.diagnostics import Diagnostics, Note, Span
from cnncalc.spec import source as tree
from cnncalc.spec.assembly import LETTERS_A_STEP, MOST_LAYERS, Assembly, TooLargeError
from cnncalc.spec.calls import Calls
from cnncalc.spec.frame import UNKNOWN, Frame, Record, Run, Tensor
from cnncalc.spec.naming import is_name
from cnncalc.spec.references import References
from cnncalc.spec.scope import QUIET, Names, Scope
from cnncalc.spec.size import Sizes
from cnncalc.spec.source import Scalar
from cnncalc.spec.syntax import Item, LayerCall, Network

DEEPEST = 48
A_RUN = 32
"""Steps that the run of an item takes which is no layer: it calls others, or is left out."""


class Runner:
    """Runs the items of a network.

    multiple: how often the innermost repeat runs, all those around it counted
    """

    def __init__(
        self, network: Network, arguments: Names, sizes: Sizes, diagnostics: Diagnostics
    ) -> None:
        self.network = network
        self.arguments = arguments
        self.sizes = sizes
        self.diagnostics = diagnostics
        self.assembly = Assembly(diagnostics, network.strict_fit)
        self.references = References(network.inputs, diagnostics)
        self.calls = Calls(network, arguments, self.assembly, self.references, self.run, self.again)
        self.multiple = 1

    def end(self) -> None:
        """Let go of what is not needed any more: nobody looks for circles of references."""
        del self.calls

    # -- lists and items --------------------------------------------------------------------

    def run(self, items: tuple[Item, ...], frame: Frame) -> Tensor | None:
        """Run a list of items; its output is the last one's, or what came in."""
        if items:
            self.refuse_depth(frame, items[0].span)
        frame.taken.update(name for item in items for name in _names(item))
        for item in items:
            self.item(item, frame)
        return frame.current

    def refuse_depth(self, frame: Frame, at: Span) -> None:
        """Raises TooLargeError, reported, where a list stands too deep."""
        if frame.depth > DEEPEST:
            message = f"blocks and groups stand more than {DEEPEST} deep in each other"
            self.diagnostics.error("CNN508", at, message, notes=reversed(frame.calls))
            raise TooLargeError

    def item(self, item: Item, frame: Frame) -> None:
        """Run one item, row by row and repeat by repeat, and remember it by its name."""
        if item.rows and item.name and item.name.text in item.each:
            self.named_rows(item, frame)
            return
        name = item.name.text if item.name else None
        if name and self.is_taken(name, item, frame):
            return
        path = frame.path + (name or frame.segment(item.kind))
        first = len(self.assembly.layers)
        if item.rows:
            ran = self.rows(item, frame, path)
        else:
            ran = self.repeated(item, frame, frame.names, path)
        if name:
            self.remember(name, item, frame, frame.names, first, ran)

    def named_rows(self, item: Item, frame: Frame) -> None:
        """An item once per row, each named by one of its columns."""
        assert item.name is not None
        column = item.each.index(item.name.text)
        outer = self.enter(len(item.rows), item, frame)
        single = item._replace(each=(), rows=())
        for number, row in enumerate(item.rows):
            cell = row[column]
            if not isinstance(cell, Scalar):
                message = "the name of a layer is wanted here"
                self.diagnostics.error("CNN305", cell.span, message, "a word")
                continue
            if not is_name(cell, "a layer", self.diagnostics):
                continue
            name = cell.text
            named = _after_first(single, item, number)._replace(name=cell)
            if not self.is_taken(name, named, frame):
                first = len(self.assembly.layers)
                names = self.row(item, row, frame)
                ran = self.repeated(named, frame, names, frame.path + name)
                self.remember(name, named, frame, names, first, ran)
        self.multiple = outer

    def rows(self, item: Item, frame: Frame, path: str) -> bool:
        """Run an item once per row, with the row's names bound; whether it ran at all."""
        first = len(self.assembly.layers)
        outer = self.enter(len(item.rows), item, frame)
        ran = False
        for number, row in enumerate(item.rows):
            names = self.row(item, row, frame)
            single = _after_first(item, item, number)
            ran |= self.repeated(single, frame, names, f"{path}.{number}")
        self.multiple = outer
        self.assembly.group(path, item.kind, len(item.rows), first)
        return ran

    def row(self, item: Item, row: tuple[tree.Node, ...], frame: Frame) -> Names:
        """The names in sight, a row's among them."""
        scope = self.scope(frame, frame.names, frame.current)
        copied = len(frame.names) if len(frame.names) > NAMES else 0
        scope.spend(len(item.each) + copied, item.span)
        names = dict(frame.names)
        for name, node in zip(item.each, row, strict=True):
            if item.name and item.name.text == name and isinstance(node, Scalar):
                names[name] = scope.name(node)
            else:
                names[name] = scope.known(node)
        return names

    def is_taken(self, name: str, item: Item, frame: Frame) -> bool:
        """Whether an earlier item of the list has that name, which is reported."""
        if name not in frame.records:
            return False
        before = frame.records[name].item
        notes = [Note("first given here", before.name.span)] if before and before.name else []
        span = item.name.span if item.name else item.span
        message = f"the name `{name}` is taken"
        self.diagnostics.error("CNN302", span, message, "give another name", notes)
        return True

    def remember(
        self, name: str, item: Item, frame: Frame, names: Names, first: int, ran: bool
    ) -> None:
        """Make an item's output known by its name."""
        if ran:
            last = len(self.assembly.layers)
            frame.records[name] = Record(item, names, frame.current, first, last)
        else:
            frame.absent.add(name)

    def repeated(self, item: Item, frame: Frame, names: Names, path: str) -> bool:
        """Run an item as often as it repeats; whether it ran at all."""
        if item.repeat is None:
            return self.once(item, frame, names, path, 0)
        try:
            count = self.scope(frame, names, frame.current).whole(item.repeat, "repeat")
        except QUIET:
            frame.current = UNKNOWN
            return True
        first = len(self.assembly.layers)
        outer = self.enter(count, item, frame)
        ran = False
        for index in range(count):
            if len(names) > NAMES:
                self.diagnostics.spend(len(names), item.span, frame.calls)
            ran |= self.once(item, frame, {**names, "i": index}, f"{path}.{index}", index)
            if frame.current is UNKNOWN:
                break
        self.multiple = outer
        self.assembly.group(path, item.kind, count, first)
        return ran

    def enter(self, count: int, item: Item, frame: Frame) -> int:
        """Go into a repeat of `count`; what to restore after it. Raises TooLargeError."""
        outer = self.multiple
        self.multiple = outer * max(count, 1)
        most = self.multiple * self.sizes.run(item)
        if most > MOST_LAYERS:
            at = item.repeat or item.rows[0][0]
            message = f"repeats multiply to up to {most:,} layers; {MOST_LAYERS:,} at most"
            self.diagnostics.error("CNN508", at.span, message, notes=reversed(frame.calls))
            raise TooLargeError
        return outer

    def once(self, item: Item, frame: Frame, names: Names, path: str, index: int) -> bool:
        """One run of an item; whether its condition let it run."""
        reads = frame.current
        try:
            if item.source and index == 0:
                reads = self.references.find(item.source, frame, names)
            scope = self.scope(frame, names, reads)
            if item.when and not scope.condition(item.when, "when"):
                scope.spend(A_RUN, item.span)
                return False
            frozen = frame.frozen or (
                item.freeze is not None and scope.condition(item.freeze, "freeze")
            )
            output = self.call(Run(item, frame, path, names, reads, frozen, index), scope)
        except QUIET:
            output = UNKNOWN
        frame.previous, frame.current = reads, output
        return True

    def scope(self, frame: Frame, names: Names, reads: Tensor | None) -> Scope:
        """What expressions see."""
        return Scope(names, reads, frame.reach, frame.calls, self.diagnostics)

    def call(self, run: Run, scope: Scope) -> Tensor | None:
        """What an item makes of what it reads."""
        if not isinstance(run.item.call, LayerCall):
            scope.spend(A_RUN + len(run.path) // LETTERS_A_STEP, run.item.span)
        return self.calls.call(run, scope)

    def again(self, item: Item, frame: Frame, path: str) -> None:
        """Run an item that has run before, under another path."""
        self.refuse_depth(frame, item.span)
        if item.rows:
            self.rows(item, frame, path)
        else:
            self.repeated(item, frame, frame.names, path)


def _names(item: Item) -> list[str]:
    """What an item is called in its list: by its name, or each row by its own."""
    if item.name is None:
        return []
    if not item.rows or item.name.text not in item.each:
        return [item.name.text]
    column = item.each.index(item.name.text)
    return [cell.text for row in item.rows if isinstance(cell := row[column], Scalar)]


def _after_first(item: Item, table: Item, number: int) -> Item:
    """`item` in a later row: it reads what the row before made, unless a column says what."""
    if number == 0 or table.source is None or table.source.text in table.each:
        return item
    return item._replace(source=None)
