"""The formats of the commands: one table makes the option, its help, its completion and output."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from cnncalc.cli.full import application
from cnncalc.commands import formats
from cnncalc.commands.formats import Format, either, names
from tests.commands.conftest import ROOT, Run

OFFERED = {
    "analyze": formats.ANALYZE,
    "compare": formats.COMPARE,
    "check": formats.CHECK,
    "calc": formats.EXPLAINED,
    "evaluate": formats.EVALUATE,
    "explain": formats.EXPLAIN,
    "draw": formats.DRAW,
    "export": formats.EXPORT,
    "memory": formats.MEMORY,
    "predict": formats.PREDICT,
    "profile": formats.PROFILE,
    "verify": formats.VERIFY,
    "zoo": formats.ZOO,
}
USUAL = {"draw": None}
"""Where the first format is not the usual one: a file of a picture is a picture."""

OTHERS = {
    "profile --compare": formats.COMPARED,
    "memory --definitions": formats.DEFINED,
    "weights show": formats.WEIGHTS,
}
"""Of commands that show something else with an option, or stand below another."""

ROWS = {
    f"{command} {form.name}": form
    for command, offered in {**OFFERED, **OTHERS}.items()
    for form in offered
}


def modules(form: Format) -> list[str]:
    """Where its renderers are."""
    return [name for name in (form.renderer, form.terminal, form.ascii) if name]


@pytest.mark.parametrize("form", ROWS.values(), ids=ROWS)
def test_renderers_are_where_the_table_says(form: Format) -> None:
    for name in modules(form):
        tree = ast.parse(Path(ROOT, *name.split(".")).with_suffix(".py").read_text())
        functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert name.rpartition(".")[2] in functions


@pytest.mark.parametrize("form", ROWS.values(), ids=ROWS)
def test_a_file_of_report_is_named_after_its_format(form: Format) -> None:
    if form.renderer.startswith("cnncalc.report."):
        assert form.renderer.endswith(f".to_{form.name}")


def commands() -> dict[str, Any]:
    """All there are, by name."""
    app: Any = typer.main.get_command(application())
    return app.commands


def test_every_command_with_formats_is_here() -> None:
    found = {name for name, command in commands().items() if "form" in parameters(command)}
    assert found == {*OFFERED}


def parameters(command: Any) -> set[str]:
    return {one.name for one in command.params}


def option(command: str) -> Any:
    """The option that takes a command's formats, and the command's context."""
    found = commands()[command]
    context = found.make_context(command, [], resilient_parsing=True)
    return next(one for one in found.params if one.name == "form"), context


@pytest.mark.parametrize(("command", "offered"), OFFERED.items(), ids=OFFERED)
def test_help_completion_and_default_are_those_of_the_table(
    command: str, offered: tuple[Format, ...]
) -> None:
    found, context = option(command)
    assert found.help == f"{either(offered)}."
    assert found.default == USUAL.get(command, offered[0].name)
    for beginning in ("", "t", "json", "x"):
        completed = [(one.value, one.help) for one in found.shell_complete(context, beginning)]
        wanted = [(f.name, f.purpose) for f in offered if f.name.startswith(beginning)]
        assert completed == wanted


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("mac", ["macs", "macts"]),
        ("kind,mac", ["kind,macs", "kind,macts"]),
        ("+byt", ["+bytes"]),
        ("+macts,siz", ["+macts,size"]),
        ("+macts,+siz", ["+macts,+size"]),
        ("x", []),
    ],
)
@pytest.mark.parametrize("command", ["analyze", "compare"])
def test_columns_are_completed(command: str, typed: str, wanted: list[str]) -> None:
    found = commands()[command]
    context = found.make_context(command, [], resilient_parsing=True)
    columns = next(one for one in found.params if one.name == "columns")
    assert [one.value for one in columns.shell_complete(context, typed)] == wanted


WRONG = {
    "analyze": ("cvs", "csv"),
    "compare": ("mardown", "markdown"),
    "check": ("sarf", "sarif"),
    "calc": ("jsn", "json"),
    "evaluate": ("jsn", "json"),
    "explain": ("jsn", "json"),
    "export": ("onx", "onnx"),
    "memory": ("markdwn", "markdown"),
    "predict": ("jsnl", "jsonl"),
    "profile": ("jsn", "json"),
    "verify": ("txt", "text"),
    "zoo": ("markdow", "markdown"),
}


@pytest.mark.parametrize(("command", "form"), WRONG.items(), ids=WRONG)
def test_what_is_no_format_is_told_with_what_was_meant(
    cnncalc: Run, command: str, form: tuple[str, str]
) -> None:
    written, meant = form
    name = "--to" if command == "export" else "--format"
    specs = {"zoo": [], "calc": ["relu", "--input", "3x3x3"], "predict": ["x", "y"]}.get(
        command, ["lenet5"]
    )
    run = cnncalc(command, *specs, name, written)
    listed = ", ".join(names(OFFERED[command]))
    message = f"{name} wants one of {listed}, got `{written}`; did you mean `{meant}`?"
    assert (run.returncode, run.stdout, run.stderr) == (2, "", f"cnncalc: {message}\n")


def test_two_profiles_compared_have_some_of_the_formats_of_one() -> None:
    assert set(names(formats.COMPARED)) < set(names(formats.PROFILE))


def test_no_renderer_is_imported_before_it_is_chosen() -> None:
    command = (
        "import sys; from cnncalc.cli.full import application; application()\n"
        "print(*(m for m in sys.modules if m[:8] == 'cnncalc.' and m[:12] != 'cnncalc.cli.'))"
    )
    run = subprocess.run(
        [sys.executable, "-c", command], capture_output=True, text=True, check=True
    )
    loaded = {"cli", "commands", "commands.formats", "display", "records", "streams", "text"}
    assert set(run.stdout.split()) == {f"cnncalc.{name}" for name in loaded}
