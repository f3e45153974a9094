"""The JSON Schema of the items of a list of layers, and of the branches of a join."""

from __future__ import annotations

from cnncalc.language.schema import patterns
from cnncalc.language.schema.field_schema import (
    EXPRESSION,
    Json,
    described,
    matching,
    offered,
    ref,
    whole,
)
from cnncalc.language.schema.kind_schema import kind_key, required
from cnncalc.language.written.grammar import GROUP, MODIFIERS, OUTPUTS, RUNS
from cnncalc.layers import LAYERS

ITEMS: Json = {"type": "array", "items": ref("spec.item")}
CONDITION: Json = {"type": ["string", "boolean"], "allOf": [EXPRESSION]}
VALUE: Json = {"type": ["string", "number", "boolean", "array"]}
"""What an argument can be."""

ARGUMENT: Json = matching(patterns.ARGUMENT, "no name that an expression can use")
REFERENCE: Json = {
    "type": ["string", "integer"],
    **matching(patterns.REFERENCE, "no name of a layer, nor NAME.OUTPUT, nor one of a list"),
}
NAME: Json = {
    "type": ["string", "integer"],
    **matching(patterns.LAYER, "input and previous are taken; a name has no dot and no space"),
}

JOINS = [kind for kind, layer in LAYERS.items() if layer.joins]
LONE_WORDS = [k for k, layer in LAYERS.items() if not layer.joins and not required(layer)]


def definitions() -> dict[str, Json]:
    """Items, branches, and calls of blocks."""
    return {
        "spec.item": _item(),
        "spec.branches": _branches(),
        "spec.branch": _branch(),
        "spec.call": _call(),
    }


def _item() -> Json:
    """A word, or one kind or block with what stands beside it."""
    words = patterns.no_words([*JOINS, *MODIFIERS, GROUP])
    known = patterns.no_words([*LAYERS, *MODIFIERS, GROUP])
    return {
        "type": ["object", "string"],
        **matching(words, "this word cannot stand alone"),
        **offered(LONE_WORDS),
        "properties": {
            **{kind: kind_key(layer) for kind, layer in LAYERS.items()},
            GROUP: {**described("A group: its items, one part of the network."), **ITEMS},
            **_modifiers(),
        },
        "patternProperties": {known: ref("spec.call")},
        "dependencies": _beside(),
        "if": _without_kind(),
        "then": {"type": "string", "errorMessage": "this item has no layer kind"},
    }


def _without_kind() -> Json:
    """A mapping of modifiers only. `share` alone runs an earlier item again."""
    modifiers = [word for word in MODIFIERS if word != "share"]
    return {"type": "object", "propertyNames": {"enum": modifiers}}


def _modifiers() -> dict[str, Json]:
    """What any item may carry."""
    return {
        "name": {**described("Its name, for references, paths and reports."), **NAME},
        "from": {
            **described("It reads this layer's output instead of the one before it."),
            **REFERENCE,
        },
        "repeat": {
            **described("It runs so many times, each run reading the one before; `i` counts."),
            **whole(0),
        },
        **{run: _of_run(run) for run in RUNS},
        "each": {
            **described("The columns of `rows`: it runs once per row, with these names bound."),
            "type": ["string", "array"],
            **ARGUMENT,
            "allOf": [{"items": {"type": "string", **ARGUMENT}}],
            "minItems": 1,
            "uniqueItems": True,
        },
        "rows": {
            **described(
                "One list of values per run, a value for each name of `each`; or what gives such."
            ),
            "type": ["array", "string"],
            "items": VALUE,
            "allOf": [EXPRESSION],
            "minItems": 1,
        },
        "when": {**described("It is left out unless this holds."), **CONDITION},
        "freeze": {
            **described("Its parameters, and those of all in it, do not train."),
            **CONDITION,
        },
        "share": {**described("It uses the weights of this earlier item."), **REFERENCE},
        OUTPUTS: {**described("Which of its layers can be read from outside."), **outputs()},
    }


def _of_run(run: str) -> Json:
    return {
        **described(f"Fields (of a block: arguments) of the {run} run only."),
        "type": "object",
    }


def outputs() -> Json:
    """Names of layers in a list, or outputs by name."""
    return {
        "type": ["object", "array"],
        "items": REFERENCE,
        "additionalProperties": ref("spec.output"),
        "propertyNames": matching(patterns.LAYER, NAME["patternErrorMessage"]),
    }


def _beside() -> dict[str, Json | list[str]]:
    """What a kind says of its neighbours: it is the only one, and what one run has are its
    fields."""
    only = "one item has one kind: begin a new one with `- `; fields go inside the kind"
    kinds: dict[str, Json | list[str]] = {
        kind: {
            "patternProperties": {
                patterns.no_words([kind, *MODIFIERS]): False,
                **{f"^{run}$": _fields_of_run(run, kind) for run in RUNS},
            },
            "errorMessage": only,
        }
        for kind in (*LAYERS, GROUP)
    }
    return {**kinds, "each": ["rows"], "rows": ["each"], OUTPUTS: [GROUP]}


def _fields_of_run(run: str, kind: str) -> Json:
    layer = LAYERS.get(kind)
    if layer and layer.fields:
        return ref(kind)
    return {"type": "null", "errorMessage": f"`{kind}` has no fields that `{run}` could set"}


def _branches() -> Json:
    """What a join joins, by name or in a list."""
    return {
        "type": ["object", "array", "string"],
        **matching(patterns.REFERENCE, REFERENCE["patternErrorMessage"]),
        "additionalProperties": ref("spec.branch"),
        "items": ref("spec.branch"),
        "minProperties": 1,
        "minItems": 1,
    }


def _branch() -> Json:
    """A list of layers, one item as a mapping, or the name of an earlier layer."""
    return {
        "type": ["array", "object", *REFERENCE["type"]],
        "items": ref("spec.item"),
        "if": {"type": "object"},
        "then": ref("spec.item"),
        "else": matching(patterns.REFERENCE, REFERENCE["patternErrorMessage"]),
    }


def _call() -> Json:
    """What a block is called with: its arguments by name, its first one's value, or nothing."""
    nothing = {"type": ["object", *VALUE["type"], "null"]}
    return {**nothing, "additionalProperties": {"type": [*VALUE["type"], "null"]}}
