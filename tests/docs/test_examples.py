"""Every example of the documentation runs, and shows what it shows.

`REGENERATE=1 pytest tests/docs` writes the real output in place of the shown one.
"""

import doctest
import io
import os
import re
import shlex
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest
import yaml

from cnncalc import cli
from cnncalc.analysis import analyze
from cnncalc.checking.expectations import unmet
from cnncalc.checking.settings import NOTHING, parse
from cnncalc.diagnostics import Diagnostics, Source
from cnncalc.language.load import read_source
from cnncalc.language.text.recognize import recognize
from cnncalc.report.findings.to_text import render
from tests.docs.pages import PAGES, Block, all_blocks, blocks, furnish, replace

REGENERATE = bool(os.environ.get("REGENERATE"))
ANYTHING = "..."


# -- specs ----------------------------------------------------------------------------------

SPECS = all_blocks("yaml")


@pytest.mark.parametrize("block", SPECS, ids=lambda block: block.id)
def test_specs_load(block: Block, tmp_path: Path) -> None:
    furnish(tmp_path, block.page)
    diagnostics = Diagnostics()
    source = Source(block.file or "spec.yaml", completed(block.text))
    graph = read_source(source, tmp_path / source.name, diagnostics)
    if block.file.startswith("bad"):
        assert diagnostics.failed
    else:
        assert graph is not None, render(diagnostics)
        assert not list(diagnostics), render(diagnostics)
        if not block.file.startswith("unmet"):
            assert [told.message for told in unmet(analyze(graph))] == []


def completed(text: str) -> str:
    """A whole spec: items alone get a `layers:`, and what lacks an input or layers gets some."""
    lines = text.splitlines()
    if all(line.startswith(("- ", " ", "#")) for line in lines if line):
        lines = ["layers:", *(f"  {line}" for line in lines)]
    keys = {line.partition(":")[0] for line in lines if line and not line.startswith((" ", "#"))}
    if "extends" not in keys:
        lines += ["input: 3x32x32"] if "input" not in keys else []
        lines += ["layers: [identity]"] if "layers" not in keys else []
    return "\n".join(lines) + "\n"


# -- commands -------------------------------------------------------------------------------

RUNS = re.compile(
    r"^\$ cnncalc (verify|profile|train|import)\b|\.py:|--to onnx|\blower\(|torch", re.MULTILINE
)


def sessions(language: str) -> list[Any]:
    """The blocks of a language; marked, where they need PyTorch."""
    found = [(block, bool(RUNS.search(block.text))) for block in all_blocks(language)]
    marks = {True: [pytest.mark.torch], False: []}
    return [pytest.param(block, marks=marks[runs], id=block.id) for block, runs in found]


CONSOLES = sessions("console")


@pytest.mark.parametrize("block", CONSOLES)
def test_commands_print_what_is_shown(
    block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnish(tmp_path, block.page)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    real = "\n".join(played(block.text, monkeypatch)) + "\n"
    if REGENERATE and real != block.text:
        rewrite(block, real)
        return
    assert real == block.text


@pytest.mark.parametrize("block", all_blocks("yml"), ids=lambda block: block.id)
def test_files_of_other_tools_are_yaml_and_no_specs(block: Block) -> None:
    assert isinstance(yaml.safe_load(block.text), dict)
    assert recognize(block.text) is None


@pytest.mark.parametrize("block", all_blocks("toml"), ids=lambda block: block.id)
def test_settings_are_sound(block: Block) -> None:
    diagnostics = Diagnostics()
    assert parse(Source(block.file or "cnncalc.toml", block.text), diagnostics) != NOTHING
    assert not list(diagnostics), render(diagnostics)


def played(text: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A session with its real outputs; a line `...` stays where it stands for real lines."""
    status = 0
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        if command == "echo $?":
            output = str(status)
        else:
            status, output = run(command, monkeypatch)
        yield f"$ {command}"
        if output:
            yield from folded(output.split("\n"), shown.rstrip("\n").split("\n"))
        if part.endswith("\n\n"):  # the page has an empty line before the next command
            yield ""


def run(command: str, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    """Exit status, and what a command prints to either stream."""
    program, *arguments = shlex.split(command)
    assert program == "cnncalc"
    monkeypatch.setattr(sys, "argv", [program, *arguments])
    printed = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with redirect_stdout(printed), redirect_stderr(printed), pytest.raises(SystemExit) as left:
        cli.main()
    printed.flush()
    text = printed.buffer.getvalue().decode()
    return int(left.value.code or 0), text.rstrip("\n")


def folded(real: list[str], shown: list[str]) -> list[str]:
    """The real lines, some replaced by the `...` that stands for them on the page."""
    if matches(real, shown):
        return shown
    if shown.count(ANYTHING) != 1:
        return real
    before = shown.index(ANYTHING)
    behind = len(shown) - before - 1
    return [*real[:before], ANYTHING, *real[len(real) - behind :]]


def matches(real: list[str], shown: list[str]) -> bool:
    """Whether the real lines are the shown ones, each `...` any number of lines."""
    if not shown:
        return not real
    if shown[0] == ANYTHING:
        return any(matches(real[skip:], shown[1:]) for skip in range(len(real) + 1))
    return bool(real) and real[0] == shown[0] and matches(real[1:], shown[1:])


def rewrite(block: Block, text: str) -> None:
    """The real text in place of a block's, wherever the block stands by now."""
    same = [now for now in blocks(block.page, "console") if now.text == block.text]
    replace(same[0], text)


# -- Python ---------------------------------------------------------------------------------


@pytest.mark.parametrize("block", sessions("pycon"))
def test_python_sessions(block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    furnish(tmp_path, block.page)
    monkeypatch.chdir(tmp_path)
    test = doctest.DocTestParser().get_doctest(block.text, {}, block.id, str(block.page), 0)
    printed = io.StringIO()
    result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=printed.write)
    assert result.failed == 0, printed.getvalue()
    assert result.attempted


# -- all of it ------------------------------------------------------------------------------


def test_there_are_examples() -> None:
    assert {"README.md", "language.md", "numbers.md"} <= {page.name for page in PAGES}
    assert len(SPECS) > 20
    assert len(CONSOLES) > 10
    assert all_blocks("pycon")


LANGUAGES = (
    *("yaml", "yml", "toml", "console", "pycon", "sh", "json", "text"),
    *("python", "ini", "prototxt"),  # of other tools
)


def test_every_block_has_a_language() -> None:
    fences = sum(page.read_text(encoding="utf-8").count("\n```") for page in PAGES)
    assert fences == 2 * sum(len(all_blocks(language)) for language in LANGUAGES)
