"""The JSON Schema of `train`, the recipe."""

from __future__ import annotations

from typing import Any

from cnncalc.language.schema import patterns
from cnncalc.language.schema.field_schema import Json, accepted, described, matching, offered, whole
from cnncalc.language.schema.kind_schema import ANYTHING, offers
from cnncalc.layers.fields import FieldType, Real, shown
from cnncalc.network.recipe import (
    BALANCED,
    FACTORS,
    GROUPS,
    KINDS,
    PARTS,
    Above,
    Augment,
    Epochs,
    Proportion,
    Recipe,
    documented,
    field_types,
    kind_of,
)

_OFF = "none"
_PART: Json = {"type": ["string", "number"], "minLength": 1}


def recipe_schema() -> Json:
    """The fields of a recipe, all of which may be left out."""
    types, docs = field_types(Recipe), documented(Recipe)
    return {
        **described("How the network is trained."),
        "type": ["object", "null"],
        "properties": {
            name: _field(docs[name], default, _written(name, types), _words(name, types))
            for name, default in Recipe()._asdict().items()
        },
        "additionalProperties": False,
    }


def _field(doc: str, default: Any, written: Json, words: tuple[object, ...]) -> Json:
    """A field: what it means, and what may be written. With nothing it has its default, but `null`
    is no `type` of it, for editors to offer."""
    plain = isinstance(default, bool | int | float | str)
    return {
        **described(f"{doc}\n\ndefault `{shown(default)}`" if plain else doc),
        **({"default": default} if plain else {}),
        **(offered(words) if words else ANYTHING),
        "if": {"type": "null"},
        "else": written,
    }


def _words(name: str, types: dict[str, FieldType]) -> tuple[object, ...]:
    """What editors offer behind a field."""
    if name in KINDS:
        return tuple(KINDS[name])
    if name == "class_weights":
        return BALANCED, _OFF
    known = offers(types[name]) if name in types else ()
    return (*known, _OFF) if known and getattr(Recipe(), name) is None else known


def _written(name: str, types: dict[str, FieldType]) -> Json:
    """What may stand behind a field of a recipe."""
    if name in KINDS:
        return _kinds(KINDS[name], kind_of(getattr(Recipe(), name)))
    if name in GROUPS:
        written = _group(GROUPS[name])
    elif name in PARTS:
        written = {"type": [*_PART["type"], "array"], "items": _PART, "minLength": 1}
    elif name in FACTORS:
        written = {"type": "object", "additionalProperties": _value(FACTORS[name])}
        if name == "class_weights":
            written = {"if": {"type": "string"}, "then": {"enum": [BALANCED]}, "else": written}
    else:
        written = _value(types[name])
    return _or_off(written) if getattr(Recipe(), name) is None else written


def _or_off(written: Json) -> Json:
    """A field without a default: `none` takes back what a base or a recipe has."""
    return {"if": {"const": _OFF}, "else": written}


def _kinds(kinds: dict[str, Any], default: str) -> Json:
    """A word, or a mapping with `kind` and the fields of that kind, or fields of the default.

    No `required` and no `const` in a condition: editors would offer what it names.
    """
    word: Json = {"type": "string", "enum": list(kinds)}
    choice = {**described(f"One of {', '.join(kinds)}; default `{default}`"), **word}
    fields = {
        kind: {
            "properties": {"kind": choice, **_fields(section)},
            "additionalProperties": False,
        }
        for kind, section in kinds.items()
    }
    told = [
        {"if": {"properties": {"kind": {"pattern": patterns.words([kind])}}}, "then": then}
        for kind, then in fields.items()
    ]
    untold = {"propertyNames": {"pattern": patterns.no_words(["kind"])}}
    return {
        "type": ["string", "object"],
        "allOf": [
            {"if": {"type": "string"}, "then": word},
            {"if": {"type": "string"}, "else": {"if": untold, "then": fields[default]}},
        ],
        "dependencies": {"kind": {"properties": {"kind": choice}, "allOf": told}},
    }


def _group(section: Any) -> Json:
    """A mapping of fields, or the first one's value."""
    fields: Json = {"properties": _fields(section), "additionalProperties": False}
    if section is Augment:
        return {"type": "object", **fields}
    first = _value(field_types(section)[section._fields[0]])
    return {**first, "type": [*first["type"], "object"], **fields}


def _fields(section: Any) -> dict[str, Json]:
    """Fields that hold one value each."""
    types, docs = field_types(section), documented(section)
    return {
        name: _field(docs[name], default, _value(types[name]), offers(types[name]))
        for name, default in section()._asdict().items()
    }


# -- values ---------------------------------------------------------------------------------


def _value(wanted: FieldType) -> Json:
    """A value; a recipe's expressions know no names."""
    words = (*wanted.words, "true", "false", "True", "False")
    known = matching(patterns.no_name_but(words), f"no value: {wanted.wants}")
    return {**known, **_accepted(wanted)}


def _accepted(wanted: FieldType) -> Json:
    if isinstance(wanted, Above):
        return {**_number(), "exclusiveMinimum": 0}
    if isinstance(wanted, Proportion):
        return {**_number(), "minimum": 0, "exclusiveMaximum": 1}
    if isinstance(wanted, Epochs):
        epoch = whole(1)
        return {**epoch, "type": [*epoch["type"], "array"], "items": epoch, "uniqueItems": True}
    return accepted(wanted)


def _number() -> Json:
    return accepted(Real())
