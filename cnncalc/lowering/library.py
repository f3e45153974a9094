"""The small modules for what PyTorch lacks, as source: copied into what uses them."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path

from cnncalc.records import NamedTuple

MODULES = Path(__file__).parent.parent / "runtime" / "modules"


class Piece(NamedTuple):
    """A class or function: its text, its tree, and the names that it uses."""

    text: str
    tree: ast.stmt
    uses: frozenset[str]


@cache
def pieces() -> Mapping[str, Piece]:
    """All the classes and functions there are, by name."""
    return {name: piece for file in sorted(MODULES.glob("own_*.py")) for name, piece in _read(file)}


def _read(file: Path) -> Iterator[tuple[str, Piece]]:
    text = file.read_text(encoding="utf-8")
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            source = ast.get_source_segment(text, node) or ""
            yield node.name, Piece(source, node, frozenset(_names(node)))


def _names(tree: ast.stmt) -> Iterator[str]:
    return (node.id for node in ast.walk(tree) if isinstance(node, ast.Name))


def copied(wanted: Collection[str]) -> list[str]:
    """The names of the wanted classes in order, those before them that they use."""
    needed = set(wanted) & pieces().keys()
    while more := {*used(needed)} & pieces().keys() - needed:
        needed |= more
    return [name for name in pieces() if name in needed]


def used(names: Collection[str]) -> set[str]:
    """What classes of these names use."""
    return {name for each in names for name in pieces()[each].uses}


def text(name: str) -> str:
    """The text of a class."""
    return pieces()[name].text


def of_torch(name: str) -> str:
    """The class of PyTorch's that a class is, or is made of."""
    own = pieces().get(name)
    return ast.unparse(own.tree.bases[-1]) if own and isinstance(own.tree, ast.ClassDef) else name
