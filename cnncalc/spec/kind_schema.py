"""The JSON Schema of a layer kind: its fields, and its value alone."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from cnncalc.layers.base import Field, Layer, example, summary
from cnncalc.layers.fields import (
    LARGEST,
    LARGEST_REAL,
    Choice,
    FieldType,
    Margins,
    PerAxis,
    Real,
    Table,
    Truth,
    Whole,
    shown,
)

Json = dict[str, Any]

EXPRESSION: Json = {"$ref": "#/definitions/spec.expression"}
NOTHING: Json = {"not": {"type": ["boolean", "number", "string", "array"]}, "maxProperties": 0}
"""Nothing, or an empty mapping. As a `type`, an editor would offer the word `null`."""


def size_of(minimum: int) -> Json:
    """A text that is a size, or an expression."""
    return {"$ref": f"#/definitions/spec.size{'' if minimum else '_from_0'}"}


def described(text: str, more: str = "") -> Json:
    """A description: plain, and in Markdown where that says more."""
    plain = text.replace("`", "")
    marked = text + more
    return {"description": plain} | ({} if plain == marked else {"markdownDescription": marked})


def offered(words: Collection[str], otherwise: Json) -> Json:
    """Words for an editor to offer; whether others are allowed is for `otherwise` to say."""
    return {"anyOf": [{"enum": list(words)}, otherwise]} if words else {}


# -- what fields accept ---------------------------------------------------------------------


def whole(minimum: int, maximum: int = LARGEST) -> Json:
    """A whole number, or an expression."""
    bounds = {"minimum": minimum, "maximum": maximum}
    return {"type": ["integer", "string"], **bounds, "allOf": [EXPRESSION]}


def _whole(wanted: Whole) -> Json:
    return whole(wanted.minimum, wanted.maximum)


def _real(wanted: Real) -> Json:
    bounds = {}
    if wanted.minimum > -LARGEST_REAL:
        bounds["minimum"] = wanted.minimum
    if wanted.maximum < LARGEST_REAL:
        bounds["maximum"] = wanted.maximum
    return {"type": ["number", "string"], **bounds, "allOf": [EXPRESSION]}


def _truth(wanted: Truth) -> Json:
    return {"type": ["boolean", "string"], "allOf": [EXPRESSION]}


def _choice(wanted: Choice) -> Json:
    return {"type": ["string"], "allOf": [EXPRESSION], **offered(wanted.words, {"not": {"enum": list(wanted.words)}})}


def _per_axis(wanted: PerAxis) -> Json:
    whole = _whole(wanted.whole)
    return {
        "type": ["integer", "string", "array"],
        "minimum": whole["minimum"],
        "maximum": whole["maximum"],
        "items": whole,
        "minItems": 1,
        "maxItems": 3,
        "allOf": [size_of(wanted.whole.minimum)],
        **offered(wanted.words, {"not": {"enum": list(wanted.words)}}),
    }


def _margins(wanted: Margins) -> Json:
    size = _per_axis(wanted.size)
    pair = {**size, "minItems": 2, "maxItems": 2}
    return {**size, "items": pair}


def _table(wanted: Table) -> Json:
    row = {"type": ["array", "string"], "items": _whole(wanted.whole), "allOf": [size_of(0)]}
    return {"type": ["array", "string"], "items": row, "allOf": [EXPRESSION]}


_ACCEPTED: dict[type[FieldType], Callable[[Any], Json]] = {
    Whole: _whole,
    Real: _real,
    Truth: _truth,
    Choice: _choice,
    PerAxis: _per_axis,
    Margins: _margins,
    Table: _table,
}


def accepted(wanted: FieldType) -> Json:
    """What may be written for a field, expressions included."""
    return _ACCEPTED[type(wanted)](wanted)


# -- fields and kinds -----------------------------------------------------------------------


def field_schema(field: Field) -> Json:
    """A field: what it means, what it accepts, its default."""
    found = "required" if field.required else f"default `{shown(field.default)}`"
    if field.default is None:
        found = "may be left out"
    text = f"{field.doc}\n\n{field.type.wants}; {found}"
    default = {} if field.required or field.default is None else {"default": field.default}
    return {**described(text), **accepted(field.type), **default}


def required(layer: type[Layer]) -> list[str]:
    """The fields without a default."""
    return [name for name, field in layer.fields.items() if field.required]


def kind_schema(layer: type[Layer]) -> Json:
    """The value of a kind: a mapping of its fields, its main field's value, or nothing.

    One flat schema, no choice of several: so an editor can complete in it and point into it.
    """
    text = described(summary(layer), f"\n\n```yaml\n{example(layer)}\n```")
    if layer.joins:
        return {**text, "allOf": [{"$ref": "#/definitions/spec.branches"}]}
    if not layer.fields:
        return {**text, **NOTHING}
    main = accepted(next(iter(layer.fields.values())).type)
    return {
        **text,
        **main,
        "type": ["object", *main["type"], "null"],
        "properties": {name: field_schema(field) for name, field in layer.fields.items()},
        "additionalProperties": False,
        **_snippet(layer),
    }


def _snippet(layer: type[Layer]) -> Json:
    """What yaml-language-server types for the kind: its required fields, or its main one's value."""
    names = required(layer)
    if len(names) > 1:
        body = {name: f"${place}" for place, name in enumerate(names, 1)}
        return {"defaultSnippets": [{"label": layer.kind, "body": body}]}
    return {}
