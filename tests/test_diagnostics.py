"""Diagnostics as users read them: every fixture's text, every code's page, the rendering."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cnncalc.checking.checker import Checker
from cnncalc.checking.every_code import CODES
from cnncalc.checking.policy import Policy, is_fixed
from cnncalc.checking.settings import parse
from cnncalc.diagnostics import Diagnostic, Diagnostics, Note, Severity, Source, Span
from cnncalc.language.load import read, read_source
from cnncalc.language.machine.read_machine import parsed
from cnncalc.language.machine.write_machine import written
from cnncalc.language.recipe.opponents import check_opponents
from cnncalc.language.text.tree import LARGEST_FILE
from cnncalc.machine import Ceilings, Machine, Rates
from cnncalc.network.recipe import Recipe
from cnncalc.report.findings.one_diagnostic import count, render_one, tidy
from cnncalc.report.findings.to_text import render

PACKAGE = Path(__file__).parents[1] / "cnncalc"
FIXTURES = Path(__file__).parent / "fixtures" / "diagnostics"
SPECS = sorted(FIXTURES.glob("*.yaml"))
REGENERATE = bool(os.environ.get("REGENERATE"))
"""Set it to write the expected texts anew; then read every line of the difference."""


def code_of(path: Path) -> str:
    """`CNN202` of `CNN202-defaults.yaml`."""
    return path.stem.partition("-")[0]


# -- fixtures -------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_fixture_reads_as_expected(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FIXTURES)
    found = refused if code_of(path) in CODES and is_fixed(code_of(path)) else checked
    text = render(found(path.name)) + "\n"
    expected = path.with_suffix(".txt")
    if REGENERATE:
        expected.write_text(text)
    assert text == expected.read_text()


def refused(name: str) -> Diagnostics:
    """Why a spec cannot be read."""
    diagnostics = Diagnostics()
    assert read(name, diagnostics) is None
    return diagnostics


def checked(path: str) -> list[Diagnostic]:
    """What a check of a spec finds."""
    checker = Checker({}, Policy())
    checker.check(path)
    return [found for _, found in checker.findings(strict=False).each()]


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_fixture_has_the_code_it_is_named_after(path: Path) -> None:
    if path.stem != "several":
        assert code_of(path) in path.with_suffix(".txt").read_text()


def missing(folder: Path, diagnostics: Diagnostics) -> None:
    read(str(folder / "missing.yaml"), diagnostics)


def is_folder(folder: Path, diagnostics: Diagnostics) -> None:
    read(str(folder), diagnostics)


def too_large(folder: Path, diagnostics: Diagnostics) -> None:
    path = folder / "large.yaml"
    path.write_bytes(b"#" * (LARGEST_FILE + 1))
    read(str(path), diagnostics)


def not_utf8(folder: Path, diagnostics: Diagnostics) -> None:
    path = folder / "latin.yaml"
    path.write_bytes("name: Schmidhuber größer".encode("latin-1"))
    read(str(path), diagnostics)


def no_such_argument(folder: Path, diagnostics: Diagnostics) -> None:
    source = Source("x.yaml", "input: 3x8x8\nargs: {width: 4}\nlayers: [relu]\n")
    read_source(source, folder, diagnostics, {"widht": "3"})


def no_such_input(folder: Path, diagnostics: Diagnostics) -> None:
    source = Source("x.yaml", "input: {image: 3x8x8}\nlayers: [{from: image, relu: }]\n")
    read_source(source, folder, diagnostics, inputs={"imgae": "3x9x9"})


def settings_that_are_no_toml(folder: Path, diagnostics: Diagnostics) -> None:
    parse(Source("cnncalc.toml", "max_params = 30M\n"), diagnostics)


def no_such_setting(folder: Path, diagnostics: Diagnostics) -> None:
    parse(Source("cnncalc.toml", "max_parms = 3\n"), diagnostics)


def wrong_setting(folder: Path, diagnostics: Diagnostics) -> None:
    parse(Source("cnncalc.toml", "severity = {CNN602 = 3}\n"), diagnostics)


def misspelt_machine(folder: Path, diagnostics: Diagnostics) -> None:
    machine = Machine("CPU", "cpu", 1, "2", {"fp32": Rates(Ceilings(1.0, 1.0, 0.0), {})})
    text = written(machine).replace("rates:", "learned: []\nrates:")
    parsed(Source("machine.yaml", text), diagnostics)


def slow_machine(folder: Path, diagnostics: Diagnostics) -> None:
    machine = Machine("CPU", "cpu", 1, "2", {"fp32": Rates(Ceilings(0.0, 1.0, 0.0), {})})
    parsed(Source("machine.yaml", written(machine)), diagnostics)


def over_budget(folder: Path, diagnostics: Diagnostics) -> None:
    (folder / "cnncalc.toml").write_text("max_params = 3\n")
    (folder / "x.yaml").write_text("input: 3x8x8\nlayers: [{conv: {filters: 1, kernel: 1}}]\n")
    for found in checked(str(folder / "x.yaml")):
        diagnostics.add(found)


def another_size(folder: Path, diagnostics: Diagnostics) -> None:
    """A discriminator that does not read what the generator gives."""
    draws = "input: 2\nlayers: [linear: 3]"
    tells = "input: 4\nlayers: [linear: 1]"
    graphs = [
        read_source(Source("x.yaml", text), Path("x.yaml"), diagnostics) for text in (draws, tells)
    ]
    assert graphs[0]
    assert graphs[1]
    check_opponents(graphs[0], Recipe(), graphs[1], Recipe(), diagnostics)


ELSEWHERE: dict[str, tuple[str, Callable[[Path, Diagnostics], None], str, str | None]] = {
    "missing": ("CNN107", missing, "cannot be read: no such file or directory", None),
    "folder": ("CNN107", is_folder, "this is a folder, not a spec file", None),
    "large": (
        "CNN106",
        too_large,
        "8,388,609 bytes; a spec has at most 8,388,608",
        "`repeat` and `blocks` shorten a spec",
    ),
    "encoding": ("CNN107", not_utf8, "not a text: byte 20 is no UTF-8", "save it as UTF-8"),
    "set": (
        "CNN512",
        no_such_argument,
        "the spec has no argument `widht`",
        "did you mean `width`?",
    ),
    "opponents": (
        "CNN255",
        another_size,
        "the generator gives 3, the discriminator reads 4",
        "`input: 3`, or another generator",
    ),
    "input": (
        "CNN514",
        no_such_input,
        "the spec has no input `imgae`",
        "did you mean `image`?",
    ),
    "no TOML": (
        "CNN701",
        settings_that_are_no_toml,
        "not TOML: expected newline or end of document after a statement",
        None,
    ),
    "setting": (
        "CNN702",
        no_such_setting,
        "there is no setting `max_parms`",
        "did you mean `max_params`?",
    ),
    "value of a setting": (
        "CNN703",
        wrong_setting,
        "`CNN602` wants error, warning, note or off, got `3`",
        '`CNN602 = "warning"`',
    ),
    "field of a machine": (
        "CNN261",
        misspelt_machine,
        "a machine file has no field `learned`",
        "it has `device`, `kind`, `threads`, `torch`, `rates`",
    ),
    "rate of a machine": (
        "CNN262",
        slow_machine,
        "`flops` wants a number above 0, got `0.0`",
        "`cnncalc profile SPEC... --save machine.yaml` writes one",
    ),
    "budget": (
        "CNN605",
        over_budget,
        "`params` is 4, the budget is at most 3",
        "`# cnncalc: ignore[CNN605]` at the end of this line excepts this spec",
    ),
}


@pytest.mark.parametrize(("code", "cause", "message", "hint"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_faults_without_a_text(
    tmp_path: Path,
    code: str,
    cause: Callable[[Path, Diagnostics], None],
    message: str,
    hint: str | None,
) -> None:
    diagnostics = Diagnostics()
    cause(tmp_path, diagnostics)
    (found,) = diagnostics
    assert (found.code, found.message, found.hint) == (code, message, hint)


# -- codes ----------------------------------------------------------------------------------


def emitted() -> set[str]:
    """The codes that stand anywhere in the source."""
    modules = (path for path in PACKAGE.rglob("*.py") if "codes" not in path.parts)
    return {code for path in modules for code in re.findall(r'"(CNN\d{3})"', path.read_text())}


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    assert emitted() == set(CODES)


def test_every_code_has_a_fixture() -> None:
    shown = {code_of(path) for path in SPECS} | {code for code, *_ in ELSEWHERE.values()}
    assert {code for code in CODES if code < "CNN9"} <= shown


def codes_in(code: str, text: str, folder: Path) -> list[str]:
    """What is found in the example of a code's page."""
    diagnostics = Diagnostics()
    if code.startswith("CNN7"):
        parse(Source("cnncalc.toml", text), diagnostics)
    elif is_fixed(code):
        read_source(Source("example.yaml", text), Path("example.yaml"), diagnostics)
    else:
        (folder / "example.yaml").write_text(text)
        told = [found.code for found in checked(str(folder / "example.yaml"))]
        return [one for one in told if one[:4] == code[:4] or not one.startswith("CNN9")]
    return [diagnostic.code for diagnostic in diagnostics]


SPEC_PAGES = [code for code, page in CODES.items() if not page.bad.startswith("$ ")]


@pytest.mark.parametrize("code", [code for code in SPEC_PAGES if code < "CNN9"])
def test_bad_example_has_that_fault_and_no_other(code: str, tmp_path: Path) -> None:
    assert codes_in(code, CODES[code].bad, tmp_path) == [code]


@pytest.mark.parametrize("code", CODES)
def test_good_example_is_sound(code: str, tmp_path: Path) -> None:
    assert codes_in(code, CODES[code].good, tmp_path) == []


@pytest.mark.parametrize("code", CODES)
def test_page_says_something(code: str) -> None:
    page = CODES[code]
    assert page.title[0].islower() or page.title[0] == "-"
    assert page.explanation.endswith(".")


@pytest.mark.parametrize("module", ["cnncalc.language.load", "cnncalc.checking.checker"])
def test_pages_are_not_loaded_to_read_a_spec_or_check_it(module: str) -> None:
    command = f"import sys, {module}; print('cnncalc.codes' in sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", command], capture_output=True, text=True, check=True
    )
    assert run.stdout == "False\n"


# -- rendering ------------------------------------------------------------------------------


def at(line: str, column: int, end: int, number: int = 1) -> Span:
    """Columns `column` to `end` of a line."""
    source = Source("a.yaml", "\n" * (number - 1) + line)
    return Span(source, number, column, number, end)


def rendered(line: str, column: int, end: int) -> list[str]:
    """Excerpt and carets."""
    return render_one(Diagnostic("CNN202", at(line, column, end), "x")).split("\n")[2:4]


EXCERPTS = {
    "word": (("relu: 6", 1, 5), "1 | relu: 6", "  | ^^^^"),
    "empty span": (("relu: ", 7, 7), "1 | relu:", "  |       ^"),
    "behind the end": (("relu", 9, 10), "1 | relu", "  |     ^"),
    "tab": (("\trelu", 2, 6), "1 |     relu", "  |     ^^^^"),
    "control": (("a\x1b[31mb", 7, 8), "1 | a\\x1b[31mb", "  | " + " " * 9 + "^"),
    "bidi": (("a\u202eb", 3, 4), "1 | a\\u202eb", "  |        ^"),
    "wide": (("名前: relu", 5, 9), "1 | 名前: relu", "  |       ^^^^"),
    "wide marked": (("名前: relu", 1, 3), "1 | 名前: relu", "  | ^^^^"),
    "combining": (("e\u0301: relu", 5, 9), "1 | e\u0301: relu", "  |    ^^^^"),
}


@pytest.mark.parametrize(("span", "line", "carets"), EXCERPTS.values(), ids=EXCERPTS)
def test_excerpt(span: tuple[str, int, int], line: str, carets: str) -> None:
    assert rendered(*span) == [line, carets]


LONG = "a" * 500 + "FAULT" + "b" * 1_000_000


def test_long_line_is_cut_around_the_fault() -> None:
    line, carets = rendered(LONG, 501, 506)
    assert line == "1 | ..." + "a" * 50 + "FAULT" + "b" * 45 + "..."
    assert carets == "  | " + " " * 53 + "^" * 5


def test_line_cut_at_its_end() -> None:
    line, carets = rendered("a" * 500, 499, 501)
    assert line == "1 | ..." + "a" * 100
    assert carets == "  | " + " " * 101 + "^^"


def test_span_over_several_lines_is_marked_to_the_end_of_its_first() -> None:
    span = Span(Source("a.yaml", "conv: {\n}\n"), 1, 7, 2, 2)
    assert render_one(Diagnostic("CNN202", span, "x")).split("\n")[3] == "  |       ^"


def test_everything_in_its_place() -> None:
    span = at("  - conv: {strid: 2}", 12, 17, number=12)
    notes = (Note("in `stem`, called here", at("- stem", 3, 7, number=3)), Note("a fact"))
    diagnostic = Diagnostic("CNN202", span, "`conv` has no field `strid`", "`stride`", notes)
    assert render_one(diagnostic).split("\n") == [
        "a.yaml:12:12: CNN202 `conv` has no field `strid`",
        "   |",
        "12 |   - conv: {strid: 2}",
        "   |            ^^^^^",
        "   = hint: `stride`",
        "   = note: a.yaml:3:3: in `stem`, called here",
        "   = note: a fact",
    ]


def test_no_excerpt_without_a_text() -> None:
    span = Span(Source("missing.yaml", ""), 1, 1, 1, 1)
    assert render_one(Diagnostic("CNN107", span, "x", "y")) == (
        "missing.yaml:1:1: CNN107 x\n  = hint: y"
    )


@pytest.mark.parametrize("severity", ["warning", "note"])
def test_milder_faults_say_so(severity: Severity) -> None:
    diagnostic = Diagnostic("CNN901", at("relu", 1, 5), "x", severity=severity)
    assert render_one(diagnostic).startswith(f"a.yaml:1:1: {severity} CNN901 x\n")


def several(number: int, severity: Severity = "error") -> list[Diagnostic]:
    """So many diagnostics."""
    return [Diagnostic("CNN202", at("relu", 1, 5), "x", severity=severity)] * number


def test_count_of_each_severity() -> None:
    assert count(several(2) + several(1, "warning") + several(3, "note")) == (
        "2 errors, 1 warning, 3 notes"
    )


def test_one_ends_with_its_count() -> None:
    assert render(several(1)).endswith("^^^^\n\n1 error")


def test_many_are_not_all_shown() -> None:
    text = render(several(70))
    assert text.count("CNN202") == 50
    assert text.endswith("\n\n70 errors (20 not shown)")


def test_none_is_nothing() -> None:
    assert render([]) == ""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("`" + "a" * 70 + "` is wrong", "`" + "a" * 60 + "...` is wrong"),
        ("x" * 700, "x" * 600 + "..."),
        ("a\nb\x07", "a\\nb\\x07"),
    ],
    ids=["quotation", "message", "controls"],
)
def test_messages_are_bounded_and_printable(text: str, shown: str) -> None:
    assert tidy(text) == shown
