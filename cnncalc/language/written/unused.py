"""What a spec defines and never uses. Found when asked for: reading a spec does not pay for it.

A name counts as used wherever a value mentions it in reach of its definition, be it as a word of
another meaning: what is called unused here is so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cnncalc.diagnostics import Source
from cnncalc.language.text import tree
from cnncalc.language.text.tree import Entry, Node, Scalar
from cnncalc.language.written.document import OWN_KEYS, Document
from cnncalc.later_patterns import pattern
from cnncalc.layers import LAYERS
from cnncalc.network.graph import Definition

_WORD = pattern(r"[^\W\d]\w*")

_DEFINING = (*OWN_KEYS, "source", "args", "defaults", "blocks")
"""Keys of a spec that mention no name, or are looked into by themselves."""


def unused(document: Document, source: Source) -> tuple[Definition, ...]:
    """What the spec in `source` itself defines, not what it includes or extends, and never uses."""
    found = [
        *_arguments(document),
        *_blocks(document),
        *_columns(document),
        *_defaults(document),
    ]
    return tuple(definition for definition in found if definition.span.source is source)


def _arguments(document: Document) -> Iterator[Definition]:
    """Arguments of the network and of each block, and what `let` derives."""
    defaults = _words(_values(document.defaults.values()))
    blocks = {name: _words((body,)) for name, (_, body) in document.blocks.items()}
    entries = [entry for key, entry in document.entries.items() if key not in _DEFINING]
    everywhere = _words(_values([*entries, *document.args.values()]))
    everywhere = everywhere.union(defaults, *blocks.values())
    for name, (key, _) in document.args.items():
        if name not in everywhere:
            yield Definition("name", f"the argument `{name}`", key.span)
    for block, (_, body) in document.blocks.items():
        for word in ("args", "let"):
            for key, _ in _mapping(body, word):
                if key.text not in blocks[block] | defaults:
                    what = "the argument" if word == "args" else "the derived name"
                    text = f"{what} `{key.text}` of the block `{block}`"
                    yield Definition("name", text, key.span)


def _blocks(document: Document) -> Iterator[Definition]:
    """Blocks that no item outside of them names."""
    entries = [entry for key, entry in document.entries.items() if key not in _DEFINING]
    outside = _mentioned(_values(entries))
    inside = {name: _mentioned((body,)) for name, (_, body) in document.blocks.items()}
    for name, (key, _) in document.blocks.items():
        others = (found for block, found in inside.items() if block != name)
        if name not in outside.union(*others):
            yield Definition("block", f"`{name}`", key.span)


def _columns(document: Document) -> Iterator[Definition]:
    """Columns of `each` that the item does not mention."""
    defaults = _words(_values(document.defaults.values()))
    for item in _mappings(_values([*document.entries.values(), *document.blocks.values()])):
        each = next((value for key, value in item.entries if key.text == "each"), None)
        if each is None:
            continue
        rest = (value for key, value in item.entries if key.text not in ("each", "rows"))
        words = _words(rest) | defaults
        for column in each.items if isinstance(each, tree.Sequence) else (each,):
            if isinstance(column, Scalar) and column.text not in words:
                yield Definition("name", f"the column `{column.text}`", column.span)


def _defaults(document: Document) -> Iterator[Definition]:
    """Default fields that every call gives itself, and those of kinds that nothing calls."""
    kept = (entry for key, entry in document.entries.items() if key not in _DEFINING)
    calls = _calls([*kept, *document.blocks.values()])
    for kind, (_, fields) in document.defaults.items():
        for key, _ in fields.entries if isinstance(fields, tree.Mapping) else ():
            if all(_gives(kind, key.text, value, document) for value in calls.get(kind, ())):
                yield Definition("default", f"`{kind}: {key.text}`", key.span)


def _calls(entries: Iterable[Entry]) -> dict[str, list[Node | None]]:
    """For each word that may be an item's kind, the values it is called with; None: none."""
    found: dict[str, list[Node | None]] = {}
    for node in _nodes(_values(entries)):
        if isinstance(node, tree.Mapping):
            for key, value in node.entries:
                found.setdefault(key.text, []).append(value)
        elif isinstance(node, tree.Sequence):
            for item in node.items:
                if isinstance(item, Scalar):
                    found.setdefault(item.text, []).append(None)
    return found


def _gives(kind: str, field: str, value: Node | None, document: Document) -> bool:
    """Whether a call of `kind` gives that field itself; a value alone is the main one's."""
    if isinstance(value, tree.Mapping):
        return any(key.text == field for key, _ in value.entries)
    if value is None or (isinstance(value, Scalar) and value.empty):
        return False
    known = list(LAYERS[kind].fields) if kind in LAYERS else _block_args(document, kind)
    return known[:1] == [field]


def _block_args(document: Document, block: str) -> list[str]:
    return [key.text for key, _ in _mapping(document.blocks[block][1], "args")]


# -- trees ----------------------------------------------------------------------------------


def _values(entries: Iterable[Entry]) -> Iterator[Node]:
    return (value for _, value in entries)


def _mapping(node: Node, name: str) -> tuple[Entry, ...]:
    """The entries of the mapping under a key of another one."""
    entries = node.entries if isinstance(node, tree.Mapping) else ()
    found = next((value for key, value in entries if key.text == name), None)
    return found.entries if isinstance(found, tree.Mapping) else ()


def _nodes(nodes: Iterable[Node]) -> Iterator[Node]:
    """`nodes`, and all that stands within them."""
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, tree.Mapping):
            waiting.extend(value for _, value in node.entries)
        elif isinstance(node, tree.Sequence):
            waiting.extend(node.items)


def _mappings(nodes: Iterable[Node]) -> Iterator[tree.Mapping]:
    return (node for node in _nodes(nodes) if isinstance(node, tree.Mapping))


def _words(nodes: Iterable[Node]) -> set[str]:
    """Every word in a value, names inside expressions among them."""
    texts = {node.text for node in _nodes(nodes) if isinstance(node, Scalar)}
    return {word for text in texts for word in _WORD.findall(text)}


def _mentioned(nodes: Iterable[Node]) -> set[str]:
    """Every key and every whole value."""
    found: set[str] = set()
    for node in _nodes(nodes):
        if isinstance(node, tree.Mapping):
            found.update(key.text for key, _ in node.entries)
        elif isinstance(node, Scalar):
            found.add(node.text)
    return found
