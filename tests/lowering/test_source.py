"""The source of lowered networks as its reader meets it: formatted, without lint, short."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from cnncalc.language.load import load
from cnncalc.lowering.code import SELF, Assign, Attribute, Expression, Subscript, Value
from cnncalc.lowering.printing import WIDTH, lines
from cnncalc.lowering.source import source
from cnncalc.network.graph import Graph
from cnncalc.zoo import networks
from tests.analysis import drafts
from tests.analysis.specs import graph_of
from tests.lowering.test_lower import ODD_NAMES, PREVIOUS, SHARED, SIGMOID, TIED

STANDARD = {"collections", "math", "typing"}

WRITTEN = {
    "odd_names": ODD_NAMES,
    "previous": PREVIOUS,
    "shared": SHARED,
    "tied": TIED,
    "mixed_init": SIGMOID.format(init=""),
    **{
        f"random_{rank}d_{seed}": drafts.spec(seed, rank)
        for rank in (1, 2, 3)
        for seed in range(25)
    },
}


@cache
def sources() -> dict[str, str]:
    """Of the zoo, and of networks that are harder on a writer."""
    graphs: dict[str, Graph] = {name: load(str(path)) for name, path in networks().items()}
    graphs |= {name: graph_of(text) for name, text in WRITTEN.items()}
    return {name: source(graph) for name, graph in graphs.items()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("exported")
    for name, text in sources().items():
        (made / f"{name}.py").write_text(text, encoding="utf-8")
    return made


@pytest.mark.parametrize("command", [["format", "--check"], ["check"]], ids=" ".join)
def test_ruff_finds_nothing(folder: Path, command: list[str]) -> None:
    """With its own settings, as a user has it who has set none."""
    ruff = [sys.executable, "-m", "ruff", *command, "--isolated", "--no-cache", str(folder)]
    found = subprocess.run(ruff, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr
    assert len(list(folder.iterdir())) == len(networks()) + len(WRITTEN)


def reached(*path: str | int) -> Expression:
    """`self.a[1].b`."""
    found: Expression = SELF
    for step in path:
        if isinstance(step, str):
            found = Attribute(found, step)
        else:
            found = Subscript(found, (Value(step),))
    return found


def test_long_assignments_are_broken(tmp_path: Path) -> None:
    long = "a_name_that_is_quite_long", "and_another_one"
    targets = [(*long, *more) for more in ((), (1,), (1, "a"), (1, "a", "b", 10, "c"), (1, 2, "a"))]
    values = [(*long, *more) for more in ((), (1,), ("a", 1, "b"))]
    assigned = [Assign((reached(*t),), (reached(*v),)) for t in targets for v in values]
    text = "".join(f"{line}\n" for statement in assigned for line in lines(statement, 4))
    (tmp_path / "long.py").write_text(f"if self:\n{text}")
    ruff = [sys.executable, "-m", "ruff", "format", "--diff", "--isolated", "--no-cache"]
    found = subprocess.run([*ruff, str(tmp_path)], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout


def test_ruff_would_find_something(tmp_path: Path) -> None:
    (tmp_path / "lenet5.py").write_text(
        sources()["lenet5"].replace("from torch import", "import os\nfrom torch import")
    )
    ruff = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", str(tmp_path)]
    assert subprocess.run(ruff, capture_output=True, check=False).returncode == 1


def modules(text: str) -> set[str]:
    """The packages that a file imports, wherever it does."""
    imports = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import)]
    froms = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom)]
    names = [alias.name for node in imports for alias in node.names]
    names += [node.module or "." for node in froms]
    return {name.partition(".")[0] for name in names}


def test_nothing_but_torch_is_imported() -> None:
    found = {name: modules(text) - STANDARD for name, text in sources().items()}
    assert {name for name, used in found.items() if used != {"torch"}} == set()


def classes(name: str) -> list[str]:
    body = ast.parse(sources()[name]).body
    return [node.name for node in body if isinstance(node, ast.ClassDef)]


@pytest.mark.parametrize(
    ("deep", "shallow"),
    [
        ("resnet152", "resnet50"),  # 50 blocks in the place of 16
        ("resnet34", "resnet18"),
        ("resnet1202", "resnet20"),  # 600 in the place of 9
        ("densenet201", "densenet121"),
        ("plain56", "plain20"),
        ("nasnet_a_large", "nasnet_a_mobile"),
    ],
)
def test_a_deeper_network_has_no_more_classes(deep: str, shallow: str) -> None:
    *blocks, _ = classes(deep)
    *fewer, _ = classes(shallow)
    assert blocks == fewer
    assert len(set(blocks)) == len(blocks)


@pytest.mark.parametrize(
    ("deep", "shallow"), [("resnet152", "resnet50"), ("resnet1202", "resnet20")]
)
def test_depth_is_a_number_not_lines(deep: str, shallow: str) -> None:
    lines, fewer = (len(sources()[name].splitlines()) for name in (deep, shallow))
    assert lines == pytest.approx(fewer, abs=5)


def test_no_line_is_too_long() -> None:
    """The formatter leaves docstrings and comments as long as they are."""
    lines = {line for text in sources().values() for line in text.splitlines()}
    assert {line for line in lines if len(line) > WIDTH} == set()
