"""The small modules for what PyTorch lacks, as source: copied into what uses them."""

from __future__ import annotations

import ast
from collections.abc import Collection
from functools import cache
from pathlib import Path

MODULES = Path(__file__).parent.parent / "runtime" / "modules.py"


@cache
def _library() -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """The text of each class and function, and those of the same file that it uses."""
    text = MODULES.read_text(encoding="utf-8")
    definitions = [
        node for node in ast.parse(text).body if isinstance(node, ast.ClassDef | ast.FunctionDef)
    ]
    names = {node.name for node in definitions}
    texts, uses = {}, {}
    for node in definitions:
        texts[node.name] = ast.get_source_segment(text, node) or ""
        inside = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        uses[node.name] = tuple(sorted(inside & names - {node.name}))
    return texts, uses


def names() -> Collection[str]:
    """All the classes and functions there are."""
    return _library()[0].keys()


def copied(wanted: Collection[str]) -> list[str]:
    """The text of the wanted classes, those before them that they use."""
    texts, uses = _library()
    needed = set(wanted) & texts.keys()
    while more := {name for each in needed for name in uses[each]} - needed:
        needed |= more
    return [text for name, text in texts.items() if name in needed]
