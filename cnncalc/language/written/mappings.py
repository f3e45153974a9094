"""Mappings, entry by entry: those of fixed keys, of names, of fields; every fault of a key."""

from __future__ import annotations

from collections.abc import Collection
from keyword import iskeyword

from cnncalc.diagnostics import Diagnostics, listed
from cnncalc.language.text import tree
from cnncalc.language.text.naming import refusal
from cnncalc.language.text.tree import Entry, Node, Scalar, absent, described
from cnncalc.language.written.grammar import MODIFIERS
from cnncalc.language.written.syntax import Fields


def keyed(
    node: tree.Mapping, known: tuple[str, ...], owner: str, diagnostics: Diagnostics
) -> dict[str, Entry]:
    """The entries of a mapping whose keys are fixed; an unknown key is reported."""
    found = {key.text: (key, value) for key, value in node.entries if key.text in known}
    for key, value in node.entries:
        if key.text in known:
            continue
        from cnncalc.language.text.repair import repaired  # few specs are wrong

        repair = repaired(key, value, known, found, diagnostics)
        hint = repair.hint if repair else f"keys: {listed(known, '')}"
        message = f"{owner} has no key `{key.text}`"
        diagnostics.error("CNN110", key.span, message, hint)
        if repair:
            found[repair.entry[0].text] = repair.entry
    return found


def names(node: Node | None, owner: str, diagnostics: Diagnostics) -> dict[str, Entry]:
    """A mapping from names that expressions can use to values; None is an empty one."""
    if node is None or absent(node):
        return {}
    if not isinstance(node, tree.Mapping):
        message = f"`{owner}` wants names and values, got {described(node)}"
        diagnostics.error("CNN204", node.span, message, f"`{owner}: {{width: 64}}`")
        return {}
    found: dict[str, Entry] = {}
    for key, value in node.entries:
        if can_be_name(key.text):
            found[key.text] = (key, value)
            continue
        from cnncalc.language.text.repair import separated

        joined = separated(key, value)
        hint = "letters, digits and `_`; `i`, `in_...`, `input`, `previous`, `if` are taken"
        if key.text.isidentifier():
            hint = refusal(key.text) or hint
        if joined and can_be_name(joined.entry[0].text):
            found[joined.entry[0].text], hint = joined
        message = f"`{key.text}` cannot be a name in an expression"
        diagnostics.error("CNN305", key.span, message, hint)
    return found


def can_be_name(word: str) -> bool:
    """Whether expressions can use a name, and it has no meaning yet."""
    free = word not in ("i", "true", "false") and not iskeyword(word)
    return word.isidentifier() and free and not word.startswith("in_") and not refusal(word)


def fields(
    word: Scalar, value: tree.Mapping, known: Collection[str], what: str, diagnostics: Diagnostics
) -> Fields:
    """The entries of a mapping that are fields (or arguments); the others are reported."""
    found = {key.text: node for key, node in value.entries if key.text in known}
    for key, node in value.entries:
        if key.text in known:
            continue
        from cnncalc.language.text.repair import repaired_field

        repair = repaired_field(key, node, known, found, diagnostics)
        hint = f"it has {listed(known)}" if known else f"`- {word.text}`"
        if key.text in MODIFIERS:
            repair, hint = None, f"`{key.text}` stands beside `{word.text}`, not inside"
        elif key.text in ("in_channels", "in_features"):
            repair, hint = None, "leave it out: a layer reads what arrives"
        elif repair:
            hint = repair.hint
        code = "CNN202" if what == "field" else "CNN506"
        message = f"`{word.text}` has no {what} `{key.text}`"
        diagnostics.error(code, key.span, message, hint)
        if repair and repair.entry:
            found[repair.entry[0].text] = repair.entry[1]
    return {name: node for name, node in found.items() if not absent(node)}
