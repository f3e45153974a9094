"""Blocks and defaults, as written."""

from __future__ import annotations

from collections.abc import Mapping

from cnncalc.diagnostics import Diagnostics
from cnncalc.language.text import tree
from cnncalc.language.text.naming import is_name
from cnncalc.language.text.tree import Entry, Scalar, described
from cnncalc.language.written.grammar import GROUP, MODIFIERS, OUTPUTS, Args, Grammar
from cnncalc.language.written.mappings import fields, keyed, names
from cnncalc.language.written.parse import items
from cnncalc.language.written.syntax import Block, Fields, Output
from cnncalc.layers import LAYERS

BLOCK_KEYS = ("about", "args", "let", "layers", OUTPUTS)


def block_args(blocks: Mapping[str, Entry], diagnostics: Diagnostics) -> dict[str, Args]:
    """The arguments of each block, known before any block is parsed: blocks call each other."""
    found: dict[str, Args] = {}
    for name, (key, node) in blocks.items():
        if name in LAYERS or name in MODIFIERS or name == GROUP:
            message = f"`{name}` is a word of the language and cannot name a block"
            diagnostics.error("CNN305", key.span, message, f"`my_{name}`")
            continue
        is_name(key, "a block", diagnostics)  # a call of it is no second fault
        args = None
        if isinstance(node, tree.Mapping):
            unsaid = Diagnostics(diagnostics.budget)  # `block` reports its faults
            entries = keyed(node, BLOCK_KEYS, "", unsaid)
            args = entries["args"][1] if "args" in entries else None
        found[name] = names(args, "args", diagnostics)
    return found


def block(name: Scalar, node: tree.Node, grammar: Grammar) -> Block | None:
    """A block's definition; None, reported, where it has no layers."""
    owner = f"the block `{name.text}`"
    hint = f"`{name.text}: {{args: {{...}}, layers: [...]}}`"
    if not isinstance(node, tree.Mapping):
        message = f"{owner} wants `layers`, got {described(node)}"
        grammar.diagnostics.error("CNN509", node.span, message, hint)
        return None
    entries = keyed(node, BLOCK_KEYS, owner, grammar.diagnostics)
    if GROUP not in entries:
        grammar.diagnostics.error("CNN509", name.span, f"{owner} has no `layers`", hint)
        return None
    written = entries["let"][1] if "let" in entries else None
    let = names(written, "let", grammar.diagnostics)
    values = {key: value for key, (_, value) in let.items()}
    layers = items(entries[GROUP][1], f"`layers` of {owner}", grammar)
    heads = _outputs(entries[OUTPUTS][1], grammar) if OUTPUTS in entries else ()
    return Block(name, grammar.block_args[name.text], values, layers, heads)


def _outputs(node: tree.Node, grammar: Grammar) -> tuple[Output, ...]:
    from cnncalc.language.written.outputs import outputs  # few blocks have any

    return outputs(node, grammar, items)


def defaults(
    written: Mapping[str, Entry], args: Mapping[str, Args], diagnostics: Diagnostics
) -> dict[str, Fields]:
    """Default fields per layer kind, default arguments per block."""
    grammar = Grammar(diagnostics, args, {})
    found: dict[str, Fields] = {}
    for kind, (key, node) in written.items():
        if kind not in LAYERS and kind not in args:
            from cnncalc.language.text.repair import suggestion  # few specs are wrong

            message = f"there is no layer kind or block `{kind}`"
            diagnostics.error(
                "CNN201", key.span, message, suggestion(kind, grammar.kinds, diagnostics)
            )
        elif not isinstance(node, tree.Mapping):
            message = f"defaults are a mapping of fields, got {described(node)}"
            diagnostics.error("CNN204", node.span, message, f"`{kind}: {{FIELD: ...}}`")
        else:
            what = "field" if kind in LAYERS else "argument"
            found[kind] = fields(key, node, grammar.fields_of(kind), what, diagnostics)
    return found
