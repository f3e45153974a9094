"""YAML text -> a tree in which every value knows its place. YAML is read strictly."""

from __future__ import annotations

from typing import Any, NamedTuple

import yaml

from cnncalc.diagnostics import Diagnostics, Note, Source, Span

DEEPEST = 64
LARGEST_FILE = 8 * 2**20


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


class UnreadableError(Exception):
    """The text has no tree; the diagnostic says why."""


def read(source: Source, diagnostics: Diagnostics) -> Node | None:
    """The tree of `source`; None where there is none, with the reason in `diagnostics`."""
    loader_class: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        loader = loader_class(source.text)
        return _Composer(source, loader, diagnostics).document()
    except UnreadableError:
        return None
    except yaml.MarkedYAMLError as error:
        _syntax_error(source, error, diagnostics)
    except yaml.reader.ReaderError as error:
        message = f"the character U+{ord(_character(error.character)):04X} is not allowed in YAML"
        line = source.text.count("\n", 0, error.position) + 1
        diagnostics.error("CNN107", Span(source, line, 1, line, 1), message)
    return None


def _character(character: int | str | bytes) -> str:
    if isinstance(character, int):
        return chr(character)
    return character[:1].decode("latin-1") if isinstance(character, bytes) else character[:1]


def _syntax_error(source: Source, error: yaml.MarkedYAMLError, diagnostics: Diagnostics) -> None:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    text = source.lines[line - 1] if line <= len(source.lines) else ""
    hint = None
    if "\t" in text[: column + 1]:
        hint = "indent with spaces: YAML allows no tabs"
    elif "expected ',' or" in (error.problem or "") and any(sign in text for sign in "{["):
        hint = 'inside {...} and [...] quote an expression: "depths[1]", "max(a, b)"'
    elif "mapping values are not allowed" in (error.problem or ""):
        hint = "quote a text that holds `: `"
    context = f"{error.context}: " if error.context else ""
    message = f"not YAML: {context}{error.problem}"
    diagnostics.error("CNN101", Span(source, line, column, line, column + 1), message, hint)


class _Composer:
    def __init__(self, source: Source, loader: Any, diagnostics: Diagnostics) -> None:
        self.source = source
        self.next_event = loader.get_event
        self.diagnostics = diagnostics

    def document(self) -> Node | None:
        """The first document's tree; a second one is an error."""
        self.next_event()  # stream start
        event = self.next_event()
        if isinstance(event, yaml.StreamEndEvent):
            return None
        tree = self.node(self.next_event(), 0)
        self.next_event()  # document end
        event = self.next_event()
        if not isinstance(event, yaml.StreamEndEvent):
            message = "a second document starts here"
            self.diagnostics.error("CNN104", self.span(event), message, "one spec per file")
        return tree

    def span(self, event: Any) -> Span:
        start, end = event.start_mark, event.end_mark
        return Span(self.source, start.line + 1, start.column + 1, end.line + 1, end.column + 1)

    def node(self, event: Any, depth: int) -> Node:
        if type(event) is yaml.ScalarEvent:
            if event.anchor is not None or event.tag is not None:
                self.refuse(event)
            return Scalar(event.value, self.span(event), not event.style)
        if isinstance(event, yaml.AliasEvent):
            self.refuse(event)
            return Scalar("", self.span(event))
        if event.anchor is not None or event.tag is not None:
            self.refuse(event)
        if depth >= DEEPEST:
            message = f"nested more than {DEEPEST} deep"
            self.diagnostics.error("CNN105", self.span(event), message, "name a block instead")
            raise UnreadableError
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(event, depth + 1)
        return self.mapping(event, depth + 1)

    def refuse(self, event: Any) -> None:
        """Anchors, aliases and tags have no place in a spec."""
        what = "an alias" if isinstance(event, yaml.AliasEvent) else "an anchor"
        if getattr(event, "tag", None) is not None:
            what = f"the tag `{event.tag}`"
        hint = "`blocks`, `repeat` and `args` say what is the same"
        self.diagnostics.error("CNN103", self.span(event), f"{what} is not part of a spec", hint)

    def sequence(self, start: Any, depth: int) -> Sequence:
        items: list[Node] = []
        event = self.next_event()
        while type(event) is not yaml.SequenceEndEvent:
            items.append(self.node(event, depth))
            event = self.next_event()
        if start.flow_style:
            self.cut_expression([item for item in items if isinstance(item, Scalar)])
        return Sequence(tuple(items), self.span(start))

    def mapping(self, start: Any, depth: int) -> Mapping:
        entries: dict[str, tuple[Scalar, Node]] = {}
        event = self.next_event()
        while type(event) is not yaml.MappingEndEvent:
            key = self.node(event, depth)
            value = self.node(self.next_event(), depth)
            self.enter(entries, key, value)
            event = self.next_event()
        if start.flow_style:
            scalars = [node for entry in entries.values() for node in entry]
            cut = self.cut_expression([node for node in scalars if isinstance(node, Scalar)])
            entries = {text: entry for text, entry in entries.items() if entry[0] not in cut}
        return Mapping(tuple(entries.values()), self.span(start))

    def enter(self, entries: dict[str, tuple[Scalar, Node]], key: Node, value: Node) -> None:
        """Add an entry; report a key that cannot be one."""
        if not isinstance(key, Scalar):
            self.diagnostics.error("CNN103", key.span, "a list or mapping cannot be a key")
        elif key.plain and key.text == "<<":
            hint = "`extends`, `include` and `blocks` say what is the same"
            self.diagnostics.error("CNN103", key.span, "a merge key is not part of a spec", hint)
        elif key.text in entries:
            note = Note("first written here", entries[key.text][0].span)
            hint = "keep one of them"
            message = f"`{key.text}` is given twice"
            self.diagnostics.error("CNN102", key.span, message, hint, [note])
        else:
            entries[key.text] = (key, value)

    def cut_expression(self, scalars: list[Scalar]) -> list[Scalar]:
        """Report an expression that a comma or bracket of `{...}` cut in pieces; the pieces."""
        pieces = [
            scalar
            for scalar in scalars
            if scalar.plain and scalar.text.count("(") != scalar.text.count(")")
        ]
        if not pieces:
            return []
        first, last = pieces[0].span, pieces[-1].span
        whole = pieces[0].text
        if len(pieces) > 1 and first.line == last.line:
            line = self.source.lines[first.line - 1]
            whole = line[first.column - 1 : last.end_column - 1]
        message = f"a comma inside {{...}} or [...] ends a value: `{pieces[0].text}` is cut off"
        hint = f'quote the expression: "{whole}"'
        self.diagnostics.error("CNN109", first, message, hint)
        return pieces
