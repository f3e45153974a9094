"""The JSON Schema of a layer kind."""

from __future__ import annotations

from cnncalc.language.schema.field_schema import (
    Json,
    accepted,
    described,
    field_schema,
    offered,
    ref,
)
from cnncalc.layers.base import Layer, example, field_docs, summary
from cnncalc.layers.fields import FieldType, Truth


def required(layer: type[Layer]) -> list[str]:
    """The fields without a default."""
    return [name for name, field in layer.fields.items() if field.required]


def kind_schema(layer: type[Layer]) -> Json:
    """The value of a kind: a mapping of its fields, its main field's value, or nothing.

    One flat schema, not a choice of several, so that a fault is told where it stands. Nothing is no
    `type` of it: editors would offer the word `null`.
    """
    return {"if": {"type": "null"}, "else": _value(layer)}


def _value(layer: type[Layer]) -> Json:
    if not layer.fields:
        message = f"`{layer.kind}` takes no value"
        return {"type": "object", "additionalProperties": False, "errorMessage": message}
    main = accepted(next(iter(layer.fields.values())).type)
    return {
        **main,
        "type": ["object", *main["type"]],
        "properties": {name: field_schema(field) for name, field in layer.fields.items()},
        "additionalProperties": False,
    }


def _with_branches(layer: type[Layer]) -> Json:
    """The value of a kind that may be told what it reads, each by a branch."""
    own = _value(layer)
    docs = field_docs(layer)
    branches = {name: {**described(docs[name]), **BRANCH} for name in layer.branches}
    return {"if": {"type": "null"}, "else": {**own, "properties": own["properties"] | branches}}


BRANCH: Json = {"type": ["array", "object", "string", "integer"], "allOf": [ref("spec.branch")]}


def kind_key(layer: type[Layer]) -> Json:
    """A kind as a key of an item: its page, and what editors type and offer behind it."""
    page = described(summary(layer), f"\n\n```yaml\n{example(layer)}\n```")
    if layer.joins:
        return {**page, "type": ["object", "array", "string"], "allOf": [ref("spec.branches")]}
    value = {"allOf": [_with_branches(layer) if layer.branches else ref(layer.kind)]}
    names, values = required(layer), _main_values(layer)
    if len(names) > 1:
        body = {name: f"${place}" for place, name in enumerate(names, 1)}
        return {**page, **value, "defaultSnippets": [{"label": ", ".join(names), "body": body}]}
    if names:
        return {**page, **value, **(offered(values) if values else ANYTHING)}
    return {**page, "allOf": [*value["allOf"], *([offered(values)] if values else [])]}


ANYTHING: Json = {"anyOf": [{"type": "object"}, {"not": {"type": "object"}}]}
"""A choice: beside a key's value it makes yaml-language-server type a `: `. Within `allOf` it does
not, for words that can stand alone."""


def _main_values(layer: type[Layer]) -> tuple[object, ...]:
    """What editors offer behind `kind: `."""
    main = next((field.type for field in layer.fields.values()), None)
    return offers(main) if main else ()


def offers(wanted: FieldType) -> tuple[object, ...]:
    """The values that editors offer for a field of this type."""
    truths = (True, False) if isinstance(wanted, Truth) else ()
    return *truths, *wanted.words
