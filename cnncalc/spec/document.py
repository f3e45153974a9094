"""A spec file, with what it extends and includes merged in."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from cnncalc.budget import TooCostlyError
from cnncalc.diagnostics import Diagnostics, Note, Source, Span
from cnncalc.spec import source as tree
from cnncalc.spec.files import Reader
from cnncalc.spec.grammar import absent, described, keyed, names
from cnncalc.spec.source import LARGEST_FILE, Entry, Scalar

KEYS = (
    "name",
    "about",
    "source",
    "input",
    "args",
    "defaults",
    "include",
    "extends",
    "fit",
    "init",
    "blocks",
    "layers",
    "outputs",
    "expect",
    "train",
)

OWN_KEYS = ("name", "about", "expect", "include", "extends")
"""What a spec does not take over from the one it extends: these speak of that one network."""

LONGEST_CHAIN = 16
MOST_FILES = 1_000
"""Files that a spec names, and those that it leads to."""

A_FILE = 100
AN_ENTRY = 8
"""Steps that it takes to look for a file, and to take an entry over from it."""

Entries = Mapping[str, Entry]


class Document(NamedTuple):
    """The keys of a spec, those of the specs it extends and includes merged in."""

    entries: Entries
    args: Entries
    defaults: Entries
    blocks: Entries


NOTHING = Document({}, {}, {}, {})


def read_document(
    source: Source, path: Path, diagnostics: Diagnostics, reader: Reader
) -> Document | None:
    """The document in `source`, which was read from `path`; None, reported, where there is none.
    `reader` reads the files that it leads to."""
    return _Files(diagnostics, reader).document(source, path, (path.resolve(),))


def section(entries: Entries, key: str, diagnostics: Diagnostics) -> Entries:
    """A section that is a mapping; anything else is reported."""
    if key not in entries or absent(entries[key][1]):
        return {}
    node = entries[key][1]
    if isinstance(node, tree.Mapping):
        return {name.text: (name, value) for name, value in node.entries}
    message = f"`{key}` wants a mapping, got {described(node)}"
    diagnostics.error("CNN204", node.span, message, f"`{key}: {{NAME: ...}}`")
    return {}


class _Files:
    """Reads a spec and all it leads to, each file once."""

    def __init__(self, diagnostics: Diagnostics, reader: Reader) -> None:
        self.diagnostics = diagnostics
        self.reader = reader
        self.files: dict[Path, Document | None] = {}
        self.named = 0

    def document(self, source: Source, path: Path, chain: tuple[Path, ...]) -> Document | None:
        """The document in `source`; `chain` are the files that led to it, itself included."""
        before = len(self.diagnostics)
        root = tree.read(source, self.diagnostics)
        if not isinstance(root, tree.Mapping):
            if len(self.diagnostics) == before:
                self.no_mapping(source, root)
            return None
        entries = keyed(root, KEYS, "a spec", self.diagnostics)
        base = self.extended(entries, path, chain)
        library = self.included(entries, path, chain)
        if base is None or library is None:
            return None
        inherited = {key: entry for key, entry in base.entries.items() if key not in OWN_KEYS}
        args = names(entries["args"][1] if "args" in entries else None, "args", self.diagnostics)
        own_defaults = section(entries, "defaults", self.diagnostics)
        own_blocks = section(entries, "blocks", self.diagnostics)
        return Document(
            {**inherited, **entries},
            {**base.args, **args},
            _merged(base.defaults, library.defaults, own_defaults),
            {**base.blocks, **library.blocks, **own_blocks},
        )

    def no_mapping(self, source: Source, root: tree.Node | None) -> None:
        """Say what a spec looks like."""
        span = root.span if root else Span(source, 1, 1, 1, 1)
        message = "the file is empty"
        if root and not absent(root):
            message = f"a spec is a mapping, got {described(root)}"
        hint = "it begins with `input: 3x224x224` and `layers:`"
        self.diagnostics.error("CNN108", span, message, hint)

    def extended(self, entries: Entries, path: Path, chain: tuple[Path, ...]) -> Document | None:
        """The spec that this one extends; an empty one where it extends none."""
        if "extends" not in entries:
            return NOTHING
        node = entries["extends"][1]
        if isinstance(node, Scalar) and not node.empty:
            base = self.other(node, path, chain)
            if base:
                self.merges(base, node)
            return base
        message = f"`extends` wants a file, got {described(node)}"
        self.diagnostics.error("CNN510", node.span, message, "`extends: base.yaml`")
        return None

    def included(self, entries: Entries, path: Path, chain: tuple[Path, ...]) -> Document | None:
        """The blocks and defaults of the files that this one includes."""
        if "include" not in entries:
            return NOTHING
        node = entries["include"][1]
        blocks: dict[str, Entry] = {}
        defaults: list[Entries] = []
        for file in node.items if isinstance(node, tree.Sequence) else (node,):
            if not isinstance(file, Scalar) or file.empty:
                message = f"`include` wants files, got {described(file)}"
                self.diagnostics.error("CNN510", file.span, message, "`include: [blocks.yaml]`")
                return None
            library = self.other(file, path, chain)
            if library is None:
                return None
            self.merges(library, file)
            self.report_clashes(blocks, library.blocks, file)
            blocks.update(library.blocks)
            defaults.append(library.defaults)
        return Document({}, {}, _merged(*defaults), blocks)

    def merges(self, document: Document, at: Scalar) -> None:
        """Count what is taken over from a file. Raises TooCostlyError, reported."""
        fields = (value for _, value in document.defaults.values())
        count = sum(len(node.entries) for node in fields if isinstance(node, tree.Mapping))
        count += sum(map(len, document))
        self.diagnostics.spend(A_FILE + AN_ENTRY * count, at.span)

    def report_clashes(self, blocks: Entries, added: Entries, file: Scalar) -> None:
        """Two included files may not define one block differently."""
        for name, (key, _) in added.items():
            if name in blocks and blocks[name][0].span != key.span:
                first = Note("first defined here", blocks[name][0].span)
                message = f"`{file.text}` defines the block `{name}` again"
                self.diagnostics.error("CNN509", file.span, message, "rename one of them", [first])

    def other(self, name: Scalar, path: Path, chain: tuple[Path, ...]) -> Document | None:
        """Another file's document."""
        self.named += 1
        if self.named > MOST_FILES:
            message = f"more than {MOST_FILES:,} files are named"
            self.diagnostics.error("CNN510", name.span, message, "put blocks into fewer files")
            raise TooCostlyError
        target = path.parent / name.text
        try:
            key = target.resolve()
        except (OSError, ValueError, RuntimeError):
            key = target
        if key in chain:
            message = f"`{name.text}` leads back to itself"
            self.diagnostics.error("CNN510", name.span, message, "break the circle")
            return None
        if len(chain) >= LONGEST_CHAIN:
            message = f"more than {LONGEST_CHAIN} files lead to each other"
            self.diagnostics.error("CNN510", name.span, message, "shorten the chain")
            return None
        if key not in self.files:
            source = self.reader(target, _shown(target, key), self.diagnostics, name.span)
            if source:
                self.refuse_size(source, name)
            self.files[key] = self.document(source, target, (*chain, key)) if source else None
        return self.files[key]

    def refuse_size(self, source: Source, name: Scalar) -> None:
        """Raises TooCostlyError, reported, where a spec is too long with the files it leads to."""
        size = self.diagnostics.budget.characters + len(source.text)
        if size > LARGEST_FILE:
            message = f"`{name.text}`: {size:,} characters with the files before it"
            hint = f"a spec has at most {LARGEST_FILE:,}, all that it leads to counted"
            self.diagnostics.error("CNN106", name.span, message, hint)
            raise TooCostlyError


def _shown(path: Path, key: Path) -> str:
    """A path without `..` in its middle, unless a link makes that another file."""
    short = os.path.normpath(path)
    same = "\0" not in short and os.path.realpath(short) == str(key)
    return short if same else str(path)


def _merged(*sections: Entries) -> Entries:
    """Defaults per kind, field by field; a later section's fields win."""
    found: dict[str, Entry] = {}
    for kind, (key, value) in (entry for section in sections for entry in section.items()):
        before = found[kind][1] if kind in found else None
        if isinstance(before, tree.Mapping) and isinstance(value, tree.Mapping):
            own = {name.text for name, _ in value.entries}
            kept = [entry for entry in before.entries if entry[0].text not in own]
            found[kind] = (key, tree.Mapping((*kept, *value.entries), value.span))
        else:
            found[kind] = (key, value)
    return found
