"""YAML text -> a tree in which every value knows its place. YAML is read strictly."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, takewhile
from typing import Any

from cnncalc.diagnostics import Diagnostics, Note, Source, Span, short
from cnncalc.language.text.pyyaml import yaml
from cnncalc.records import NamedTuple

DEEPEST = 64
LARGEST_FILE = 8 * 2**20
MOST_VALUES = 1_000_000
MOST_WORDS = 1_000
"""Words that are kept once, however often they are written."""
LONGEST = 200
"""Characters of an expression that commas cut in pieces."""

BYTE_ORDER_MARK = "\ufeff"
ALLOWED = bytes((*b"\t\n\r", *range(0x20, 0x7F)))
"""The characters of ASCII that YAML allows."""


class Scalar(NamedTuple):
    """A scalar's text; what type it has is for the field that reads it to say."""

    text: str
    span: Span
    plain: bool = True

    @property
    def empty(self) -> bool:
        """Whether nothing was written (`relu:`)."""
        return self.plain and not self.text


class Sequence(NamedTuple):
    """A list."""

    items: tuple[Node, ...]
    span: Span


class Mapping(NamedTuple):
    """Keys with their values, in order; no key stands twice."""

    entries: tuple[tuple[Scalar, Node], ...]
    span: Span


Node = Scalar | Sequence | Mapping
Entry = tuple[Scalar, Node]


def absent(node: Node) -> bool:
    """Whether a value was left out (`filters: `)."""
    return isinstance(node, Scalar) and node.empty


def described(node: Node) -> str:
    """What stands at `node`, as messages name it."""
    if isinstance(node, Scalar):
        return "nothing" if node.empty else f"`{short(node.text)}`"
    return "a list" if isinstance(node, Sequence) else "a mapping"


class UnreadableError(Exception):
    """The text has no tree; the diagnostic says why."""


def read(source: Source, diagnostics: Diagnostics) -> Node | None:
    """The tree of `source`; None where there is none, with the reason in `diagnostics`."""
    diagnostics.budget.read(len(source.text))
    stray = _first_stray(source.text)
    if stray is not None:
        from cnncalc.language.text.malformed import not_text  # few files are

        not_text(source, stray, diagnostics)
        return None
    loader_class: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        loader = loader_class(source.text)
        return _Composer(source, loader, diagnostics).document()
    except UnreadableError:
        return None
    except yaml.MarkedYAMLError as error:
        from cnncalc.language.text.malformed import not_yaml

        not_yaml(source, error, diagnostics)
    return None


def _first_stray(text: str) -> int | None:
    """Where the first character is that YAML does not allow, a byte order mark among them."""
    if text.isascii() and not text.encode("ascii").translate(None, ALLOWED):
        return None
    found = yaml.reader.Reader.NON_PRINTABLE.search(text)
    places = [found.start()] if found else []
    places += [text.index(BYTE_ORDER_MARK)] if BYTE_ORDER_MARK in text else []
    return min(places, default=None)


class _Composer:
    def __init__(self, source: Source, loader: Any, diagnostics: Diagnostics) -> None:
        self.source = source
        self.next_event = loader.get_event
        self.diagnostics = diagnostics
        self.complete = True
        self.count = diagnostics.budget.values
        self.words: dict[str, str] = {}

    def document(self) -> Node | None:
        """The first document's tree; a second one is an error."""
        self.next_event()  # stream start
        event = self.next_event()
        if isinstance(event, yaml.StreamEndEvent):
            return None
        tree = self.node(self.next_event(), 0)
        self.diagnostics.budget.values = self.count
        self.next_event()  # document end
        event = self.next_event()
        if not isinstance(event, yaml.StreamEndEvent):
            message = "a second document starts here"
            self.diagnostics.error("CNN104", self.span(event), message, "one spec per file")
        return tree if self.complete else None

    def span(self, event: Any) -> Span:
        start, end = event.start_mark, event.end_mark
        line = start.line + 1
        end_line = line if end.line == start.line else end.line + 1
        return Span(self.source, line, start.column + 1, end_line, end.column + 1)

    def node(self, event: Any, depth: int) -> Node:
        self.count += 1
        if self.count > MOST_VALUES:
            message = f"more than {MOST_VALUES:,} values"
            hint = "`repeat` and `blocks` shorten a spec"
            self.diagnostics.error("CNN106", self.span(event), message, hint)
            raise UnreadableError
        if type(event) is yaml.ScalarEvent:
            if event.anchor is not None or event.tag is not None:
                self.refuse(event)
            text = self.words.get(event.value, event.value)
            if len(self.words) < MOST_WORDS:
                self.words[text] = text
            return Scalar(text, self.span(event), not event.style)
        if isinstance(event, yaml.AliasEvent):
            self.refuse(event)
            return Scalar("", self.span(event))
        if event.anchor is not None or event.tag is not None:
            self.refuse(event)
        if depth >= DEEPEST:
            message = f"nested more than {DEEPEST} deep"
            hint = "a piece named in `blocks` stands outside the nest"
            self.diagnostics.error("CNN105", self.span(event), message, hint)
            raise UnreadableError
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(event, depth + 1)
        return self.mapping(event, depth + 1)

    def refuse(self, event: Any) -> None:
        """Anchors, aliases and tags have no place in a spec."""
        sign = "*" if isinstance(event, yaml.AliasEvent) else "&"
        what, hint = f"`{sign}{event.anchor}`", "`blocks`, `repeat` and `args` say what is the same"
        if not event.anchor:
            what = f"`{event.tag.replace('tag:yaml.org,2002:', '!!')}`"
            hint = "write the value alone: its field knows the type"
        self.complete = False
        self.diagnostics.error("CNN103", self.span(event), f"{what} is not part of a spec", hint)

    def sequence(self, start: Any, depth: int) -> Sequence:
        items: list[Node] = []
        event = self.next_event()
        while type(event) is not yaml.SequenceEndEvent:
            items.append(self.node(event, depth))
            event = self.next_event()
        if start.flow_style:
            items = self.mended(items)
        return Sequence(tuple(items), self.span(start))

    def mapping(self, start: Any, depth: int) -> Mapping:
        entries: dict[str, Entry] = {}
        event = self.next_event()
        while type(event) is not yaml.MappingEndEvent:
            key = self.node(event, depth)
            value = self.node(self.next_event(), depth)
            self.enter(entries, key, value)
            event = self.next_event()
        if start.flow_style:
            entries = self.mended_entries(entries)
        return Mapping(tuple(entries.values()), self.span(start))

    def enter(self, entries: dict[str, Entry], key: Node, value: Node) -> None:
        """Add an entry; report a key that cannot be one."""
        if not isinstance(key, Scalar):
            message = "a list or mapping cannot be a key"
            self.diagnostics.error("CNN103", key.span, message, "a key is a word, then `: `")
            self.complete = False
        elif key.plain and key.text == "<<":
            hint = "`blocks`, `repeat` and `args` say what is the same"
            self.diagnostics.error("CNN103", key.span, "`<<` is not part of a spec", hint)
            self.complete = False
        elif key.text in entries:
            note = Note("first written here", entries[key.text][0].span)
            hint = "keep one of them"
            message = f"`{key.text}` is given twice"
            self.diagnostics.error("CNN102", key.span, message, hint, [note])
        else:
            entries[key.text] = (key, value)

    def mended(self, items: list[Node]) -> list[Node]:
        """The values of a `[...]`, those that a comma has cut in pieces put together again."""
        found: list[Node] = []
        at = 0
        while at < len(items):
            count = _pieces(items[at], items[at + 1 : at + LONGEST])
            found.append(self.whole(items[at : at + count]) if count > 1 else items[at])
            at += count
        return found

    def mended_entries(self, entries: dict[str, Entry]) -> dict[str, Entry]:
        """The entries of a `{...}`, likewise: what follows a value cut off has become keys."""
        found: dict[str, Entry] = {}
        given = list(entries.values())
        at = 0
        while at < len(given):
            key, value = given[at]
            rest = takewhile(_lacks_value, given[at + 1 : at + LONGEST])
            count = _pieces(value, (word for word, _ in rest))
            if count > 1:
                value = self.whole([value, *(word for word, _ in given[at + 1 : at + count])])
            found[key.text] = (key, value)
            at += count
        return found

    def whole(self, pieces: list[Node]) -> Scalar:
        """Report an expression that was cut in pieces; the expression."""
        first, last = pieces[0].span, pieces[-1].span
        span = first._replace(end_line=last.end_line, end_column=last.end_column)
        whole = " ".join(_between(self.source, span).split())
        message = f"inside {{...}} and [...] a comma ends a value: `{whole}` is cut in pieces"
        self.diagnostics.error("CNN109", span, message, f'quote the expression: "{whole}"')
        return Scalar(whole, span, False)


def _lacks_value(entry: Entry) -> bool:
    value = entry[1]
    return isinstance(value, Scalar) and value.empty


def _pieces(first: Node, rest: Iterable[Node]) -> int:
    """How many nodes are one expression: up to where the first one's brackets close; 1 where it is
    whole by itself."""
    depth = length = 0
    for count, node in enumerate(chain((first,), rest), 1):
        if not isinstance(node, Scalar) or not node.plain or length > LONGEST:
            return 1
        length += len(node.text) + 1
        depth += node.text.count("(") - node.text.count(")")
        if depth <= 0:
            return count
    return 1


def _between(source: Source, span: Span) -> str:
    if span.line == span.end_line:
        return source.lines[span.line - 1][span.column - 1 : span.end_column - 1]
    lines = source.lines[span.line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return "\n".join(lines)
