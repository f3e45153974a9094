"""A spec with what it extends and includes written into it, so that it stands anywhere."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from textwrap import indent

from cnncalc.diagnostics import Diagnostics, Source
from cnncalc.language.text import tree
from cnncalc.language.text.files import read_file
from cnncalc.language.text.tree import Node, Scalar
from cnncalc.language.writing.edited_text import Edit, Text
from cnncalc.language.writing.node_text import braced, inline, quoted
from cnncalc.language.writing.sections import ORDER, in_order
from cnncalc.language.writing.spec_text import WIDTH
from cnncalc.language.written.document import Document, Entries, read_document
from cnncalc.layers import LAYERS
from cnncalc.network.graph import Graph
from cnncalc.path_texts import plain

LEADS_ELSEWHERE = ("extends", "include")


def in_one_file(source: Source, path: str | os.PathLike[str]) -> str:
    """The text of a sound spec that needs no other file: its own, where it names none."""
    if not elsewhere(source):
        return source.text
    document = read_document(source, plain(os.fspath(path)), Diagnostics(), read_file)
    assert document is not None
    return in_order({key: part for key in ORDER if (part := _section(key, document))})


def spec_of(graph: Graph) -> str:
    """The text of a graph's spec in one file; its own alone, where the files that it names are not
    there any more."""
    source, path = graph.span.source, plain(graph.path)
    if read_document(source, path, Diagnostics(), read_file) is None:
        return source.text
    return in_one_file(source, path)


def elsewhere(source: Source) -> tuple[str, ...]:
    """The files that a sound spec names."""
    text = Text(source)
    named = (text.entry(key) for key in LEADS_ELSEWHERE)
    return tuple(word for entry in named if entry for word in _words(entry[1]))


def _section(key: str, document: Document) -> str | None:
    if key in LEADS_ELSEWHERE:
        return None
    if key == "blocks":
        return _blocks(document)
    if key == "defaults":
        return _defaults(document)
    if key == "args" and document.args and not _verbatim(key, document.args, document):
        return _args(document.args)
    return _entry(*document.entries[key]) if key in document.entries else None


def _verbatim(key: str, entries: Entries, document: Document) -> bool:
    """Whether a section stands in one file as it is."""
    home = document.entries[key][0].span.source
    return all(name.span.source is home for name, _ in entries.values())


def _args(entries: Entries) -> str:
    last = list(entries.values())[-1][1]
    text = Text(last.span.source)
    found = text.entry("args")
    end = text.end(found[1]) if found else 0
    comment = text.text[end : text.comment_end(end)].strip()
    line = f"args: {_braced(entries)}" + (f"    {comment}" if comment else "")
    return line if len(line) <= WIDTH else _listed("args", entries)


def _listed(key: str, entries: Entries) -> str:
    return "\n".join([f"{key}:", *(f"  {name}: {inline(v)}" for name, (_, v) in entries.items())])


def _braced(entries: Entries) -> str:
    return braced({quoted(name): inline(value) for name, (_, value) in entries.items()})


def _defaults(document: Document) -> str | None:
    """Kinds with their fields; a line of one file stays as it is written there."""
    blocks = _used(document)
    kept = {
        kind: entry for kind, entry in document.defaults.items() if kind in LAYERS or kind in blocks
    }
    if not kept:
        return None
    return "\n".join(["defaults:", *(indent(_default(*entry), "  ") for entry in kept.values())])


def _default(kind: Scalar, value: Node) -> str:
    fields = value.entries if isinstance(value, tree.Mapping) else ()
    if all(name.span.source is kind.span.source for name, _ in fields):
        return _entry(kind, value)
    return f"{inline(kind)}: {_braced({name.text: (name, field) for name, field in fields})}"


def _blocks(document: Document) -> str | None:
    used = _used(document)
    if not used:
        return None
    return "\n\n".join(
        f"{'' if number else 'blocks:' + chr(10)}{indent(_entry(*document.blocks[name]), '  ')}"
        for number, name in enumerate(name for name in document.blocks if name in used)
    )


def _used(document: Document) -> set[str]:
    """The blocks that the network calls, one way or another."""
    found: set[str] = set()
    waiting = [document.entries[key][1] for key in ("layers", "outputs") if key in document.entries]
    while waiting:
        for word in _words(waiting.pop()):
            if word in document.blocks and word not in found:
                found.add(word)
                waiting.append(document.blocks[word][1])
    return found


def _words(node: Node) -> Iterator[str]:
    if isinstance(node, Scalar):
        yield node.text
    elif isinstance(node, tree.Sequence):
        for item in node.items:
            yield from _words(item)
    else:
        for key, value in node.entries:
            yield key.text
            yield from _words(value)


def _entry(key: Scalar, value: Node) -> str:
    """An entry as its author wrote it, with the comments above and behind it, at the margin."""
    text = Text(key.span.source)
    start, end = text.start(key), text.end(value)
    margin = text.text[text.line_start(start) : start]
    body = text.text[start : text.comment_end(end)].splitlines()
    above: list[str] = []
    if not margin.strip():
        for line in reversed(text.text[: text.line_start(start)].splitlines()):
            if not line.startswith(f"{margin}#"):
                break
            above.insert(0, line)
    width = key.span.column - 1
    shifted = [re.sub(rf"^ {{0,{width}}}", "", line) for line in body[1:]]
    return "\n".join([*(line.strip() for line in above), body[0], *shifted])


def with_inputs(text: str, name: str, inputs: Mapping[str, str]) -> str:
    """A spec's text with other shapes for its inputs; one without a name is that of the only
    input."""
    for called, given in inputs.items():
        spec = Text(Source(name, text))
        found, node = spec.entry("input"), tree.read(Source(called, given), Diagnostics())
        assert found
        assert node is not None
        shapes = found[1]
        if isinstance(shapes, tree.Mapping):
            key = called or shapes.entries[0][0].text
            text = spec.edited(spec.with_entry(shapes, key, inline(node)))
        else:
            text = spec.edited([Edit(spec.start(shapes), spec.end(shapes), inline(node))])
    return text


def with_arguments(text: str, name: str, overrides: Mapping[str, str]) -> str:
    """A spec's text with other values for its `args`."""
    if not overrides:
        return text
    spec = Text(Source(name, text))
    found = spec.entry("args")
    assert found
    assert isinstance(found[1], tree.Mapping)
    edits: list[Edit] = []
    for argument, given in overrides.items():
        node = tree.read(Source(argument, given), Diagnostics())
        assert node is not None
        edits += spec.with_entry(found[1], argument, inline(node))
    return spec.edited(edits)
