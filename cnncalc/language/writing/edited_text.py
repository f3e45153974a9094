"""A spec's text with its tree: where each item stands, and edits that leave the rest as it is."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import pairwise

from cnncalc.diagnostics import Diagnostics, Source, Span
from cnncalc.language.text import tree
from cnncalc.language.text.tree import Node, Scalar
from cnncalc.language.writing.node_text import braced, inline
from cnncalc.later_patterns import pattern
from cnncalc.records import NamedTuple

_BREAK = pattern(r"\r\n|[\r\n\x85\u2028\u2029]")
_SPACE = pattern(r"(?:\s|#[^\r\n]*)*")
_COMMENT = pattern(r"[ \t]+#[^\r\n]*")
_WORDS = pattern(r"\w+")


LISTS = ("blocks", "layers", "outputs")
SECTIONS = ("args", "defaults", *LISTS)
"""Where layers are written, and where words may refer to them."""


class Edit(NamedTuple):
    """`text` in place of what stands from `start` to `end`."""

    start: int
    end: int
    text: str = ""


class Place(NamedTuple):
    """Where an item of a list, or a branch, is written.

    items: the list; None for a branch that is a mapping
    kind: the scalar that is the item's word; value: what stands behind it, if anything
    """

    items: tree.Sequence | None
    item: Node
    kind: Scalar
    value: Node | None

    def entry(self, key: str) -> Node | None:
        """What stands beside the item's kind under a key."""
        entries = self.item.entries if isinstance(self.item, tree.Mapping) else ()
        return next((value for name, value in entries if name.text == key), None)

    def fields(self) -> dict[str, Node]:
        """The fields of a mapping behind the kind."""
        entries = self.value.entries if isinstance(self.value, tree.Mapping) else ()
        return {key.text: value for key, value in entries}


class UnwritableError(Exception):
    """An edit has no place in the text; the message says why."""


class Text:
    """A sound spec's text, its tree and the place of every item."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.starts = [0, *(found.end() for found in _BREAK.finditer(self.text))]
        root = tree.read(source, Diagnostics())
        assert isinstance(root, tree.Mapping)
        self.root = root
        self.places: dict[tuple[int, int], Place] = {}
        self.of_kind: dict[str, list[Place]] = {}
        self.numbers: dict[int, dict[int, int]] = {}  # of the items of lists
        for key, value in root.entries:
            if key.text in LISTS:
                self._visit(value, None)

    def place(self, span: Span) -> Place:
        """The item whose word is at `span`."""
        return self.places[span.line, span.column]

    def _visit(self, node: Node, around: tree.Sequence | None) -> None:
        if isinstance(node, tree.Sequence):
            for item in node.items:
                if isinstance(item, Scalar):
                    self._add(Place(node, item, item, None))
                self._visit(item, node)
        elif isinstance(node, tree.Mapping):
            for key, value in node.entries:
                self._add(Place(around, node, key, value))
                if key.text == "share" and isinstance(value, Scalar):
                    self._add(Place(around, node, value, None))
                self._visit(value, None)

    def _add(self, place: Place) -> None:
        self.places[place.kind.span.line, place.kind.span.column] = place
        self.of_kind.setdefault(place.kind.text, []).append(place)

    # -- where things stand -----------------------------------------------------------------

    def entry(self, *keys: str) -> tuple[Scalar, Node] | None:
        """The entry at a path of keys, from the root."""
        found: tuple[Scalar, Node] | None = None
        node: Node = self.root
        for word in keys:
            entries = node.entries if isinstance(node, tree.Mapping) else ()
            found = next((entry for entry in entries if entry[0].text == word), None)
            if found is None:
                return None
            node = found[1]
        return found

    def start(self, node: Node) -> int:
        """Where a node begins."""
        return self.starts[node.span.line - 1] + node.span.column - 1

    def end(self, node: Node) -> int:
        """Where a node ends, its closing bracket included."""
        if isinstance(node, Scalar):
            end = self.starts[node.span.end_line - 1] + node.span.end_column - 1
            block = not node.plain and self.text[self.start(node)] in "|>"
            return len(self.text[:end].rstrip()) if block else end
        children = _children(node)
        if not self.flow(node):
            return self.end(children[-1])
        inside = self.end(children[-1]) if children else self.start(node) + 1
        while self.text[inside] not in "]}":
            inside = self._behind(inside + (self.text[inside] == ","))
        return inside + 1

    def _behind(self, at: int) -> int:
        """Past white space and comments."""
        found = _SPACE.match(self.text, at)
        return found.end() if found else at

    def flow(self, node: Node) -> bool:
        """Whether a list or mapping stands in brackets."""
        return self.text[self.start(node)] in "[{"

    def written(self, node: Node) -> str:
        """A node as the author wrote it."""
        return self.text[self.start(node) : self.end(node)]

    def line_start(self, at: int) -> int:
        """Where the line of `at` begins."""
        return self.starts[bisect_right(self.starts, at) - 1]

    def line_end(self, at: int) -> int:
        """Where the line behind that of `at` begins."""
        behind = bisect_right(self.starts, at)
        return self.starts[behind] if behind < len(self.starts) else len(self.text)

    @property
    def newline(self) -> str:
        """How this text breaks its lines."""
        found = _BREAK.search(self.text)
        return found[0] if found else "\n"

    def comment_end(self, at: int) -> int:
        """The end of the comment that follows `at` on its line; `at`, where there is none."""
        found = _COMMENT.match(self.text, at)
        return found.end() if found else at

    # -- edits ------------------------------------------------------------------------------

    def without_item(self, place: Place) -> list[Edit]:
        """An item of a list goes. Raises UnwritableError."""
        if place.items is None:
            raise UnwritableError("it is a whole branch by itself")
        if len(place.items.items) == 1:
            raise UnwritableError("it stands alone in its list")
        if self.flow(place.items):
            return [self._without_one(place.items, self._number(place.items, place.item))]
        self._dash(place.item)
        return [self._lines(self._dash(place.item), self.end(place.item))]

    def _number(self, items: tree.Sequence, item: Node) -> int:
        """Which of a list an item is; all of a list are counted at once."""
        if id(items) not in self.numbers:
            self.numbers[id(items)] = {id(one): n for n, one in enumerate(items.items)}
        return self.numbers[id(items)][id(item)]

    def _without_one(self, items: tree.Sequence, number: int) -> Edit:
        """One of what stands in brackets goes, with its comma."""
        item = items.items[number]
        if number:
            return Edit(self.end(items.items[number - 1]), self.end(item))
        return Edit(self.start(item), self.start(items.items[1]))

    def without_entries(self, mapping: tree.Mapping, keys: Collection[str]) -> list[Edit]:
        """Some entries of a mapping go, others stay."""
        doomed = [i for i, (key, _) in enumerate(mapping.entries) if key.text in keys]
        if self.flow(mapping):
            bounds = [(self.start(key), self.end(value)) for key, value in mapping.entries]
            return self._without(bounds, doomed)
        return [self._entry_lines(mapping, number) for number in doomed]

    def _entry_lines(self, mapping: tree.Mapping, number: int) -> Edit:
        """The first entry of an item stands behind its dash: the next one takes its place."""
        key, value = mapping.entries[number]
        head = self.text[self.line_start(self.start(key)) : self.start(key)]
        if head.strip():
            return Edit(self.start(key), self.start(mapping.entries[number + 1][0]))
        return self._lines(self.start(key), self.end(value))

    def _without(self, bounds: list[tuple[int, int]], doomed: list[int]) -> list[Edit]:
        """Parts of what stands in brackets go, with their commas. bounds: where each part is"""
        kept = [number for number in range(len(bounds)) if number not in doomed]
        edits = []
        for number in doomed:
            before = [k for k in kept if k < number]
            if before:
                edits.append(Edit(bounds[number - 1][1], bounds[number][1]))
            else:
                edits.append(Edit(bounds[number][0], bounds[number + 1][0]))
        return edits

    def _lines(self, start: int, end: int) -> Edit:
        """Whole lines go; of the empty lines around them, one stays."""
        first, last = self.line_start(start), self.line_end(end)
        above = self.text[self.line_start(first - 1) : first] if first else None
        below = self.text[last : self.line_end(last)] if last < len(self.text) else ""
        lone = above is not None and not above.strip() and not below.strip()
        if last < len(self.text) and lone:
            last = self.line_end(last)
        return Edit(first, last)

    def _dash(self, item: Node) -> int:
        """Where the dash of a list's item stands. Raises UnwritableError."""
        head = self.text[: self.start(item)].rstrip()
        if not head.endswith("-"):
            raise UnwritableError("a comment stands between its dash and itself")
        return len(head) - 1

    def before_item(self, place: Place, word: str) -> list[Edit]:
        """A bare word as an item before another. Raises UnwritableError."""
        if place.items is None:
            raise UnwritableError("it is a whole branch by itself")
        if self.flow(place.items):
            return [Edit(self.start(place.item), self.start(place.item), f"{word}, ")]
        at = self.line_start(self._dash(place.item))
        indent = self.text[at : self._dash(place.item)]
        return [Edit(at, at, f"{indent}- {word}{self.newline}")]

    def with_field(self, place: Place, main: str, field: str, text: str) -> list[Edit]:
        """A field more in what stands behind an item's kind, or another text for it."""
        if isinstance(place.value, tree.Mapping):
            return self.with_entry(place.value, field, text)
        fields = {field: text}
        if isinstance(place.value, Scalar) and not place.value.empty:
            fields = {main: inline(place.value), field: text}
        return [self.with_value(place, braced(fields))]

    def with_value(self, place: Place, text: str) -> Edit:
        """Other text behind an item's kind."""
        start = self.end(place.kind)
        end = start if place.value is None else self.end(place.value)
        return Edit(start, end, f": {text}")

    def without_value(self, place: Place) -> Edit:
        """Nothing behind an item's kind; a block mapping of several keys still wants a colon."""
        edit = self.with_value(place, "")
        entries = place.item.entries if isinstance(place.item, tree.Mapping) else ()
        alone = len(entries) < 2 or self.flow(place.item)
        return edit._replace(text="" if alone else ":")

    def with_entry(self, mapping: tree.Mapping, key: str, text: str) -> list[Edit]:
        """An entry more in a mapping, or another value for it."""
        found = next((value for name, value in mapping.entries if name.text == key), None)
        if found is not None:
            space = " " if isinstance(found, Scalar) and found.empty else ""
            return [Edit(self.start(found), self.end(found), space + text)]
        if self.flow(mapping):
            at = self.end(mapping.entries[-1][1]) if mapping.entries else self.start(mapping) + 1
            return [Edit(at, at, f"{', ' if mapping.entries else ''}{key}: {text}")]
        first, last = mapping.entries[0][0], mapping.entries[-1][1]
        at = self.comment_end(self.end(last))
        indent = " " * (first.span.column - 1)
        return [Edit(at, at, f"{self.newline}{indent}{key}: {text}")]

    # -- names ------------------------------------------------------------------------------

    def refers_to(self, name: str) -> bool:
        """Whether the word stands in a value that may refer to a layer of that name."""
        if not self._referring_words.issuperset(_WORDS.findall(name)):
            return False
        return any(_word(name).search(scalar.text) for scalar in self._all_referring())

    def _all_referring(self) -> Iterator[Scalar]:
        sections = (value for key, value in self.root.entries if key.text in SECTIONS)
        return (scalar for node in sections for scalar in _referring(node))

    @cached_property
    def _referring_words(self) -> set[str]:
        return {word for scalar in self._all_referring() for word in _WORDS.findall(scalar.text)}

    def renamed(self, place: Place, name: str, other: str) -> list[Edit]:
        """What refers to a layer in the list of `place`, or around it, refers to another one."""
        pattern = _word(name)
        return [
            Edit(self.start(scalar), self.end(scalar), pattern.sub(other, self.written(scalar)))
            for node in self._around(place)
            for scalar in _referring(node)
            if pattern.search(scalar.text)
        ]

    def _around(self, place: Place) -> list[Node]:
        """The block that an item stands in, or else the network's own lists."""
        blocks = self.entry("blocks")
        bodies = blocks[1].entries if blocks and isinstance(blocks[1], tree.Mapping) else ()
        for _, body in bodies:
            if self.start(body) <= self.start(place.kind) < self.end(body):
                return [body]
        return [value for key, value in self.root.entries if key.text in ("layers", "outputs")]

    def item_before(self, place: Place) -> Place | None:
        """The item of a list before another."""
        items = place.items.items if place.items else ()
        before = next((a for a, b in pairwise(items) if b is place.item), None)
        return next((p for p in self.places.values() if p.item is before), None)

    def with_name(self, place: Place, name: str) -> Edit:
        """A name for an item without one."""
        if isinstance(place.item, Scalar):
            raise UnwritableError(f"others refer to it by its name, `{name}`")
        assert isinstance(place.item, tree.Mapping)
        first = place.item.entries[0][0]
        gap = ", " if self.flow(place.item) else self.newline + " " * (first.span.column - 1)
        return Edit(self.start(first), self.start(first), f"name: {name}{gap}")

    # -- defaults, and all edits ------------------------------------------------------------

    def without_defaults(self, spare: Mapping[str, str | None]) -> list[Edit]:
        """A field of each of some kinds' defaults goes, or all of a kind's; so does what is empty
        without them."""
        section = self.entry("defaults")
        if section is None or not isinstance(section[1], tree.Mapping):
            return []
        edits: list[Edit] = []
        doomed = []
        for kind, fields in section[1].entries:
            field = spare.get(kind.text, "")
            several = isinstance(fields, tree.Mapping) and len(fields.entries) > 1
            if field and several:
                assert isinstance(fields, tree.Mapping)
                edits += self.without_entries(fields, [field])
            elif field != "":
                doomed.append(kind.text)
        if len(doomed) == len(section[1].entries):
            return self.without_entries(self.root, ["defaults"])
        return edits + self.without_entries(section[1], doomed)

    def edited(self, edits: Iterable[Edit]) -> str:
        """The text with all edits made; of those that overlap, what is left."""
        pieces, at = [], 0
        for start, end, text in sorted(set(edits)):
            if start < at and end <= at:
                continue  # within what is gone
            pieces += [self.text[at : max(start, at)], text]
            at = max(end, at)
        return "".join([*pieces, self.text[at:]])


def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")


def _referring(node: Node) -> Iterator[Scalar]:
    """The values that are no names themselves."""
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, tree.Sequence):
        for item in node.items:
            yield from _referring(item)
    else:
        for key, value in node.entries:
            if key.text != "name":
                yield from _referring(value)


def _children(node: tree.Sequence | tree.Mapping) -> list[Node]:
    if isinstance(node, tree.Sequence):
        return list(node.items)
    return [part for entry in node.entries for part in entry]
