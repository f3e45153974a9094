"""Outputs, as written: further heads of a network, and what a block or a group lets others read."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cnncalc.language.text import tree
from cnncalc.language.text.naming import is_name
from cnncalc.language.text.tree import Scalar, absent, described
from cnncalc.language.written.grammar import GROUP, LAST, Grammar
from cnncalc.language.written.mappings import keyed
from cnncalc.language.written.modifiers import word
from cnncalc.language.written.syntax import Item, Output

Items = Callable[[tree.Node, str, Grammar], tuple[Item, ...]]
"""What reads a list of layers."""


def outputs(node: tree.Node, grammar: Grammar, items: Items) -> tuple[Output, ...]:
    """Layers in a list, each output called as its layer, or a mapping from names to what they are
    of."""
    return tuple(found for found in _outputs(node, grammar, items) if found)


def _outputs(node: tree.Node, grammar: Grammar, items: Items) -> Iterator[Output | None]:
    if isinstance(node, tree.Mapping):
        for key, value in node.entries:
            yield _output(key, value, grammar, items)
    elif isinstance(node, tree.Sequence):
        yield from _called_alike(node, grammar)
    elif not absent(node):
        message = f"`outputs` wants the names of layers, got {described(node)}"
        hint = "`outputs: [NAME]`, or `outputs: {NAME: {from: NAME, layers: [...]}}`"
        grammar.diagnostics.error("CNN204", node.span, message, hint)


def _called_alike(names: tree.Sequence, grammar: Grammar) -> Iterator[Output]:
    """Outputs with the names of their layers."""
    known: set[str] = set()
    for node in names.items:
        name = word(node, "outputs", grammar)
        if name and name.text in known:
            message = f"`outputs` names `{name.text}` twice"
            grammar.diagnostics.error("CNN302", name.span, message, "keep one of them")
        elif name and _names_output(name, grammar):
            known.add(name.text)
            yield Output(name, name, None, ())


def _names_output(name: Scalar, grammar: Grammar) -> bool:
    """Whether an output can have a name; where it cannot, that is reported."""
    if name.text == LAST:
        message = f"`{LAST}` cannot name a further output"
        grammar.diagnostics.error("CNN305", name.span, message, "so the last layer's is called")
        return False
    return is_name(name, "an output", grammar.diagnostics)


def _output(name: Scalar, node: tree.Node, grammar: Grammar, items: Items) -> Output | None:
    """A further head: `{from: 4a, layers: [...]}`, or the name of a layer."""
    if not _names_output(name, grammar):
        return None
    if isinstance(node, Scalar) and not node.empty:
        return Output(name, node, None, ())
    owner = f"the output `{name.text}`"
    hint = f"`{name.text}: {{from: NAME, layers: [...]}}`"
    if not isinstance(node, tree.Mapping):
        message = f"{owner} wants `from` and `layers`, got {described(node)}"
        grammar.diagnostics.error("CNN306", node.span, message, hint)
        return None
    entries = keyed(node, ("from", "when", "layers"), owner, grammar.diagnostics)
    if "from" not in entries:
        message = f"{owner} does not say where it starts"
        grammar.diagnostics.error("CNN306", name.span, message, hint)
    source = word(entries["from"][1], "from", grammar) if "from" in entries else None
    layers = items(entries[GROUP][1], owner, grammar) if GROUP in entries else ()
    when = entries["when"][1] if "when" in entries else None
    return Output(name, source, when, layers)
