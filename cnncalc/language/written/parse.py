"""A tree of YAML values -> items as written. Every fault of form is found here, once."""

from __future__ import annotations

from collections.abc import Collection

from cnncalc.budget import NAMES
from cnncalc.diagnostics import LISTED, listed, short
from cnncalc.language.text import tree
from cnncalc.language.text.naming import is_name
from cnncalc.language.text.tree import Entry, Node, Scalar, absent, described
from cnncalc.language.written.grammar import GROUP, MODIFIERS, OUTPUTS, RUNS, Grammar
from cnncalc.language.written.mappings import fields
from cnncalc.language.written.modifiers import fields_of_run, layer_name, table, word
from cnncalc.language.written.syntax import (
    BlockCall,
    Branch,
    Broken,
    Call,
    Fields,
    GroupCall,
    Item,
    JoinCall,
    LayerCall,
    Share,
)
from cnncalc.layers import LAYERS

NO_FIELDS: Fields = {}


def items(node: Node, owner: str, grammar: Grammar) -> tuple[Item, ...]:
    """The items of a `layers` list."""
    if isinstance(node, tree.Sequence):
        return tuple(item(entry, grammar) for entry in node.items)
    message = f"{owner} wants a list of layers, got {described(node)}"
    grammar.diagnostics.error("CNN208", node.span, message, "begin each layer with `- `")
    return (Item("", node.span, Broken()),)


def item(node: Node, grammar: Grammar) -> Item:
    """One item: a bare word, or a mapping with one kind and its modifiers."""
    if isinstance(node, tree.Mapping):
        return _modified(node, grammar)
    if isinstance(node, Scalar) and not node.empty:
        return Item(node.text, node.span, call(node, Scalar("", node.span), grammar))
    message = "a layer is missing after `-`"
    if isinstance(node, tree.Sequence):
        message = "a list is no layer"
    hint = "`- relu`, `- conv: {...}`, or `- layers: [...]` for a group"
    grammar.diagnostics.error("CNN208", node.span, message, hint)
    return Item("", node.span, Broken())


def _modified(node: tree.Mapping, grammar: Grammar) -> Item:
    entries = _repaired(node, grammar)
    modifiers = {key.text: value for key, value in entries if key.text in MODIFIERS}
    kinds = [(key, value) for key, value in entries if key.text not in MODIFIERS]
    share = word(modifiers.get("share"), "share", grammar)
    if len(kinds) > 1 or not (kinds or share):
        _no_single_kind(node, kinds, grammar)
        kinds, share = [], None
    kind, written = _what_runs(node, kinds, share, grammar)
    if OUTPUTS in modifiers:
        written = _giving(written, modifiers[OUTPUTS], grammar)
    read = table(modifiers, grammar)
    if read is None:
        return Item(kind.text, kind.span, Broken(names=True))
    each, rows = read
    first, last = (
        fields_of_run(run, kind, written or Broken(), modifiers.get(run), grammar) for run in RUNS
    )
    return Item(
        kind=kind.text,
        span=kind.span,
        call=Share(share, written) if share else written or Broken(),
        name=layer_name(modifiers.get("name"), grammar),
        source=word(modifiers.get("from"), "from", grammar),
        repeat=modifiers.get("repeat"),
        first=first,
        last=last,
        each=each,
        rows=rows,
        when=modifiers.get("when"),
        freeze=modifiers.get("freeze"),
    )


def _giving(call: Call | None, node: Node, grammar: Grammar) -> Call | None:
    """A group with what it lets others read; on anything else that is reported."""
    if isinstance(call, GroupCall):
        from cnncalc.language.written.outputs import outputs  # few have any

        return call._replace(outputs=outputs(node, grammar, items))
    if not isinstance(call, Broken):
        message = "`outputs` stands beside `layers`, or in a block"
        hint = "`layers: [...]` makes a group of several items"
        grammar.diagnostics.error("CNN208", node.span, message, hint)
    return call


def _put_right(key: Scalar, value: Node, owner: str, given: set[str], grammar: Grammar) -> Entry:
    """What was meant by an entry that nothing is, reported; as it is where that cannot be said."""
    from cnncalc.language.text.repair import repaired  # few specs are wrong

    repair = repaired(key, value, MODIFIERS, given, grammar.diagnostics)
    if repair is None:
        return key, value
    message = f"`{key.text}` cannot stand beside `{owner}`"
    grammar.diagnostics.error("CNN208", key.span, message, repair.hint)
    return repair.entry


def _repaired(node: tree.Mapping, grammar: Grammar) -> list[Entry]:
    """The entries of an item; a misspelt modifier is reported and put right."""
    words = [key.text for key, _ in node.entries]
    owner = next((word for word in words if grammar.knows(word) or word == "share"), None)
    if owner is None:
        return list(node.entries)
    own = grammar.fields_of(owner)
    given = set(words)
    found: list[Entry] = []
    for key, value in node.entries:
        known = key.text in MODIFIERS or key.text in own or grammar.knows(key.text)
        found.append((key, value) if known else _put_right(key, value, owner, given, grammar))
    return found


def _what_runs(
    node: tree.Mapping, kinds: list[Entry], share: Scalar | None, grammar: Grammar
) -> tuple[Scalar, Call | None]:
    """The word that stands for an item, and its call if it has one of its own."""
    if kinds:
        return kinds[0][0], call(*kinds[0], grammar)
    if share:
        return Scalar(share.text.rpartition(".")[2], share.span), None
    return Scalar("", node.span), None


def _no_single_kind(node: tree.Mapping, kinds: list[Entry], grammar: Grammar) -> None:
    """Say which of several words is at fault, or that there is none."""
    hint: str | None = "add the kind: `conv: {...}`, or `layers: [...]` for a group"
    if not kinds:
        grammar.diagnostics.error("CNN208", node.span, "this item has no layer kind", hint)
        return
    known = [key for key, _ in kinds if grammar.knows(key.text)]
    stray = next((key for key, _ in kinds if not grammar.knows(key.text)), kinds[1][0])
    hint = "begin a new item with `- `"
    message = f"one item, two kinds: `{kinds[0][0].text}` and `{stray.text}`"
    if len(known) == 1:
        owner = known[0].text
        message = f"`{stray.text}` cannot stand beside `{owner}`"
        if stray.text in grammar.fields_of(owner):
            hint = f"fields go inside: `{owner}: {{{stray.text}: ...}}`"
    grammar.diagnostics.error("CNN208", stray.span, message, hint)


# -- kinds ----------------------------------------------------------------------------------


def call(kind: Scalar, value: Node, grammar: Grammar) -> Call:
    """What an item's kind and value say."""
    if kind.text == GROUP:
        return GroupCall(items(value, "`layers`", grammar))
    if kind.text in grammar.block_args:
        return _block_call(kind, value, grammar)
    if kind.text not in LAYERS:
        from cnncalc.language.text.repair import suggestion  # few specs are wrong

        message = f"there is no layer kind or block `{kind.text}`"
        hint = suggestion(kind.text, grammar.kinds, grammar.diagnostics)
        hint = hint or "`cnncalc explain kinds` lists the layer kinds"
        grammar.diagnostics.error("CNN201", kind.span, message, hint)
        return Broken()
    if LAYERS[kind.text].joins:
        return JoinCall(LAYERS[kind.text], _branches(kind, value, grammar))
    return _layer_call(kind, value, grammar)


def _layer_call(kind: Scalar, value: Node, grammar: Grammar) -> Call:
    layer = LAYERS[kind.text]
    given = _given(kind, value, (*layer.fields, *layer.branches), "field", grammar)
    required = [name for name, field in layer.fields.items() if field.required]
    if given is None or _lacks(kind, value, required, given, "field", grammar):
        return Broken()
    if given.keys().isdisjoint(layer.branches):
        return LayerCall(layer, given)
    told = [name for name in layer.branches if name in given]
    branches = tuple(_branch(name, given[name], grammar) for name in told)
    return LayerCall(layer, {n: v for n, v in given.items() if n not in told}, branches)


def _block_call(kind: Scalar, value: Node, grammar: Grammar) -> Call:
    args = grammar.block_args[kind.text]
    if len(args) > NAMES:
        grammar.diagnostics.spend(len(args), kind.span)
    given = _given(kind, value, args, "argument", grammar)
    required = [name for name, (_, default) in args.items() if absent(default)]
    if given is None or _lacks(kind, value, required, given, "argument", grammar):
        return Broken()
    return BlockCall(kind.text, given)


def _given(
    kind: Scalar, value: Node, known: Collection[str], what: str, grammar: Grammar
) -> Fields | None:
    """The fields of a call by name, over the spec's defaults; a value alone is the main one's."""
    defaults = grammar.defaults.get(kind.text, NO_FIELDS)
    if isinstance(value, tree.Mapping):
        return {**defaults, **fields(kind, value, known, what, grammar.diagnostics)}
    if absent(value):
        return defaults
    if known:
        main = next(iter(known))
        return {main: value, **{k: v for k, v in defaults.items() if k != main}}
    message = f"`{kind.text}` has no {what}s, got {described(value)}"
    grammar.diagnostics.error("CNN209", value.span, message, f"`- {kind.text}`")
    return None


def _lacks(
    kind: Scalar, value: Node, required: list[str], given: Fields, what: str, grammar: Grammar
) -> bool:
    """Report what is missing; whether anything is."""
    missing = [name for name in required if name not in given]
    if missing:
        code = "CNN203" if what == "field" else "CNN505"
        plural = "s" if len(missing) > 1 else ""
        message = f"`{kind.text}` wants its {what}{plural} {listed(missing)}"
        wanted = ", ".join(f"{short(name)}: ..." for name in missing[:LISTED])
        hint = f"`{kind.text}: {{{wanted}}}`"
        if isinstance(value, tree.Mapping):
            hint = f"add `{wanted}`"
        elif not absent(value) and isinstance(value, Scalar):
            hint = f"`{kind.text}: {{{next(iter(given))}: {short(value.text)}, {wanted}}}`"
        grammar.diagnostics.error(code, kind.span, message, hint)
    return bool(missing)


# -- joins ----------------------------------------------------------------------------------


def _branches(kind: Scalar, value: Node, grammar: Grammar) -> tuple[Branch, ...] | Scalar:
    """The branches of a join, by name or in a list; or what stands for a list of layers."""
    found: tuple[Branch, ...] = ()
    if isinstance(value, Scalar) and not value.empty:
        return value
    if isinstance(value, tree.Mapping):
        found = tuple(_named_branch(key, node, grammar) for key, node in value.entries)
    elif isinstance(value, tree.Sequence):
        found = tuple(_branch(f"branch{i}", node, grammar) for i, node in enumerate(value.items))
    if found:
        return found
    message = f"`{kind.text}` joins branches, got {described(value)}"
    hint = f"`{kind.text}: {{left: [...], right: [...]}}`"
    grammar.diagnostics.error("CNN303", kind.span, message, hint)
    return (_no_branch("", kind),)


def _named_branch(key: Scalar, node: Node, grammar: Grammar) -> Branch:
    """A branch with a name of its own."""
    if not is_name(key, "a branch", grammar.diagnostics):
        return _no_branch("", key)
    return _branch(key.text, node, grammar)


def _no_branch(name: str, at: Node) -> Branch:
    """In the place of one that is reported."""
    return Branch(name, (Item("", at.span, Broken()),), None)


def _branch(name: str, node: Node, grammar: Grammar) -> Branch:
    """A list of layers, the name of an earlier layer, or a mapping with its own condition."""
    if isinstance(node, tree.Sequence):
        return Branch(name, items(node, f"the branch `{name}`", grammar), None)
    if isinstance(node, tree.Mapping):
        written = _modified(node, grammar)
        plain = written._replace(when=None)
        if isinstance(written.call, GroupCall) and plain == Item(GROUP, plain.span, plain.call):
            return Branch(name, written.call.items, written.when)
        return Branch(name, (plain,), written.when)
    if not node.empty:
        return Branch(name, node, None)
    message = f"the branch `{name}` is empty"
    grammar.diagnostics.error("CNN303", node.span, message, "`[identity]` passes on what arrives")
    return _no_branch(name, node)
