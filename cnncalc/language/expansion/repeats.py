"""How often an item runs, and what its names stand for each time: `rows`, `each`, `repeat`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnncalc.budget import NAMES
from cnncalc.diagnostics import Diagnostics
from cnncalc.language.expansion.again import FEWEST, RunAgain, copy, is_constant, original, standing
from cnncalc.language.expansion.assembly import MOST_LAYERS, Assembly, TooLargeError
from cnncalc.language.expansion.frame import UNKNOWN, Frame
from cnncalc.language.expansion.size import Sizes
from cnncalc.language.text import tree
from cnncalc.language.text.naming import is_name
from cnncalc.language.text.tree import Node, Scalar
from cnncalc.language.values.mentions import mentions
from cnncalc.language.values.scope import QUIET, Names
from cnncalc.language.values.values import Value, elements, named
from cnncalc.language.written.syntax import Fields, Item
from cnncalc.records import NamedTuple

Row = tuple[Node, ...] | tuple[Value, ...]
"""What stands in a row of a table, or what it was computed to be."""


class Turn(NamedTuple):
    """One turn of an item.

    names: what its expressions see; path: where its nodes go
    own: the fields that it has alone, as the first of its repeats or the last
    repetition: which of them, from 0
    """

    item: Item
    names: Names
    path: str
    own: Fields
    repetition: int = 0


class Repeats:
    """The turns of items, told one by one while they run: a group is noted after its last.

    multiple: how often the innermost repeat runs, all those around it counted
    """

    def __init__(self, sizes: Sizes, assembly: Assembly, diagnostics: Diagnostics) -> None:
        self.sizes = sizes
        self.assembly = assembly
        self.diagnostics = diagnostics
        self.multiple = 1

    def named(self, item: Item, frame: Frame) -> Iterator[tuple[Item, Row]]:
        """An item as it is; one whose rows name it, once for each row."""
        column = _naming(item)
        if column is None or isinstance(item.rows, Scalar):
            yield item, ()
            return
        outer = self.enter(len(item.rows), item, frame)
        single = item._replace(each=(), rows=())
        for number, row in enumerate(item.rows):
            if name := self.name(row[column]):
                yield _after_first(single, item, number)._replace(name=name), row
        self.multiple = outer

    def name(self, cell: Node) -> Scalar | None:
        """The name that a row gives; None, reported, where it is none."""
        if isinstance(cell, Scalar):
            return cell if is_name(cell, "a layer", self.diagnostics) else None
        self.diagnostics.error("CNN305", cell.span, "the name of a layer is wanted here", "a word")
        return None

    def turns(
        self, item: Item, frame: Frame, names: Names, path: str
    ) -> Iterator[Turn | RunAgain | None]:
        """Each turn of an item; copies of the last in place of those that need not run; None in
        place of those whose number nobody can tell."""
        if not item.rows:
            yield from self.repeated(item, frame, names, path)
            return
        rows = self.rows(item, frame)
        if rows is None:
            yield None
            return
        first = len(self.assembly.layers)
        outer = self.enter(len(rows), item, frame)
        for number, row in enumerate(rows):
            found = self.names(item, row, frame)
            single = _after_first(item, item, number)
            yield from self.repeated(single, frame, found, f"{path}.{number}")
        self.multiple = outer
        self.assembly.group(path, item.kind, len(rows), first)

    def rows(self, item: Item, frame: Frame) -> Sequence[Row] | None:
        """The rows of a table; None, reported, where they cannot be computed."""
        if not isinstance(item.rows, Scalar):
            return item.rows
        scope = frame.scope(frame.names, frame.current, self.diagnostics)
        found = scope.known(item.rows)
        if found is None:
            return None
        scope.spend(elements(found, self.diagnostics.budget.steps), item.rows.span)
        columns = len(item.each)
        rows = [_row(value, columns) for value in found] if isinstance(found, tuple) else [()]
        if all(len(row) == columns for row in rows):
            return rows
        wanted = "a list" if columns == 1 else f"lists of {columns} values"
        message = f"`rows` wants {wanted}, got {named(found)}"
        scope.report("CNN511", item.rows.span, message, "`rows: range(4)`, or a list of rows")
        return None

    def names(self, item: Item, row: Row, frame: Frame) -> Names:
        """The names in sight, a row's among them."""
        if not row:
            return frame.names
        scope = frame.scope(frame.names, frame.current, self.diagnostics)
        copied = len(frame.names) if len(frame.names) > NAMES else 0
        scope.spend(len(item.each) + copied, item.span)
        names = dict(frame.names)
        for name, node in zip(item.each, row, strict=True):
            if not isinstance(node, Scalar | tree.Sequence | tree.Mapping):
                names[name] = node
            elif item.name and item.name.text == name and isinstance(node, Scalar):
                names[name] = scope.name(node)
            else:
                names[name] = scope.known(node)
        return names

    def repeated(
        self, item: Item, frame: Frame, names: Names, path: str
    ) -> Iterator[Turn | RunAgain | None]:
        """The turns of one row, or of an item without rows."""
        if item.repeat is None:
            yield Turn(item, names, path, _own(item, 0, 1))
            return
        try:
            scope = frame.scope(names, frame.current, self.diagnostics)
            count = scope.whole(item.repeat, "repeat")
        except QUIET:
            yield None
            return
        first = len(self.assembly.layers)
        outer = self.enter(count, item, frame)
        constant = count >= FEWEST and is_constant(item)
        index, stood, before = 0, None, None
        while index < count:
            stood, before = standing(frame, self.assembly), stood
            if len(names) > NAMES:
                self.diagnostics.spend(len(names), item.span, frame.calls)
            own = _own(item, index, count)
            yield Turn(item, {**names, "i": index}, f"{path}.{index}", own, index)
            if frame.current is UNKNOWN:
                break
            if constant and before and not own and index < count - 2:
                run = original(path, index, (before, stood), frame, self.assembly)
                if run and (copies := copy(run, count - 2 - index, stood, frame)):
                    yield RunAgain(run, copies)
                    index += copies
            index += 1
        self.multiple = outer
        self.assembly.group(path, item.kind, count, first)

    def enter(self, count: int, item: Item, frame: Frame) -> int:
        """Go into a repeat of `count`; what to restore after it. Raises TooLargeError."""
        outer = self.multiple
        self.multiple = outer * max(count, 1)
        most = self.multiple * self.sizes.run(item)
        if most > MOST_LAYERS:
            rows = item.rows
            at = item.repeat or (rows if isinstance(rows, Scalar) else rows[0][0])
            message = f"repeats multiply to up to {most:,} layers; {MOST_LAYERS:,} at most"
            self.diagnostics.error("CNN508", at.span, message, notes=reversed(frame.calls))
            raise TooLargeError
        return outer


def _own(item: Item, index: int, count: int) -> Fields:
    """The fields of one run alone; where it is the first and the last, those of `last` hold."""
    first = item.first if item.first and index == 0 else {}
    last = item.last if item.last and index == count - 1 else {}
    return {**first, **last} if last else first


def called(item: Item) -> list[str]:
    """The names that an item takes in its list: its own, or those that its rows give."""
    column = _naming(item)
    if column is None or isinstance(item.rows, Scalar):
        return [item.name.text] if item.name else []
    return [cell.text for row in item.rows if isinstance(cell := row[column], Scalar)]


def _naming(item: Item) -> int | None:
    """The column whose cells name the rows; None where none does."""
    if not (item.rows and item.name and item.name.text in item.each):
        return None
    return item.each.index(item.name.text)


def _after_first(item: Item, table: Item, number: int) -> Item:
    """`item` in a later row: it reads what the row before made, unless a column says what."""
    if number == 0 or table.source is None or mentions(table.source, table.each):
        return item
    return item._replace(source=None)


def _row(value: Value, columns: int) -> tuple[Value, ...]:
    """A computed row; with one column, a value is a row."""
    if columns == 1:
        return (value,)
    return value if isinstance(value, tuple) else ()
