"""Protocol buffers as text to messages whose values know their lines.

The grammar is that of text format: `name: value`, `name { ... }` or `name < ... >`, lists in
brackets, strings of both quotes, comments behind `#`. Nothing here knows what a field means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cnncalc.importing.formats.format_error import FormatError, shortened
from cnncalc.later_patterns import pattern
from cnncalc.records import NamedTuple

DEEPEST = 64
MOST_FIELDS = 1_000_000
TOKEN = pattern(
    r"(?P<blank>(?:\s+|#[^\n]*)+)"
    r"|(?P<text>\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')"
    r"|(?P<word>[-+.\w/]+)"
    r"|(?P<mark>[{}<>\[\]:,;])"
)
CLOSING = {"{": "}", "<": ">"}
TRUTHS = {"true": True, "1": True, "t": True, "false": False, "0": False, "f": False}
LEAST = -(10**9)


class Token(NamedTuple):
    """A piece of the text, on which line it begins."""

    sort: str
    text: str
    line: int


class TextField(NamedTuple):
    """A value with its name: a word as it stands, a text without quotes, or a message."""

    name: str
    value: str | Message
    line: int


class Message(NamedTuple):
    """Fields in order; a name may stand many times."""

    fields: tuple[TextField, ...]
    line: int

    def every(self, name: str) -> list[TextField]:
        """All of a name."""
        return [field for field in self.fields if field.name == name]

    def last(self, name: str) -> TextField | None:
        """What counts of a name that means one value."""
        found = self.every(name)
        return found[-1] if found else None

    def __contains__(self, name: object) -> bool:
        return any(field.name == name for field in self.fields)

    def message(self, name: str) -> Message:
        """The message of a name, without fields where there is none. Raises FormatError."""
        field = self.last(name)
        if field is None:
            return Message((), self.line)
        if isinstance(field.value, str):
            raise FormatError(f"`{name}` wants fields in braces", field.line)
        return field.value

    def messages(self, name: str) -> list[Message]:
        """All messages of a name. Raises FormatError."""
        found = self.every(name)
        for field in found:
            if isinstance(field.value, str):
                raise FormatError(f"`{name}` wants fields in braces", field.line)
        return [field.value for field in found if isinstance(field.value, Message)]

    def word(self, name: str, default: str = "") -> str:
        """A word or text. Raises FormatError."""
        field = self.last(name)
        return default if field is None else plain(field)

    def words(self, name: str) -> list[str]:
        """All words or texts of a name. Raises FormatError."""
        return [plain(field) for field in self.every(name)]

    def whole(self, name: str, default: int, least: int = LEAST) -> int:
        """A whole number. Raises FormatError."""
        field = self.last(name)
        return default if field is None else whole_number(field, least)

    def wholes(self, name: str, least: int = LEAST) -> list[int]:
        """All whole numbers of a name. Raises FormatError."""
        return [whole_number(field, least) for field in self.every(name)]

    def real(self, name: str, default: float) -> float:
        """A number. Raises FormatError."""
        field = self.last(name)
        if field is None:
            return default
        text = plain(field)
        if not re.fullmatch(r"[-+]?(\d{1,30}\.?\d{0,30}|\.\d{1,30})(e[-+]?\d{1,2})?f?", text, re.I):
            raise FormatError(
                f"`{shortened(name)}` wants a number, got `{shortened(text)}`", field.line
            )
        return float(text.rstrip("fF"))

    def truth(self, name: str, default: bool) -> bool:
        """Whether. Raises FormatError."""
        field = self.last(name)
        if field is None:
            return default
        found = TRUTHS.get(plain(field).lower())
        if found is None:
            what = f"`{shortened(name)}` wants `true` or `false`, got `{shortened(plain(field))}`"
            raise FormatError(what, field.line)
        return found


def plain(field: TextField) -> str:
    """A field that is no message. Raises FormatError."""
    if isinstance(field.value, Message):
        raise FormatError(
            f"`{shortened(field.name)}` wants a value, not fields in braces", field.line
        )
    return field.value


def whole_number(field: TextField, least: int) -> int:
    """A field that is a whole number, of at least so much. Raises FormatError."""
    text = plain(field)
    if not re.fullmatch(r"[-+]?\d{1,10}", text) or int(text) < least:
        wanted = f"a whole number from {least} on" if least > LEAST else "a whole number"
        raise FormatError(
            f"`{shortened(field.name)}` wants {wanted}, got `{shortened(text)}`", field.line
        )
    return int(text)


def read_message(text: str) -> Message:
    """The message that a text is. Raises FormatError."""
    tokens = _Tokens(text)
    fields = _fields(tokens, "", 0)
    return Message(tuple(fields), 1)


class _Tokens:
    """Those of a text, one ahead."""

    def __init__(self, text: str) -> None:
        self._rest = _tokens(text)
        self.count = 0
        self.next = next(self._rest)

    def take(self) -> Token:
        """The next one."""
        found = self.next
        self.next = next(self._rest, found)
        return found

    def skip(self, marks: str) -> bool:
        """Whether the next is one of these marks, which is taken then."""
        found = self.next.sort == "mark" and self.next.text in marks
        if found:
            self.take()
        return found


def _tokens(text: str) -> Iterator[Token]:
    place, line = 0, 1
    while place < len(text):
        found = TOKEN.match(text, place)
        if not found:
            raise FormatError(f"`{shortened(text[place])}` means nothing here", line)
        sort = found.lastgroup or ""
        if sort != "blank":
            yield Token(sort, found[0], line)
        line += found[0].count("\n")
        place = found.end()
    yield Token("end", "the end of the file", line)


def _fields(tokens: _Tokens, closing: str, depth: int) -> Iterator[TextField]:
    """Until what closes them, or the end. Raises FormatError."""
    if depth > DEEPEST:
        raise FormatError(f"nested more than {DEEPEST} deep", tokens.next.line)
    while True:
        token = tokens.take()
        if token.sort == "end" and not closing:
            return
        if closing and token.text == closing and token.sort == "mark":
            return
        if token.sort != "word":
            wanted = f"`{closing}` or a field" if closing else "a field"
            raise FormatError(f"{wanted} is wanted, got {_shown(token)}", token.line)
        yield from _field(tokens, token, depth)
        tokens.skip(",;")


def _field(tokens: _Tokens, name: Token, depth: int) -> Iterator[TextField]:
    tokens.count += 1
    if tokens.count > MOST_FIELDS:
        raise FormatError(f"more than {MOST_FIELDS:,} fields", name.line)
    colon = tokens.skip(":")
    if tokens.next.text == "[" and tokens.next.sort == "mark" and colon:
        tokens.take()
        while not tokens.skip("]"):
            yield TextField(name.text, _value(tokens, depth), name.line)
            tokens.skip(",")
        return
    if not colon and tokens.next.text not in CLOSING:
        what = f"`{shortened(name.text)}` wants `:` or `{{` behind it, got {_shown(tokens.next)}"
        raise FormatError(what, tokens.next.line)
    yield TextField(name.text, _value(tokens, depth), name.line)


def _value(tokens: _Tokens, depth: int) -> str | Message:
    token = tokens.take()
    if token.sort == "mark" and token.text in CLOSING:
        fields = tuple(_fields(tokens, CLOSING[token.text], depth + 1))
        return Message(fields, token.line)
    if token.sort == "word":
        return token.text
    if token.sort != "text":
        raise FormatError(f"a value is wanted, got {_shown(token)}", token.line)
    pieces = [token.text[1:-1]]
    while tokens.next.sort == "text":
        pieces.append(tokens.take().text[1:-1])
    return "".join(pieces)


def _shown(token: Token) -> str:
    return token.text if token.sort == "end" else f"`{shortened(token.text)}`"
