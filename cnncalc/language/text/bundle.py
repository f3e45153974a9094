"""A spec with all that it extends and includes, as files for one folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cnncalc import zoo
from cnncalc.diagnostics import Diagnostics, Source, Span
from cnncalc.language.text import tree
from cnncalc.language.text.tree import Node, Scalar

Ships = Callable[[str], Path | None]
"""The file that ships under a name, where there is one."""


class NameTakenError(Exception):
    """Two files of a bundle would have one name: `name`."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def bundle(path: Path, name: str) -> dict[str, str]:
    """Texts by file name: the sound spec at `path` under `name`, and what it leads to under their
    own, all naming each other as neighbours. Raises NameTakenError."""
    found: dict[str, str] = {}
    _gather(path, name, {}, found)
    return found


def _gather(path: Path, name: str, names: dict[str, Path], found: dict[str, str]) -> None:
    if names.setdefault(name, path.resolve()) != path.resolve():
        raise NameTakenError(name)
    if name in found:
        return
    source = Source(str(path), path.read_text(encoding="utf-8"))
    lines = source.text.splitlines(keepends=True)
    found[name] = source.text
    for file, ships in reversed(_files(tree.read(source, Diagnostics()))):
        beside = path.parent / file.text
        target = beside if beside.exists() else ships(file.text) or beside
        neighbour = target.name
        _gather(target, neighbour, names, found)
        _replace(lines, file.span, neighbour)
    found[name] = "".join(lines)


def _files(root: Node | None) -> list[tuple[Scalar, Ships]]:
    """The files that a spec names, in order, each with what ships of its sort."""
    ships: dict[str, Ships] = {"extends": zoo.find, "include": zoo.libraries().get}
    entries = root.entries if isinstance(root, tree.Mapping) else ()
    named = [(value, ships[key.text]) for key, value in entries if key.text in ships]
    return [
        (file, sort)
        for value, sort in named
        for file in (value.items if isinstance(value, tree.Sequence) else (value,))
        if isinstance(file, Scalar)
    ]


def _replace(lines: list[str], span: Span, text: str) -> None:
    """Write `text` in place of what stands at `span`, which is within one line."""
    line = lines[span.line - 1]
    lines[span.line - 1] = line[: span.column - 1] + text + line[span.end_column - 1 :]
