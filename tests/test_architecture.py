"""The house: imports point down, and only the runtime knows PyTorch."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.together import in_groups, slices

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "cnncalc").rglob("*.py"))

FLOORS = (
    "__init__ budget codes diagnostics display later_patterns layers.fields path_texts project"
    " records streams text topics whole_files zoo",
    "language.given language.text layers",
    "layers.convolution layers.joins layers.moving layers.pointwise",
    "layers.pooling",
    "layers.norms",
    "layers.historic layers.sequences",
    "evaluation language.text.recognize language.values machine network numbers stored_weights"
    " trained verification",
    "language.machine language.recipe",
    "language.written",
    "language.expansion language.schema",
    "language",
    "analysis lowering worked",
    "checking",
    "report.ansi report.findings report.fitting report.grid report.said_fields report.table"
    " report.terminal importing transform",
    "report.explanation",
    "report.picture",
    "report",
    "report.page",
    "report.shown",
    "runtime runtime.importing.onnx runtime.train.data runtime.train.errors",
    "runtime.weights",
    "runtime.importing runtime.profile runtime.train runtime.verify",
    "runtime.trained",
    "api commands",
    "cli",
    "__main__",
)
"""What stands on each floor, from the ground up; a room stands where the longest name says."""

RICH = {f"cnncalc.report.{name}" for name in ("terminal", "comparison.to_terminal")}
LIBRARIES = {
    "typer": {"cnncalc.cli.full"},
    "yaml": {"cnncalc.language.text.pyyaml"},
    "reportlab": {f"cnncalc.report.picture.{name}" for name in ("to_pdf", "pdf_fonts")},
    "pypdfium2": {"cnncalc.report.picture.to_png"},
}
"""Who may import what."""

NUMPY = (
    "cnncalc.importing.",
    "cnncalc.runtime.importing.onnx.",
    "cnncalc.runtime.train.",
    "cnncalc.runtime.trained.",
    "cnncalc.runtime.weights.",
    "cnncalc.worked.array_files",
)
"""Where arrays of files, or of models, are read."""


def name_of(path: Path) -> str:
    """`cnncalc.layers.convolution.conv`; a package by its own name."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def imported(path: Path) -> tuple[str, ...]:
    """The modules that a file imports, wherever in it."""
    return tuple(_imported(path))


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if (name in NAMES) else node.module for name in whole)


NAMES = {name_of(path) for path in MODULES}


STANDS = {f"cnncalc.{name}": floor for floor, names in enumerate(FLOORS) for name in names.split()}


def floor(module: str) -> int:
    """The floor a module stands on: that of the longest listed prefix."""
    prefixes = [name for name in STANDS if module == name or module.startswith(f"{name}.")]
    return STANDS[max(prefixes, key=len)]


@in_groups(slices(MODULES, 50), name_of)
def test_imports_point_down(path: Path) -> None:
    module = name_of(path)
    if module == "cnncalc":
        return  # it names what it exports, and imports nothing until it is asked
    package = module.rpartition(".")[0]
    for name in imported(path):
        home = name.rpartition(".")[0]
        within = name == package or home in (package, module) or package.startswith(f"{home}.")
        if name.startswith("cnncalc.") and not (within and floor(name) == floor(module)):
            assert floor(name) < floor(module), f"{module} imports {name}"


@in_groups(slices(MODULES, 50), name_of)
def test_libraries_stay_where_they_belong(path: Path) -> None:
    module = name_of(path)
    roots = {name.partition(".")[0] for name in imported(path)}
    assert "torch" not in roots or module.startswith("cnncalc.runtime"), "only runtime has torch"
    assert "rich" not in roots or module in RICH
    assert "numpy" not in roots or module.startswith(NUMPY)
    for library, homes in LIBRARIES.items():
        assert library not in roots or module in homes, f"{module} imports {library}"


@in_groups(slices(MODULES, 50), name_of)
def test_named_tuples_are_those_that_cost_little(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    wanted = [line for line in text.splitlines() if "typing" in line and "NamedTuple" in line]
    assert not wanted or name_of(path) == "cnncalc.records", "cnncalc.records has one, too"


def test_no_circles() -> None:
    """A module is imported before what imports it."""
    graph = {name_of(path): [n for n in imported(path) if n in NAMES] for path in MODULES}
    done: set[str] = set()

    def visit(module: str, chain: tuple[str, ...]) -> None:
        assert module not in chain, " -> ".join((*chain, module))
        if module not in done and module != "cnncalc":
            for name in graph[module]:
                visit(name, (*chain, module))
            done.add(module)

    for module in graph:
        visit(module, ())


PRINTING = {
    "sys.stdout": ("cnncalc.commands", "cnncalc.streams"),
    "sys.stderr": ("cnncalc.commands", "cnncalc.streams", "cnncalc.cli"),
    "typer.echo": ("cnncalc.cli.full",),
    "print": ("cnncalc.commands",),
    "json.dumps": (
        "cnncalc.text",
        "cnncalc.language.schema.schema",
        "cnncalc.language.writing.node_text",
    ),
    "json.dump": (),
    "sys.__stdout__": (),
    "sys.__stderr__": (),
    "os.write": (),
    "write_ours": ("cnncalc.commands.formats", "cnncalc.commands.progress"),
    "Ours": (
        "cnncalc.report.comparison.to_terminal",
        "cnncalc.report.findings.to_github",
        "cnncalc.report.table.to_terminal",
    ),
}
"""Who may print, write JSON, or pass by the guard of the streams; training draws its bar."""


def spoken(path: Path) -> Iterator[str]:
    """The names and attributes that a file uses: `sys.stdout`, `print`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{node.value.id}.{node.attr}"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id


@in_groups(slices(MODULES, 50), name_of)
def test_there_is_one_way_out(path: Path) -> None:
    module = name_of(path)
    if module in ("cnncalc.runtime.train.record", "cnncalc.streams"):
        return
    for name in set(spoken(path)) & PRINTING.keys():
        assert module.startswith(PRINTING[name] or ("nowhere",)), f"{module} uses {name}"


TWINS = "cnncalc.runtime.modules"
"""The modules of kinds that PyTorch lacks are called as their layers are."""


def test_a_class_has_a_name_of_its_own() -> None:
    homes: dict[str, list[str]] = {}
    for path in MODULES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not name_of(path).startswith(TWINS):
                homes.setdefault(node.name, []).append(name_of(path))
    assert {name: found for name, found in homes.items() if len(found) > 1} == {}


TOGETHER = ("cnncalc.cli", "cnncalc.commands")
"""Where a file is named after a command."""


def test_a_file_has_a_name_of_its_own() -> None:
    """But for the formats, a command, and what a room named after what it runs begins with."""
    homes: dict[str, list[str]] = {}
    for name in NAMES:
        package, _, own = name.rpartition(".")
        runs = package == f"cnncalc.runtime.{own}"
        if not (own.startswith("to_") or package in TOGETHER or runs):
            homes.setdefault(own, []).append(name)
    packages = {name for name in NAMES if (ROOT / name.replace(".", "/")).is_dir()}
    found = {own: {*names} - packages for own, names in homes.items()}
    assert {own: names for own, names in found.items() if len(names) > 1} == {}
