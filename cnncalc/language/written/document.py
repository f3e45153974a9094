"""A spec file, with what it extends and includes merged in."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cached_property

from cnncalc import zoo
from cnncalc.budget import TooCostlyError
from cnncalc.diagnostics import Diagnostics, Note, Source, Span
from cnncalc.language.text import tree
from cnncalc.language.text.files import Reader, looked_for, read_file
from cnncalc.language.text.keys import KEYS, speak
from cnncalc.language.text.tree import LARGEST_FILE, Entry, Scalar, absent, described
from cnncalc.language.written.mappings import keyed, names
from cnncalc.path_texts import beside
from cnncalc.project import WIDEN, reach, within
from cnncalc.records import NamedTuple

OWN_KEYS = ("name", "about", "expect", "published", "include", "extends")
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
    source: Source, path: str, diagnostics: Diagnostics, reader: Reader
) -> Document | None:
    """The document in `source`, which was read from `path`; None, reported, where there is none.
    `reader` reads the files that it leads to."""
    return _Files(path, diagnostics, reader).document(source, path, (os.path.realpath(path),))


def is_spec(source: Source, root: tree.Node | None) -> bool:
    """Whether a text is a spec or a library, sound or broken. No line of another is ever shown.
    `root` is its tree, where it has one."""
    if isinstance(root, tree.Mapping):
        return speak(key.text for key, _ in root.entries)
    from cnncalc.language.text.recognize import top_level  # only where something is wrong

    return speak(top_level(source.text))


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
    """Reads the spec at `first` and all it leads to, each file once."""

    def __init__(self, first: str, diagnostics: Diagnostics, reader: Reader) -> None:
        self.first = first
        self.diagnostics = diagnostics
        self.reader = reader
        self.files: dict[str, Document | None] = {}
        self.named = 0

    def document(
        self, source: Source, path: str, chain: tuple[str, ...], name: Scalar | None = None
    ) -> Document | None:
        """The document in `source`, which a file calls `name`; `chain` are the files that led to
        it, itself included."""
        found = Diagnostics(self.diagnostics.budget)
        root = tree.read(source, found)
        if not is_spec(source, root):
            self.no_spec(source, _lack(root, found), name, _foreign(root))
            return None
        for each in found:
            self.diagnostics.add(each)
        if not isinstance(root, tree.Mapping):
            if root and not found.failed:
                self.no_mapping(root)
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

    def no_spec(self, source: Source, lack: str, name: Scalar | None, foreign: str) -> None:
        """Say that a text is something else, where it is named, and nothing of what is in it;
        `foreign`: how to come from there to a spec, where there is a way."""
        nowhere = Span(Source(source.name, ""), 1, 1, 1, 1)
        what, hint = "the file", "a spec begins with `input: 3x224x224` and `layers:`"
        if name:
            what, hint = f"`{name.text}`", "a spec has `layers`, a library `blocks` or `defaults`"
        at = name.span if name else nowhere
        self.diagnostics.error("CNN108", at, f"{what} {lack}", foreign or hint)

    def no_mapping(self, root: tree.Node) -> None:
        """Say what a spec looks like."""
        message = f"a spec is a mapping, got {described(root)}"
        hint = "it begins with `input: 3x224x224` and `layers:`"
        self.diagnostics.error("CNN108", root.span, message, hint)

    def extended(self, entries: Entries, path: str, chain: tuple[str, ...]) -> Document | None:
        """The spec that this one extends; an empty one where it extends none."""
        if "extends" not in entries:
            return NOTHING
        node = entries["extends"][1]
        if isinstance(node, Scalar) and not node.empty:
            base = self.other(node, path, chain, zoo.file_of)
            if base:
                self.merges(base, node)
            return base
        message = f"`extends` wants a file, got {described(node)}"
        self.diagnostics.error("CNN510", node.span, message, "`extends: base.yaml`")
        return None

    def included(self, entries: Entries, path: str, chain: tuple[str, ...]) -> Document | None:
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
            library = self.other(file, path, chain, zoo.library)
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

    def other(
        self,
        name: Scalar,
        path: str,
        chain: tuple[str, ...],
        ships: Callable[[str], str | None],
    ) -> Document | None:
        """Another file's document: that of a file beside the one that names it, else that of what
        `ships` under the name."""
        self.named += 1
        if self.named > MOST_FILES:
            message = f"more than {MOST_FILES:,} files are named"
            self.diagnostics.error("CNN510", name.span, message, "put blocks into fewer files")
            raise TooCostlyError
        target = beside(path, name.text)
        looked_for(target)
        if self.leads_out(target):
            message = f"`{name.text}` is outside of the project"
            self.diagnostics.error("CNN112", name.span, message, WIDEN)
            return None
        reader = self.reader
        if not self.is_there(target) and (shipped := ships(name.text)):
            target, reader = zoo.shown(shipped), read_file  # of this version of ours
        key = _resolved(target)
        if key in chain:
            message = f"`{name.text}` leads back to itself"
            self.diagnostics.error("CNN510", name.span, message, "break the circle")
            return None
        if len(chain) >= LONGEST_CHAIN:
            message = f"more than {LONGEST_CHAIN} files lead to each other"
            self.diagnostics.error("CNN510", name.span, message, "shorten the chain")
            return None
        if key not in self.files:
            source = reader(target, _shown(target, key), self.diagnostics, name.span)
            if source:
                self.refuse_size(source, name)
            deeper = (*chain, key)
            self.files[key] = self.document(source, target, deeper, name) if source else None
        return self.files[key]

    def is_there(self, target: str) -> bool:
        """Whether there is a file, where its kind of reader looks."""
        if self.reader is read_file:
            return os.path.lexists(target)
        return self.reader(target, target, Diagnostics(), None) is not None

    def refuse_size(self, source: Source, name: Scalar) -> None:
        """Raises TooCostlyError, reported, where a spec is too long with the files it leads to."""
        size = self.diagnostics.budget.characters + len(source.text)
        if size > LARGEST_FILE:
            message = f"`{name.text}`: {size:,} characters with the files before it"
            hint = f"a spec has at most {LARGEST_FILE:,}, all that it leads to counted"
            self.diagnostics.error("CNN106", name.span, message, hint)
            raise TooCostlyError

    def leads_out(self, target: str) -> bool:
        """Whether a file is none of the project's; `..` behind a link is taken both ways, since git
        takes it as it is written."""
        try:
            places = {os.path.realpath(target), os.path.realpath(os.path.normpath(target))}
        except ValueError:
            return False  # no file can have such a name: the reader says so
        return not all(within(place, self.folders) for place in places)

    @cached_property
    def folders(self) -> tuple[str, ...]:
        """Where the files must be. Few specs name any, so few ask."""
        return reach(self.first)


def _resolved(path: str) -> str:
    """A path without links; as it is where they lead nowhere, or no file can have such a name."""
    try:
        found = os.path.realpath(path)
    except (OSError, ValueError):
        return path
    return path if os.path.islink(found) else found


def _lack(root: tree.Node | None, found: Diagnostics) -> str:
    """What keeps a text from being a spec, without a word of it."""
    if isinstance(root, tree.Mapping):
        return "is no spec: too few of its keys are those of one"
    if isinstance(root, tree.Sequence):
        return "is no spec, which is a mapping: it is a list"
    empty = not found.failed and (root is None or absent(root))
    return "is empty" if empty else "is no spec: too few of its lines begin with a key of one"


def _foreign(root: tree.Node | None) -> str:
    """What makes a spec of a text that is another tool's network; empty where it is none."""
    rows = {"backbone", "head"}
    if isinstance(root, tree.Mapping) and rows <= {key.text for key, _ in root.entries}:
        return "it looks like a network of Ultralytics': `cnncalc import FILE` makes a spec of it"
    return ""


def _shown(path: str, key: str) -> str:
    """A path without `..` in its middle, unless a link makes that another file."""
    short = os.path.normpath(path)
    same = "\0" not in short and os.path.realpath(short) == key
    return short if same else path


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
