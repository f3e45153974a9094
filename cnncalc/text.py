r"""How text from elsewhere is written: an encoder for each place it goes to.

Names, sources, paths, and what libraries say of them are a stranger's. A terminal obeys control
characters, a log of CI takes some lines for commands, a spreadsheet computes cells, a page follows
links. What could be obeyed is shown as an escape instead: `\x1b`, `\u202e`, `\n`. Control
characters here are all that Unicode calls control, format, surrogate, private or unassigned, and
its line and paragraph separators.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re

PIECES = 256
"""Pieces of JSON that are written at once."""

FORMULA = "=+@\uff1d\uff0b\uff0d\uff20-"
"""What a formula of a spreadsheet begins with."""


class _Escapes(dict[int, str]):
    """Characters by code, as `str.translate` asks for them: each is looked at once."""

    def __init__(self, escape: Callable[[str], str], kept: str = "") -> None:
        super().__init__({ord(character): character for character in kept})
        self.escape = escape

    def __missing__(self, code: int) -> str:
        character = chr(code)
        harmless = character.isprintable() or _is_space(character)
        self[code] = shown = character if harmless else self.escape(character)
        return shown


def _is_space(character: str) -> bool:
    """Whether it is a space within a line; Python calls only the first of them printable."""
    return character >= "\xa0" and character.isspace() and character not in "\u2028\u2029"


def _python(character: str) -> str:
    return ascii(character)[1:-1]


_VALUE = _Escapes(_python)
_TEXT = _Escapes(_python, kept="\t")


@cache
def _pattern(text: str) -> re.Pattern[str]:
    import re  # compiled by the first text that needs it

    return re.compile(text)


# -- terminals, logs, files of plain text ---------------------------------------------------


def line(text: str) -> str:
    """A value on one line, without a character or a command that is obeyed."""
    return text if _is_plain(text) else _without_commands(text.translate(_VALUE))


def lines(text: str) -> str:
    """A text whose lines stay lines, and whose tabs stay tabs."""
    if "\n" not in text and _is_plain(text):
        return text
    return "\n".join(map(_line_of_text, text.split("\n")))


def _line_of_text(text: str) -> str:
    if _is_plain(text):
        return text
    end = "\r" if text.endswith("\r") else ""  # with the line feed behind it, the end of a line
    return _without_commands(text.removesuffix("\r").translate(_TEXT)) + end


def _is_plain(text: str) -> bool:
    return text.isprintable() and "::" not in text and "##" not in text


def _without_commands(text: str) -> str:
    """GitHub obeys a line that begins with `::`, Azure and TeamCity `##vso[` anywhere in it."""
    text = _pattern(r"\A(\s*:):").sub(r"\1\\x3a", text)
    return _pattern(r"##(?=\w*\[)").sub(r"#\\x23", text)


# -- formats --------------------------------------------------------------------------------


def json_document(value: object) -> str:
    """JSON that reads back as it was: what is no plain text is an escape in it."""
    return "".join(json_pieces(value))


def json_pieces(value: object) -> Iterator[str]:
    """The same, some lines at a time: an iterator in it is a list, written as it goes."""
    pieces, text = _Json().pieces(value, "\n"), ""
    while more := "".join(islice(pieces, PIECES)):
        whole, end, text = (text + more).rpartition("\n")
        yield whole + end
    yield f"{text}\n"


class _Json:
    """Writes values, on lines of their own. line: what begins another one there."""

    def __init__(self) -> None:
        from json import JSONEncoder  # the static path has no use for it

        self._encoded = JSONEncoder(ensure_ascii=False).encode
        self._names: dict[str, str] = {}

    def pieces(self, value: object, line: str) -> Iterator[str]:
        """The text of what may hold iterators, of whose items each is a piece."""
        inner = f"{line}  "
        if isinstance(value, dict) and value:
            sign = "{"
            for key, each in value.items():
                yield f"{sign}{inner}{self.name(key)}: "
                yield from self.pieces(each, inner)
                sign = ","
            yield f"{line}}}"
        elif isinstance(value, list | tuple | Iterator):
            flows, sign = isinstance(value, Iterator), "["
            for each in value:
                yield f"{sign}{inner}"
                yield from (self.text(each, inner),) if flows else self.pieces(each, inner)
                sign = ","
            yield "[]" if sign == "[" else f"{line}]"
        else:
            yield self.text(value, line)

    def text(self, value: object, line: str) -> str:
        """The same of what holds none, whole."""
        if type(value) is int:
            return repr(value)
        inner = f"{line}  "
        if isinstance(value, dict) and value:
            each = [f"{inner}{self.name(key)}: {self.text(value[key], inner)}" for key in value]
            return f"{{{','.join(each)}{line}}}"
        if isinstance(value, list | tuple) and value:
            return f"[{','.join([inner + self.text(each, inner) for each in value])}{line}]"
        return _json_line(self._encoded(value))

    def name(self, key: object) -> str:
        """A key, which is a text."""
        if not isinstance(key, str):
            return _json_line(self._encoded(self._encoded(key)))
        if key not in self._names:
            self._names[key] = _json_line(self._encoded(key))
        return self._names[key]


def json_line(value: object) -> str:
    """As `json_document`, on one line, without a line feed at its end."""
    from json import dumps  # only predictions have it

    return _json_line(dumps(value, ensure_ascii=False))


def json_in_html(value: object) -> str:
    """JSON for a script element of a page, which nothing in it can end."""
    from json import dumps  # only pages have it

    text = dumps(value, ensure_ascii=False, separators=(",", ":"))
    return _json_line(text).replace("<", r"\u003c")


def _json_line(text: str) -> str:
    if text.isprintable() and "##" not in text:
        return text
    return _pattern(r"##(?=\w*\[)").sub(r"#\\u0023", text.translate(_JSON))


def _utf_16(character: str) -> str:
    code = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{code[start : start + 4]}" for start in range(0, len(code), 4))


_JSON = _Escapes(_utf_16)


def yaml_text(text: str) -> str:
    """A quoted scalar of YAML, in which halves of characters have no form."""
    return f'"{"".join(map(_in_yaml, text))}"'


def _in_yaml(character: str) -> str:
    if "\ud800" <= character <= "\udfff":
        return r"\ufffd"
    plain = " " <= character <= "~" and character not in '"\\'
    return character if plain else f"\\U{ord(character):08x}"


def csv_cell(value: object) -> object:
    """A cell that no spreadsheet computes: what begins as a formula does, and is no number, gets a
    `'` in front."""
    if not isinstance(value, str):
        return value
    text = line(value)
    if _pattern(r"[-+]?[\d.?][\d.x?-]*\Z").match(text):
        return text
    # where a list separates with semicolons, they begin a cell too
    return _pattern(rf"(\A|;)(\s*)(?=[{FORMULA}])").sub(r"\1'\2", text)


def github(text: str) -> str:
    """The text of a workflow command."""
    return lines(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def github_property(value: str | int) -> str:
    """The value of a property of a workflow command."""
    return github(str(value)).replace(":", "%3A").replace(",", "%2C")


def sarif_message(text: str) -> str:
    """A message in which `[text](1)` is no link."""
    return _pattern(r"[\\\[\]]").sub(r"\\\g<0>", text) if "](" in text else text


def xml(text: str) -> str:
    """The text of an element."""
    from xml.sax.saxutils import escape  # only this format needs it

    return escape(lines(text))


def xml_attribute(text: str) -> str:
    """The value of an attribute, with its quotes."""
    from xml.sax.saxutils import quoteattr

    return quoteattr(line(text))


def mermaid(text: str) -> str:
    """Text within the quotes of a label of Mermaid: all but letters, digits and a few signs, by
    their numbers, which Mermaid has between `#` and `;`."""
    return "".join(
        letter if letter.isalnum() or letter in " _,:/" else f"#{ord(letter)};"
        for letter in line(text)
    )


_TEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "`": r"\textasciigrave{}",
    "'": r"\textquotesingle{}",
    "-": r"{-}",
    **{sign: f"\\{sign}" for sign in "{}$&#%_"},
}
_LAST_LATIN = "\u017f"


def tex(text: str) -> str:
    """Text that LaTeX sets as it is; letters that its fonts lack, by their numbers."""
    return "".join(_TEX.get(letter, letter) for letter in tex_letters(text))


def tex_letters(text: str) -> str:
    """The letters that `tex` sets."""
    return by_number(text, lambda letter: letter <= _LAST_LATIN)


def by_number(text: str, has: Callable[[str], bool]) -> str:
    """Text on one line; letters that a font has not, by their numbers: `[U+30D5]`."""
    return "".join(letter if has(letter) else f"[U+{ord(letter):04X}]" for letter in line(text))


# -- markdown -------------------------------------------------------------------------------

_MEANT = r"""(?x)
    [@\#]+                           # mentions, issues, headings
    | [&<|*`\[\]~\\$]                 # tags, entities, tables, emphasis, code, links, formulas
    | (?<!\w)_ | _(?!\w)
    | :(?=//) | (?<=[wW]{3})\.        # addresses
"""
_MEANT_IN_FRONT = r"""(?x) \A (?:
    \s | > | [-+=](?=[-+=\s]|\Z) | \d+[.)](?=\s|\Z)  # code, quotations, rules, lists
)"""


def markdown(text: str) -> str:
    """Text that means nothing in Markdown or HTML, links to nothing, and mentions nobody."""
    return _begun(_within(text))


def _within(text: str) -> str:
    return _pattern(_MEANT).sub(_inert, line(text))


def _begun(text: str) -> str:
    """What stands at the beginning of a line begins nothing else."""
    return _pattern(_MEANT_IN_FRONT).sub(_inert, text)


def _inert(match: re.Match[str]) -> str:
    """Nobody is mentioned from within code; of an entity GitHub makes a mention again."""
    found = match[0]
    return f"`{found}`" if found[0] in "@#" else f"{found[:-1]}&#{ord(found[-1])};"


def html(text: str) -> str:
    """Text within tags that stand in Markdown: as code, where it would link or mention."""
    shown = _pattern(r"[&<>]").sub(_inert, line(text))
    return f"<code>{shown}</code>" if _pattern(r"[@#]|://|(?i:www)").search(text) else shown


def markdown_code(text: str) -> str:
    """A value as code, where code can hold it."""
    return _begun(_code(text))


def _code(text: str) -> str:
    shown = line(text)
    fits = bool(shown.strip()) and not _pattern(r"[`|\\]").search(shown)
    return f"`{shown}`" if fits else _within(text)


def markdown_sentence(text: str) -> str:
    """A sentence of ours, in which what stands between backticks is code."""
    words, *others = text.split("`")
    if len(others) % 2:
        return markdown(text)
    pairs = zip(others[::2], others[1::2], strict=True)
    rest = "".join(_code(one) + _within(between) for one, between in pairs)
    return _begun(_within(words) + rest)


def wrapped(text: str, width: int, indent: str = "") -> list[str]:
    """A text in lines of a width, broken between words, those below the first indented."""
    if len(text) <= width:
        return [text]
    from textwrap import wrap  # it compiles patterns, and most texts fit

    return wrap(text, width, subsequent_indent=indent)
