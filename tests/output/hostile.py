"""Texts made to be obeyed by what shows them, and what must hold of all that is shown."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple
from unicodedata import category
from xml.etree import ElementTree

import jsonschema
import pytest
from markdown_it import MarkdownIt

from cnncalc import cli
from cnncalc.streams import Guard
from tests.page.parsed import check_anchors, parsed

TESTS = Path(__file__).parents[1]
SARIF = json.loads((TESTS / "reference" / "sarif-schema-2.1.0.json").read_text(encoding="utf-8"))

CONTROLS = {
    "colour": "\x1b[31mred\x1b[2J\x1b[H",
    "title": "\x1b]0;title\x07",
    "clipboard": "\x1b]52;c;ZXZpbA==\x07",
    "hyperlink": "\x1b]8;;http://evil.example\x07link\x1b]8;;\x07",
    "C1": "\x9b31m \x9d0;title\x9c \x85",
    "overwrite": "good\rbad\b\b\x7f\x00",
    "bidi": "\u202eevil\u2066\u061c\u200f",
    "invisible": "zero\u200bwidth\u2060\ufeff\u00ad\U000e0041",
    "separators": "a\u2028b\u2029c\vd\fe",
    "surrogate": "undecodable\udcff\ud800",
}
COMMANDS = {
    "workflow": "::error file=x::forged",
    "indented workflow": "  ::add-mask::forged",
    "workflow on a line": "first\n::error file=x::forged\r\n::warning::forged",
    "old workflow": "##[error]forged",
    "azure": "##vso[task.setvariable variable=x]forged",
    "teamcity": "##teamcity[buildStop comment='forged']",
}
MARKUP = {
    "formula": "=cmd|' /C calc'!A0",
    "sums": "+1+cmd|x;@SUM(A1)",
    "minus": "-1+cmd",
    "at": "@octocat #1 x@evil.example",
    "tags": "<script>alert(1)</script><img src=x onerror=alert(1)><!-- x",
    "links": "[x](javascript:alert(1)) ![y](http://evil.example/z.png) [text](1)",
    "addresses": "http://evil.example www.evil.example <http://evil.example>",
    "cells": "a|b|`c|d` \\| \\",
    "ticks": "``` `` ` ```` `a` |",
    "emphasis": "**b** _i_ ~~s~~ $x$ # h",
    "list": "- item",
    "quotation": "> quoted",
    "tex": r"\input{/etc/passwd} \write18{id} ^^5cend{document} %{}~#1&_$x$",
    "entities": "&lt;script&gt; &#60; %0A%25",
    "xml": "]]><x a='b\"'>",
}
TEXTS = {**CONTROLS, **COMMANDS, **MARKUP}
EVERY = " ".join(TEXTS.values())

_COMMAND = re.compile(r"^\s*::|##\w*\[", re.MULTILINE)
_OURS = re.compile(r"::(error|warning|notice) file=[^:\n]*::[^\n]*")
_LINK = re.compile(r"(?<!\\)\[[^\]]*(?<!\\)\]\(")


class Said(NamedTuple):
    """What a command prints, and its exit code."""

    code: int
    out: str
    err: str


def said(*arguments: str, stdin: str = "", guarded: bool = True) -> Said:
    """What `cnncalc` says to these arguments, in this process; not `guarded`: as its renderers
    alone leave it."""
    streams = [io.TextIOWrapper(io.BytesIO(), "utf-8", errors="surrogatepass") for _ in range(2)]
    reader = io.TextIOWrapper(io.BytesIO(stdin.encode("utf-8", "surrogatepass")), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["cnncalc", *arguments])
        patch.setattr(sys, "stdin", reader)
        for name, stream in zip(("stdout", "stderr"), streams, strict=True):
            patch.setattr(sys, name, Guard(stream) if guarded else stream)
        code = cli.called()
    for stream in streams:
        stream.flush()
    out, err = (stream.buffer.getvalue().decode("utf-8", "surrogatepass") for stream in streams)
    return Said(code, out, err)


def controls(text: str) -> list[str]:
    """What a terminal obeys, or does not show; lines may end."""
    return [
        character
        for character in text.replace("\r\n", "\n")
        if character != "\n" and category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    ]


def check(found: Said, form: str = "text") -> None:
    """What must hold of what any command says."""
    assert found.code in (0, 1, 2), found.err
    assert controls(found.out + found.err) == []
    plain = _OURS.sub("", found.out) if form == "github" else found.out
    assert _COMMAND.findall(plain + found.err) == []
    if form in CHECKS and found.out:
        CHECKS[form](found.out)


# -- formats --------------------------------------------------------------------------------


def check_csv(text: str) -> None:
    """All rows have the cells of the first; what begins as a formula is a number or a size."""
    head, *rows = csv.reader(io.StringIO(text))
    for row in rows:
        assert len(row) == len(head)
        for cell in row:
            assert cell[:1] not in tuple("=+@\t\r") or cell == ""
            assert cell[:1] != "-" or re.fullmatch(r"-[\d.x?-]+", cell)
            assert not re.search(r";\s*[=+@-]", cell)


INERT = {"text", "code_inline", "softbreak", "hardbreak"}
OURS = {"<details>", "</details>", "<summary>", "</summary>", "<sub>", "</sub>", "<br>"}


def check_markdown(text: str) -> None:
    """It has the tables, lists and graphs that we write, and in them only text and code; of HTML
    what we write; of addresses, mentions and issues, none is outside of code."""
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        assert token.type not in ("code_block", "blockquote_open", "hr")
        if token.type == "fence":
            assert token.info == "mermaid"
            check_mermaid(token.content)
            text = text.replace(token.content, "")
        if token.type == "html_block":
            assert re.sub(r"</?(details|summary|code)>", "", token.content).count("<") == 0
        for child in token.children or ():
            ours = child.type == "html_inline" and child.content in OURS
            assert child.type in INERT or ours, child
            if child.type == "text":
                assert not re.search(r"[@#]\w", child.content)
    for line in text.splitlines():
        bare = re.sub(r"`[^`]*`|<code>[^<]*</code>", "", line)
        assert not re.search(r"://|www\.|@|[^&#]#\d", bare)
    for table in re.findall(r"(?:^\|.*\n?)+", text, re.MULTILINE):
        assert len({row.count("|") for row in table.splitlines()}) == 1


_LABEL = r'"(?:[\w\ ,:/]|\#\d+;|<br/>)*"'
_MERMAID = re.compile(
    rf"""flowchart[ ]TB
    | [ ]*(?:n\d+(?:\[{_LABEL}\]|\(\[{_LABEL}\]\)):::\w+ | subgraph[ ]n\d+\[{_LABEL}\] | end)
    | n\d+[ ]-->[ ]n\d+
    | classDef[ ]\w+[ ]fill:\#\w+,stroke:\#\w+,color:\#\w+""",
    re.VERBOSE,
)


def check_mermaid(text: str) -> None:
    """Nothing but boxes, frames and ways; within quotes, only letters and numbers of others."""
    assert text.endswith("\n")
    for line in text.splitlines():
        assert _MERMAID.fullmatch(line), line


def check_sarif(text: str) -> None:
    """It keeps to its schema, no message has a link, and every address is one."""
    document = json.loads(text)
    jsonschema.Draft4Validator(SARIF).validate(document)
    for result in document["runs"][0]["results"]:
        for said in (result, *result.get("relatedLocations", ())):
            assert not _LINK.search(said["message"]["text"])
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"[\w.~%/-]+|file:///[\w.~%/-]+", uri, re.ASCII)


def check_github(text: str) -> None:
    """A command a line, and nothing else."""
    for line in text.splitlines():
        assert _OURS.fullmatch(line)


class Page(HTMLParser):
    """A page as its tags with their attributes, and the text between them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += f"{data} " if "style" not in self.open else ""


HTML_TAGS = {
    **{tag: set[str]() for tag in ["style", "b", "table", "thead", "tbody", "tfoot", "tr", "code"]},
    **{tag: {"class"} for tag in ("p", "span", "th")},
    **{tag: {"class", "style"} for tag in ("div", "td")},
    "img": {"alt", "src"},
}


DATA = r"data:image/svg\+xml;base64,[\w+/]+=*"


PAGE_TAGS = {
    *("html", "head", "meta", "title", "link", "style", "body", "header", "nav", "main", "script"),
    *("section", "aside", "h1", "h2", "h3", "p", "div", "ul", "ol", "li", "dl", "dt", "dd"),
    *("a", "b", "br", "code", "data", "details", "mark", "span", "summary"),
    *("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"),
    *("svg", "g", "rect", "text", "path", "polygon", "polyline"),
}


def check_page(text: str) -> None:
    """Every tag is one of ours and closed, every link leads into the page, and nothing that is
    loaded, run or styled came from a spec."""
    page = parsed(text)
    check_anchors(page)
    for each in page.every():
        assert each.name in PAGE_TAGS, each.name
        assert not [name for name in each.attributes if name.startswith("on")]
        assert not each.attributes.keys() & {"style", "src", "srcdoc", "action"}
        assert each.attributes.get("href", "#").startswith(("#", "data:,"))


def check_html(text: str) -> Page:
    """Every tag is ours and closed, no attribute has a foreign text, and no formula is set."""
    page = Page(text)
    assert not page.open
    for tag, attributes in page.tags:
        assert attributes.keys() <= HTML_TAGS[tag], tag
        for value in attributes.values():
            assert re.fullmatch(
                r"[\w\s-]+|(width|padding-left): [\d.]+(%|em)|" + DATA, value or ""
            ), value
    assert page.tags[0] == ("div", {"class": "cnncalc tex2jax_ignore mathjax_ignore"})
    return page


SVG_TAGS: dict[str, set[str]] = {
    "svg": {"width", "height", "viewBox", "role", "aria-label"},
    "title": set(),
    "desc": set(),
    "style": set(),
    "g": {"role", "aria-label"},
    "rect": {"class", "x", "y", "width", "height", "rx"},
    "text": {"class", "x", "y", "text-anchor"},
    "path": {"class", "d"},
    "polygon": {"class", "points"},
    "polyline": {"class", "points"},
}


def check_svg(text: str) -> None:
    """Every element is ours, and of its attributes only the label has a foreign text."""
    for element in ElementTree.fromstring(text).iter():
        name = element.tag.removeprefix("{http://www.w3.org/2000/svg}")
        assert {*element.keys()} <= SVG_TAGS[name], name
        for key, value in element.items():
            assert key == "aria-label" or re.fullmatch(r"[\w\s.,-]*", value), value
        assert name != "style" or "url" not in (element.text or "")


_TEX_COMMAND = re.compile(r"\\(?:[a-zA-Z]+|.)")
_TEX_SIGNS = {f"\\{sign}" for sign in "{}$&#%_"}
_TEX_NAMES = {
    f"\\{name}"
    for name in (
        *("documentclass", "usepackage", "definecolor", "begin", "end", "useasboundingbox"),
        *("path", "node", "fontsize", "selectfont", "bfseries", "sffamily"),
        *("textbackslash", "textasciitilde", "textasciicircum", "textless", "textgreater"),
        *("textbar", "textquotedbl", "textasciigrave", "textquotesingle"),
    )
}


def check_tikz(text: str) -> None:
    """No command but ours, every brace closed, nothing that LaTeX obeys in a text."""
    comment, _, document = text.partition("\n")
    assert comment.startswith("% ")
    assert {*_TEX_COMMAND.findall(document)} <= _TEX_NAMES | _TEX_SIGNS
    plain = _TEX_COMMAND.sub("", document)
    assert not {*"%$&#_^~"} & {*plain}
    depth = 0
    for sign in plain:
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0
    assert depth == 0
    assert max(text) <= "\u017f"


CHECKS: dict[str, Callable[[str], object]] = {
    "html": check_page,
    "fragment": check_html,
    "json": json.loads,
    "gitlab": json.loads,
    "csv": check_csv,
    "markdown": check_markdown,
    "sarif": check_sarif,
    "junit": ElementTree.fromstring,
    "github": check_github,
    "svg": check_svg,
    "mermaid": check_mermaid,
    "tikz": check_tikz,
}


def strings(value: object) -> Iterator[str]:
    """All texts in a document, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
