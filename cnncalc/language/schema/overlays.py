"""What a schema can tell only where nothing outside its sight may decide otherwise.

An overlay walks the items of a file beside their own schema, and is stricter. It matches keys by
patterns only: editors complete from `properties`, and would offer everything twice.
"""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.language.schema.field_schema import Json, matching, ref
from cnncalc.language.schema.kind_schema import required
from cnncalc.language.schema.patterns import YES_NO_SPELT, no_name_but, no_words, words
from cnncalc.language.values.scope import ARRIVING
from cnncalc.language.written.grammar import GROUP, MODIFIERS, OUTPUTS
from cnncalc.layers import LAYERS
from cnncalc.layers.base import Layer
from cnncalc.layers.fields import LayerShape

_REQUIRED = {kind: required(layer) for kind, layer in LAYERS.items() if required(layer)}
_JOINS = [kind for kind, layer in LAYERS.items() if layer.joins]
_TOLD = [kind for kind, layer in LAYERS.items() if layer.branches]
_NAMES = [*ARRIVING, "i", *YES_NO_SPELT]
"""What is known without any arguments; `yes` is refused as an expression already."""


def overlays() -> list[Json]:
    """What must also hold of a whole file."""
    return [
        {"if": _gives_no_required_field(), "then": _layers("complete", "blocks")},
        {"if": _has_no("extends", "include", "blocks"), "then": _known_kinds()},
        {"if": _has_no("extends", "args"), "then": _known_names()},
    ]


def definitions() -> dict[str, Json]:
    """The items and branches of each overlay."""
    required_fields = {f"^{kind}$": _complete(LAYERS[kind]) for kind in _REQUIRED}
    return {
        **_walk("complete", required_fields, matching(no_words(_REQUIRED), "it wants its fields")),
        **_walk("closed", {}, _kind()),
        **_walk("nameless", _nameless(), {}, unless=["each"]),
        "spec.nameless.name": _any_name(),
    }


def _has_no(*keys: str) -> Json:
    return {"patternProperties": {words(keys): False}}


def _layers(overlay: str, *sections: str) -> Json:
    """An overlay of a file's layers, and of those in some of its sections."""
    own = ref(f"spec.{overlay}.item")
    heads = {f"^{OUTPUTS}$": _heads(own)}
    inner = {"patternProperties": {f"^{GROUP}$": {"items": own}, **heads}}
    within = {words(sections): {"additionalProperties": inner}} if sections else {}
    return {"patternProperties": {f"^{GROUP}$": {"items": own}, **heads, **within}}


def _heads(own: Json) -> Json:
    """The layers of outputs."""
    return {"additionalProperties": {"patternProperties": {f"^{GROUP}$": {"items": own}}}}


def _walk(
    overlay: str, kinds: Json, more: Json, unless: list[str] | None = None
) -> dict[str, Json]:
    """An overlay's items: what it says of kinds and of the item, and the items within."""
    branch, own = ref(f"spec.{overlay}.branch"), ref(f"spec.{overlay}.item")
    within = {
        f"^{GROUP}$": {"items": own},
        f"^{OUTPUTS}$": _heads(own),
        words(_JOINS): {"items": branch, "additionalProperties": branch},
    }
    told = {f"^{kind}$": _told(kind, branch, kinds) for kind in _TOLD}
    item = {"patternProperties": {**kinds, **within, **told}, **more}
    if unless:
        item = {"if": {"type": "object", "required": unless}, "else": item}
    return {
        f"spec.{overlay}.item": item,
        f"spec.{overlay}.branch": {"items": own, "if": {"type": "object"}, "then": own},
    }


def _told(kind: str, branch: Json, kinds: Json) -> Json:
    """What an overlay says of a kind that may have branches."""
    within = {"patternProperties": {words(list(LAYERS[kind].branches)): branch}}
    said = kinds.get(f"^{kind}$")
    return {"allOf": [said, within]} if said else within


# -- every required field is there ----------------------------------------------------------


def _gives_no_required_field() -> Json:
    """A network to which neither its `defaults` nor another file gives a required field."""
    harmless = {
        f"^{kind}$": {"propertyNames": {"pattern": no_words(names)}}
        for kind, names in _REQUIRED.items()
    }
    return {
        "required": ["layers"],
        "patternProperties": {
            words(["extends", "include"]): False,
            "^defaults$": {"patternProperties": harmless},
        },
    }


def _complete(layer: type[Layer]) -> Json:
    """All required fields; the main one alone where it is the only one."""
    names = _REQUIRED[layer.kind]
    alone = names == [next(iter(layer.fields))]
    value = {"not": {"type": "null"}} if alone else {"type": "object"}
    return {"required": names, **value, "errorMessage": f"it wants its fields {', '.join(names)}"}


# -- every kind is one ----------------------------------------------------------------------


def _kind() -> Json:
    """An item without a layer kind has nothing else in its place."""
    kinds = [*LAYERS, GROUP]
    message = "there is no layer kind of this name, and the file has no blocks"
    return {
        **matching(words(kinds), message),
        "if": {"type": "object", "propertyNames": {"not": {"enum": kinds}}},
        "then": {
            "patternProperties": {words(MODIFIERS): True},
            "additionalProperties": False,
            "errorMessage": message,
        },
    }


def _known_kinds() -> Json:
    """Where no blocks can be, only layer kinds are called."""
    found = _layers("closed")
    found["patternProperties"]["^defaults$"] = {"propertyNames": {"enum": list(LAYERS)}}
    return found


# -- every name is one ----------------------------------------------------------------------


def _known_names() -> Json:
    """Where no arguments can be, a single word is a word of the field, or measures what arrives."""
    found = _layers("nameless")
    found["patternProperties"]["^input$"] = _name([])
    return found


def _nameless() -> dict[str, Json]:
    """Per kind, its fields; of modifiers, those that are computed. Columns of `each` are names."""
    return {
        words(["repeat", "when", "freeze"]): _name([]),
        **{f"^{kind}$": _nameless_fields(layer) for kind, layer in LAYERS.items() if layer.fields},
    }


def _nameless_fields(layer: type[Layer]) -> Json:
    by_words: dict[tuple[str, ...], list[str]] = {}
    for name, field in layer.fields.items():
        if not isinstance(field.type, LayerShape):
            by_words.setdefault(field.type.words, []).append(name)
    main = next(iter(layer.fields.values())).type
    fields = {words(names): _name(known) for known, names in by_words.items()}
    return {"allOf": [_name(main.words)], "patternProperties": fields}


def _name(known: Sequence[str]) -> Json:
    """No single word but those of a field, and what measures the tensor that arrives."""
    if not known:
        return ref("spec.nameless.name")
    message = f"neither one of {', '.join(known)}, nor the name of an argument"
    return matching(no_name_but([*known, *_NAMES]), message)


def _any_name() -> Json:
    return matching(no_name_but(_NAMES), "no such name here: the file has no `args`")
