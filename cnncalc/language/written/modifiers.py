"""What may stand beside a layer's kind: its name, what it reads, how often it runs."""

from __future__ import annotations

from collections.abc import Mapping

from cnncalc.language.text import tree
from cnncalc.language.text.naming import is_name
from cnncalc.language.text.tree import Node, Scalar, described
from cnncalc.language.written.grammar import Grammar
from cnncalc.language.written.mappings import can_be_name, fields
from cnncalc.language.written.syntax import BlockCall, Broken, Call, Fields, LayerCall
from cnncalc.layers.fields import counted

Table = tuple[tuple[str, ...], tuple[tuple[Node, ...], ...] | Scalar]

NO_TABLE: Table = ((), ())


def word(node: Node | None, owner: str, grammar: Grammar) -> Scalar | None:
    """The word that a modifier wants."""
    if node is None or (isinstance(node, Scalar) and not node.empty):
        return node
    message = f"`{owner}` wants the name of a layer, got {described(node)}"
    grammar.diagnostics.error("CNN204", node.span, message, f"`{owner}: NAME`")
    return None


def layer_name(node: Node | None, grammar: Grammar) -> Scalar | None:
    """A `name`, checked."""
    name = word(node, "name", grammar)
    return name if name and is_name(name, "a layer", grammar.diagnostics) else None


def fields_of_run(
    run: str, kind: Scalar, call: Call, node: Node | None, grammar: Grammar
) -> Fields | None:
    """`first` or `last`: the fields of that repeat."""
    if node is None:
        return None
    if not isinstance(node, tree.Mapping):
        message = f"`{run}` wants a mapping of fields, got {described(node)}"
        grammar.diagnostics.error("CNN204", node.span, message, f"`{run}: {{stride: 2}}`")
        return None
    if isinstance(call, LayerCall):
        return fields(kind, node, call.layer.fields, "field", grammar.diagnostics)
    if isinstance(call, BlockCall):
        args = grammar.block_args[call.block]
        return fields(kind, node, args, "argument", grammar.diagnostics)
    if isinstance(call, Broken):
        return None
    message = f"`{run}` sets fields, and this item has none"
    grammar.diagnostics.error("CNN204", node.span, message, "make it a block with arguments")
    return None


def table(modifiers: Mapping[str, Node], grammar: Grammar) -> Table | None:
    """`each` and `rows`: names, and as many values in each row; None, reported, where not."""
    each, rows = modifiers.get("each"), modifiers.get("rows")
    if each is None and rows is None:
        return NO_TABLE
    if each is None or rows is None:
        lone = each or rows
        assert lone is not None
        hint = "`each: [filters, count], rows: [[64, 3], [128, 4]]`"
        grammar.diagnostics.error("CNN511", lone.span, "`each` and `rows` go together", hint)
        return None
    names = _columns(each, grammar)
    if isinstance(rows, Scalar) and not rows.empty:
        return (names, rows) if names and _is_computed(rows, names, modifiers, grammar) else None
    if not isinstance(rows, tree.Sequence) or not rows.items:
        got = "an empty list" if isinstance(rows, tree.Sequence) else described(rows)
        message = f"`rows` wants a list of rows, got {got}"
        grammar.diagnostics.error("CNN511", rows.span, message, "`rows: [[1, 2], [3, 4]]`")
        return None
    found = [_row(row, names, grammar) for row in rows.items]
    sound = tuple(row for row in found if row)
    return (names, sound) if names and len(sound) == len(found) else None


def _is_computed(
    rows: Scalar, names: tuple[str, ...], modifiers: Mapping[str, Node], grammar: Grammar
) -> bool:
    """Whether rows can be computed: names of layers are known before anything is."""
    name = modifiers.get("name")
    if not isinstance(name, Scalar) or name.text not in names:
        return True
    message = f"the column `{name.text}` names the rows, and these are computed"
    hint = "leave `name` out, or write the rows as a list"
    grammar.diagnostics.error("CNN511", rows.span, message, hint)
    return False


def _columns(node: Node, grammar: Grammar) -> tuple[str, ...]:
    scalars = node.items if isinstance(node, tree.Sequence) else (node,)
    if not scalars:
        message = "`each` wants names, got an empty list"
        grammar.diagnostics.error("CNN511", node.span, message, "`each: [filters, count]`")
    found: list[str] = []
    for scalar in scalars:
        word = scalar.text if isinstance(scalar, Scalar) else ""
        if not can_be_name(word) or word in found:
            message = f"`each` wants names, got {described(scalar)}"
            if word in found:
                message = f"`each` names `{word}` twice"
            grammar.diagnostics.error("CNN511", scalar.span, message, "`each: [filters, count]`")
            return ()
        found.append(word)
    return tuple(found)


def _row(node: Node, names: tuple[str, ...], grammar: Grammar) -> tuple[Node, ...] | None:
    values = node.items if isinstance(node, tree.Sequence) else (node,)
    if len(values) == len(names):
        return values
    if names:
        count = counted(len(values), "value")
        message = f"this row has {count} for {counted(len(names), 'name')}"
        hint = f"one value each for {', '.join(f'`{name}`' for name in names)}"
        grammar.diagnostics.error("CNN511", node.span, message, hint)
    return None
