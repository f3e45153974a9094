"""The encoders, each alone."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest

from cnncalc import text
from cnncalc.streams import Guard, write_ours
from tests.output.hostile import EVERY, TEXTS, check_csv, check_markdown, controls

LINE = {
    "ESC": ("\x1b[31m", r"\x1b[31m"),
    "DEL": ("\x7f", r"\x7f"),
    "C1": ("\x9b", r"\x9b"),
    "bidi": ("\u202e", r"\u202e"),
    "line separator": ("\u2028", r"\u2028"),
    "tag": ("\U000e0041", r"\U000e0041"),
    "surrogate": ("\udcff", r"\udcff"),
    "line": ("a\nb\r\tc", r"a\nb\r\tc"),
    "letters": ("слой 层 é 🧠", "слой 层 é 🧠"),
    "spaces": ("a b\N{NO-BREAK SPACE}c\N{IDEOGRAPHIC SPACE}d", "a b\xa0c\u3000d"),
    "backslash": (r"C:\new", r"C:\new"),
    "command": ("::error::x", r":\x3aerror::x"),
    "command behind a space": (" ::error::x", r" :\x3aerror::x"),
    "no command": ("std::vector", "std::vector"),
    "command within": ("a ##vso[x] ##[y] ## z", r"a #\x23vso[x] #\x23[y] ## z"),
}


@pytest.mark.parametrize(("written", "shown"), LINE.values(), ids=LINE)
def test_line(written: str, shown: str) -> None:
    assert text.line(written) == shown


LINES = {
    "lines": ("a\nb\n", "a\nb\n"),
    "CRLF": ("a\r\nb\r\n", "a\r\nb\r\n"),
    "CR": ("a\rb", r"a\rb"),
    "tab": ("a\tb", "a\tb"),
    "command": ("a\n::error::b", "a\n:\\x3aerror::b"),
    "comment": ("## a\n##[b]", "## a\n#\\x23[b]"),
}


@pytest.mark.parametrize(("written", "shown"), LINES.values(), ids=LINES)
def test_lines(written: str, shown: str) -> None:
    assert text.lines(written) == shown


@pytest.mark.parametrize("encode", [text.line, text.github_property, text.xml_attribute, text.html])
def test_one_line_stays_one(encode: object) -> None:
    for hostile in (*TEXTS.values(), EVERY):
        shown = encode(hostile)  # type: ignore[operator]
        assert controls(shown) == []
        assert "\n" not in shown


def test_a_shown_text_is_shown_as_it_is() -> None:
    for hostile in (*TEXTS.values(), EVERY):
        assert text.line(text.line(hostile)) == text.line(hostile)


def test_python_source_reads_the_same() -> None:
    """A text as a constant in exported source is the same when a terminal has shown it."""
    for hostile in (*TEXTS.values(), EVERY):
        assert eval(text.lines(repr(hostile))) == hostile


def test_json_is_laid_out_as_pythons_and_as_lists_where_it_flows() -> None:
    layer = {"path": "a", "n": [1, -2, 3.5, True, None, [], {}, [[4], {"b": ()}]], "big": 10**30}
    value = {"version": 1, "layers": [layer, layer, {}], "none": [], "by number": {3: 1}}
    whole = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
    flowing = {**value, "layers": iter([layer, layer, {}]), "none": iter(())}
    assert text.json_document(value) == whole
    assert "".join(text.json_pieces(flowing)) == whole
    assert "".join(text.json_pieces([{"a": iter([layer])}])) == text.json_document([{"a": [layer]}])


def test_json_comes_in_pieces() -> None:
    made = []

    def layers() -> Iterator[dict[str, int]]:
        for number in range(5_000):
            made.append(number)
            yield {"n": number}

    first = next(text.json_pieces({"layers": layers()}))
    assert json.loads(first[first.index("[") :].rstrip().rstrip(",") + "]")[0] == {"n": 0}
    assert len(made) < 500, "a piece is there before the rest is"


def test_json_reads_back() -> None:
    for hostile in (*TEXTS.values(), EVERY):
        written = text.json_document({"a": [hostile], hostile: 1})
        assert controls(written) == []
        assert "##vso[" not in written
        assert json.loads(written) == {"a": [hostile], hostile: 1}


CELLS = [
    ("=1+1", "'=1+1"),
    ("+1+1", "'+1+1"),
    ("@x", "'@x"),
    ("-x", "'-x"),
    ("\N{FULLWIDTH EQUALS SIGN}1", "'\uff1d1"),
    ("\t=1", r"\t=1"),
    (" =1", "' =1"),
    ("a;=1", "a;'=1"),
    ("-3x-3", "-3x-3"),
    ("-0.5", "-0.5"),
    ("?x-1", "?x-1"),
    ("3x3", "3x3"),
    (-3, -3),
    (0.5, 0.5),
    (None, None),
    ("", ""),
    ("-", "'-"),
]


@pytest.mark.parametrize(("value", "cell"), CELLS)
def test_csv_cell(value: object, cell: object) -> None:
    assert text.csv_cell(value) == cell


def test_csv_texts() -> None:
    for hostile in (*TEXTS.values(), EVERY):
        cell = str(text.csv_cell(hostile)).replace('"', '""')
        check_csv(f'a,b\n"{cell}",1\n')


MARKDOWN = {
    "name": ("stage1.0.conv_bn", "stage1.0.conv_bn"),
    "title": ("ResNet-50   3x224x224 -> 1000", "ResNet-50   3x224x224 -> 1000"),
    "mention": ("@octocat", "`@`octocat"),
    "table": ("a|b", "a&#124;b"),
    "tag": ("<b>", "&#60;b>"),
    "star": ("*: sees", "&#42;: sees"),
    "address": ("http://a www.b", "http&#58;//a www&#46;b"),
    "list": ("1. a", "1&#46; a"),
}


@pytest.mark.parametrize(("written", "shown"), MARKDOWN.values(), ids=MARKDOWN)
def test_markdown(written: str, shown: str) -> None:
    assert text.markdown(written) == shown


@pytest.mark.parametrize("encode", [text.markdown, text.markdown_code, text.markdown_sentence])
def test_markdown_texts_are_inert(encode: object) -> None:
    for hostile in (*TEXTS.values(), EVERY):
        shown = encode(hostile)  # type: ignore[operator]
        quoted = text.markdown_sentence(f"`{hostile}` and `{hostile}`")
        table = f"| a | b |\n| --- | --- |\n| {shown} | {quoted} |\n"
        check_markdown(f"### {shown}\n\n{table}\n{shown}\n\n- {shown}\n- {quoted}\n")


def test_sarif_messages_have_no_links() -> None:
    assert text.sarif_message("[text](1) \\") == r"\[text\](1) \\"
    assert text.sarif_message("`kernel` wants [3, 3]") == "`kernel` wants [3, 3]"


def test_xml_can_hold_every_text() -> None:
    for hostile in (*TEXTS.values(), EVERY):
        written = f"<a b={text.xml_attribute(hostile)}>{text.xml(hostile)}</a>"
        element = ElementTree.fromstring(written)
        assert element.get("b") == text.line(hostile)
        assert element.text == text.lines(hostile).replace("\r\n", "\n")


def test_github_commands_are_one_line() -> None:
    assert text.github("50%\r\nb") == "50%25%0D%0Ab"
    assert text.github_property("a,b:c") == "a%2Cb%3Ac"


# -- streams --------------------------------------------------------------------------------


def guarded(*written: str) -> str:
    """What passes a guard."""
    stream = io.TextIOWrapper(io.BytesIO(), "utf-8")
    guard = Guard(stream)
    for part in written:
        print(part, end="", file=guard)
    guard.flush()
    return stream.buffer.getvalue().decode()  # type: ignore[attr-defined]


@pytest.mark.parametrize("hostile", [*TEXTS.values(), EVERY], ids=[*TEXTS, "every"])
def test_nothing_passes_the_guard(hostile: str) -> None:
    shown = guarded("x\n", hostile, "\n", "  ", hostile)
    assert controls(shown.replace("\r\n", "\n")) == []
    assert "\n::" not in shown
    assert "##vso[" not in shown


def test_the_guard_cannot_be_passed_by() -> None:
    """Who looks for bytes below it, as typer does where it finds ASCII, finds none."""
    guard = Guard(io.TextIOWrapper(io.BytesIO(), "ascii"))
    assert not hasattr(guard, "buffer")
    with pytest.raises(TypeError):
        guard.write(b"")  # type: ignore[arg-type]


def test_our_own_commands_are_drawn() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), "utf-8")
    write_ours("\x1b[1mbold\x1b[0m", Guard(stream))
    stream.flush()
    assert stream.buffer.getvalue() == b"\x1b[1mbold\x1b[0m"  # type: ignore[attr-defined]
