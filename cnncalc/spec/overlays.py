"""What a schema can tell only where nothing outside its sight may decide otherwise.

An overlay walks the items of a file beside their own schema, and is stricter. It matches keys by
patterns only: editors complete from `properties`, and would offer everything twice.
"""

from __future__ import annotations

from cnncalc.layers import LAYERS
from cnncalc.layers.base import Layer
from cnncalc.spec.grammar import GROUP, MODIFIERS
from cnncalc.spec.field_schema import Json, matching
from cnncalc.spec.kind_schema import required
from cnncalc.spec.patterns import no_name_but, no_words, words
from cnncalc.spec.scope import ARRIVING

_REQUIRED = {kind: required(layer) for kind, layer in LAYERS.items() if required(layer)}
_JOINS = [kind for kind, layer in LAYERS.items() if layer.joins]
_NAMES = [*ARRIVING, "i"]


def overlays() -> list[Json]:
    """What must also hold of a whole file."""
    return [
        {"if": _gives_no_required_field(), "then": _layers("complete", "blocks")},
        {"if": _has_no("extends", "include", "blocks"), "then": _known_kinds()},
        {"if": _has_no("extends", "args"), "then": _known_names()},
    ]


def definitions() -> dict[str, Json]:
    """The items and branches of each overlay."""
    lone_words = {"not": {"enum": list(_REQUIRED)}}
    kinds = [*LAYERS, GROUP]
    return {
        **_walk("complete", {f"^{kind}$": _complete(LAYERS[kind]) for kind in _REQUIRED}, lone_words),
        **_walk(
            "closed",
            {words([*kinds, *MODIFIERS]): True},
            {"additionalProperties": False, "pattern": words(kinds)},
        ),
        **_walk("nameless", _nameless(), {}, unless=["each"]),
    }


def _has_no(*keys: str) -> Json:
    return {"patternProperties": {words(keys): False}}


def _layers(overlay: str, *sections: str) -> Json:
    """An overlay of a file's layers, and of those in some of its sections."""
    layers = {"^layers$": {"items": _item(overlay)}}
    inner = {"additionalProperties": {"patternProperties": layers}}
    return {"patternProperties": {**layers, words(["outputs", *sections]): inner}}


def _item(overlay: str) -> Json:
    return {"$ref": f"#/definitions/spec.{overlay}.item"}


def _walk(overlay: str, kinds: Json, more: Json, unless: list[str] | None = None) -> dict[str, Json]:
    """An overlay's items: what it says of kinds and of the item, and the items within."""
    branch = {"$ref": f"#/definitions/spec.{overlay}.branch"}
    within = {
        f"^{GROUP}$": {"items": _item(overlay)},
        words(_JOINS): {"items": branch, "additionalProperties": branch},
    }
    item = {"patternProperties": {**kinds, **within}, **more}
    if unless:
        item = {"if": {"type": "object", "required": unless}, "else": item}
    return {
        f"spec.{overlay}.item": item,
        f"spec.{overlay}.branch": {
            "items": _item(overlay),
            "if": {"type": "object"},
            "then": _item(overlay),
        },
    }


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
    return {"required": names, **({"not": {"type": "null"}} if alone else {"type": "object"})}


# -- every kind is one ----------------------------------------------------------------------


def _known_kinds() -> Json:
    """Where no blocks can be, only layer kinds are called."""
    found = _layers("closed")
    found["patternProperties"]["^defaults$"] = {"propertyNames": {"enum": list(LAYERS)}}
    return found


# -- every name is one ----------------------------------------------------------------------


def _known_names() -> Json:
    """Where no arguments can be, a single word is a word of the field, or measures what arrives."""
    found = _layers("nameless")
    found["patternProperties"]["^input$"] = {"pattern": no_name_but([])}
    return found


def _nameless() -> dict[str, Json]:
    """Per kind, its fields; of modifiers, those that are computed. Columns of `each` are names."""
    return {
        words(["repeat", "when", "freeze"]): {"pattern": no_name_but(_NAMES)},
        **{f"^{kind}$": _nameless_fields(layer) for kind, layer in LAYERS.items() if layer.fields},
    }


def _nameless_fields(layer: type[Layer]) -> Json:
    known = {name: no_name_but([*field.type.words, *_NAMES]) for name, field in layer.fields.items()}
    by_pattern: dict[str, list[str]] = {}
    for name, pattern in known.items():
        by_pattern.setdefault(pattern, []).append(name)
    return {
        "pattern": next(iter(known.values())),
        "patternProperties": {
            words(names): {"pattern": pattern} for pattern, names in by_pattern.items()
        },
    }
