"""The JSON Schema (draft-07) of the language, for editors: made from the layer kinds.

A schema sees one file and looks nothing up. What the rest of a file, or another, may decide (a name,
a field from `defaults`, a block) is told by overlays, only where nothing is left open.
"""

from __future__ import annotations

import json

from cnncalc.layers import LAYERS
from cnncalc.spec import patterns
from cnncalc.spec.expect import METRICS
from cnncalc.spec.expressions import LONGEST
from cnncalc.spec.grammar import GROUP, MODIFIERS
from cnncalc.spec.kind_schema import (
    EXPRESSION,
    Json,
    described,
    kind_schema,
    offered,
    required,
    whole,
)
from cnncalc.spec.overlays import definitions, overlays

TITLE = "cnncalc spec"

JOINS = [kind for kind, layer in LAYERS.items() if layer.joins]
LONE_WORDS = [k for k, layer in LAYERS.items() if not layer.joins and not required(layer)]
TEXT: Json = {"type": ["string", "number"]}
NAME: Json = {"type": ["string", "integer"], "pattern": patterns.LAYER}
REFERENCE: Json = {"type": ["string", "integer"], "pattern": patterns.REFERENCE}
CONDITION: Json = {"type": ["boolean", "string"], "allOf": [EXPRESSION]}
VALUE: Json = {"type": ["string", "number", "boolean", "array"]}
ARGUMENT: Json = {"pattern": patterns.ARGUMENT}


def schema() -> Json:
    """The schema of a spec file, or of a file of blocks and defaults."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": TITLE,
        **described("A convolutional network, or blocks and defaults for others to `include`."),
        "type": "object",
        "properties": _keys(),
        "additionalProperties": False,
        "dependencies": {"input": _needs("layers"), "layers": _needs("input")},
        "anyOf": [{"required": [key]} for key in ("layers", "extends", "blocks", "defaults")],
        "allOf": overlays(),
        "definitions": {
            **{kind: kind_schema(layer) for kind, layer in LAYERS.items()},
            "spec.item": _item(),
            "spec.items": {"type": "array", "items": _ref("item")},
            "spec.branch": _branch(),
            "spec.branches": _branches(),
            "spec.call": _call(),
            "spec.block": _block(),
            "spec.output": _output(),
            "spec.metrics": _metrics(),
            "spec.shape": _shape(),
            "spec.expression": {"pattern": patterns.EXPRESSION, "maxLength": LONGEST},
            "spec.size": _size(1),
            "spec.size_from_0": _size(0),
            **definitions(),
        },
    }


def text() -> str:
    """The schema as it is printed and checked in."""
    return json.dumps(schema(), indent=1) + "\n"


def _ref(name: str) -> Json:
    return {"$ref": f"#/definitions/spec.{name}"}


def _needs(key: str) -> Json:
    """Without a base to take it from, the other key of a network."""
    return {"anyOf": [{"required": [key]}, {"required": ["extends"]}]}


def _size(minimum: int) -> Json:
    pattern = f"{patterns.size(minimum, 1, 3)}|{patterns.EXPRESSION}"
    return {"pattern": pattern, "maxLength": LONGEST}


# -- the file -------------------------------------------------------------------------------


def _keys() -> Json:
    """What a file may hold."""
    files = {"type": "string", "minLength": 1}
    fields = {"type": "object"}
    return {
        "name": {**described("What reports call it; the file's name, unless given."), **TEXT},
        "about": {**described("What a reader should know; printed below the table."), **TEXT},
        "source": {**described("Where the network comes from."), **TEXT},
        "input": {
            **described(
                "The shape that enters, without a batch axis: `3x224x224`, `[3, size, size]`; "
                "several inputs by name: `{left: 1x28x28, right: 1x28x28}`."
            ),
            **_shape(),
            "type": ["string", "integer", "array", "object"],
            "additionalProperties": _ref("shape"),
            "minProperties": 1,
            "propertyNames": ARGUMENT,
        },
        "args": {
            **described("The network's arguments with their values; `--set` replaces one."),
            "type": ["object", "null"],
            "additionalProperties": VALUE,
            "propertyNames": ARGUMENT,
        },
        "defaults": {
            **described("Fields that layers of a kind have unless they say otherwise."),
            "type": ["object", "null"],
            "properties": {
                kind: {"allOf": [{"$ref": f"#/definitions/{kind}"}, fields]}
                for kind, layer in LAYERS.items()
                if layer.fields
            },
            "additionalProperties": fields,
        },
        "include": {
            **described("Files, relative to this one, whose `blocks` and `defaults` are known."),
            "type": ["array", "string"],
            "items": files,
        },
        "extends": {
            **described("A base spec, relative to this one; the keys of this file win."),
            **files,
        },
        "fit": {
            **described("`strict`: a layer that leaves a rest is an error."),
            "enum": ["floor", "strict"],
            "default": "floor",
        },
        "blocks": {
            **described("Named pieces with arguments."),
            "type": ["object", "null"],
            "additionalProperties": _ref("block"),
            "propertyNames": {"pattern": patterns.no_words([*LAYERS, *MODIFIERS, GROUP])},
        },
        "layers": {
            **described("The network: a list that runs from top to bottom."),
            "allOf": [_ref("items")],
            "minItems": 1,
        },
        "outputs": {
            **described("Further heads beside the last layer."),
            "type": ["object", "null"],
            "additionalProperties": _ref("output"),
            "propertyNames": {"pattern": patterns.LAYER},
        },
        "expect": {**described("What must hold."), "allOf": [_ref("metrics")]}
        | {
            "properties": {
                "layers": {
                    **described("How many layers; or what must hold of some, by their paths."),
                    "additionalProperties": _ref("metrics"),
                }
            }
        },
        "train": {**described("The training recipe."), "type": ["object", "null"]},
    }


def _shape() -> Json:
    """Channels and up to three sizes."""
    size = f"{patterns.size(1, 1, 4)}|{patterns.EXPRESSION}"
    return {
        "type": ["string", "integer", "array"],
        "minimum": 1,
        "pattern": size,
        "maxLength": LONGEST,
        "items": whole(1),
        "minItems": 1,
        "maxItems": 4,
    }


def _block() -> Json:
    values = {"type": ["object", "null"], "propertyNames": ARGUMENT}
    default = {"type": [*VALUE["type"], "null"]}
    return {
        "type": "object",
        "properties": {
            "about": {**described("What a reader should know."), **TEXT},
            "args": {
                **described("Its arguments with their defaults; one without a value is required."),
                **values,
                "additionalProperties": default,
            },
            "let": {
                **described("Names derived on entry, in order."),
                **values,
                "additionalProperties": VALUE,
            },
            "layers": {**described("What it runs."), "allOf": [_ref("items")]},
        },
        "required": ["layers"],
        "additionalProperties": False,
    }


def _output() -> Json:
    return {
        "type": ["object", "string", "integer"],
        "pattern": patterns.REFERENCE,
        "properties": {
            "from": {**described("The layer it starts from."), **REFERENCE},
            "layers": {**described("Its own layers."), "allOf": [_ref("items")]},
            "when": {**described("It is left out unless this holds."), **CONDITION},
        },
        "required": ["from"],
        "additionalProperties": False,
    }


_FIGURE = r"^\s*((at most|at least|<=|>=)\s*)?[0-9][0-9_]*(\.[0-9]+)?\s*[KMGBT]?\s*$"


def _metrics() -> Json:
    """Expectations of a network, or of one layer."""
    figure = {"type": ["integer", "number", "string"], "minimum": 0, "pattern": _FIGURE}
    field = f"{_FIGURE}|{patterns.size(0, 2, 4)}"
    return {
        "type": "object",
        "properties": {
            **{metric: figure for metric in METRICS if metric != "layers"},
            "layers": {**figure, "type": [*figure["type"], "object"]},
            "receptive_field": {**figure, "pattern": field},
            "output": {
                "type": ["integer", "string"],
                "minimum": 0,
                "pattern": patterns.size(0, 1, 4),
            },
        },
        "additionalProperties": False,
    }


# -- items ----------------------------------------------------------------------------------


def _item() -> Json:
    """An item of a list of layers: a word, or one kind or block and what stands beside it."""
    others = patterns.no_words([*JOINS, *MODIFIERS, GROUP])
    return {
        "type": ["object", "string"],
        "properties": {
            **{kind: {"$ref": f"#/definitions/{kind}"} for kind in LAYERS},
            GROUP: {**described("A group: its items, one part of the network."), "allOf": [_ref("items")]},
            **_modifiers(),
        },
        "additionalProperties": _ref("call"),
        "dependencies": _alone(),
        "not": {
            "type": "object",
            "propertyNames": {"enum": [word for word in MODIFIERS if word != "share"]},
        },
        **offered(LONE_WORDS, {"pattern": others}),
    }


def _modifiers() -> Json:
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
        "first": {**described("Fields of the first run only."), "type": "object"},
        "each": {
            **described("The columns of `rows`: it runs once per row, with these names bound."),
            "type": ["array", "string"],
            "pattern": patterns.ARGUMENT,
            "items": {"type": "string", "pattern": patterns.ARGUMENT},
            "minItems": 1,
            "uniqueItems": True,
        },
        "rows": {
            **described("One list of values per run, a value for each name of `each`."),
            "type": "array",
            "items": VALUE,
            "minItems": 1,
        },
        "when": {**described("It is left out unless this holds."), **CONDITION},
        "freeze": {
            **described("Its parameters, and those of all in it, do not train."),
            **CONDITION,
        },
        "share": {**described("It uses the weights of this earlier item."), **REFERENCE},
    }


def _alone() -> Json:
    """What a kind says of its neighbours: no second kind, and `first` has its fields."""
    kinds = {
        kind: {
            "patternProperties": {patterns.no_words([kind, *MODIFIERS]): False},
            "properties": {"first": _first(kind)},
        }
        for kind in (*LAYERS, GROUP)
    }
    return {**kinds, "each": ["rows"], "rows": ["each"]}


def _first(kind: str) -> Json | bool:
    layer = LAYERS.get(kind)
    return {"$ref": f"#/definitions/{kind}"} if layer and layer.fields else False


def _branches() -> Json:
    """What a join joins, by name or in a list."""
    return {
        "type": ["object", "array"],
        "additionalProperties": _ref("branch"),
        "items": _ref("branch"),
        "minProperties": 1,
        "minItems": 1,
    }


def _branch() -> Json:
    """A list of layers, one item as a mapping, or the name of an earlier layer."""
    return {
        "type": ["array", "object", "string", "integer"],
        "items": _ref("item"),
        "if": {"type": "object"},
        "then": _ref("item"),
        "else": {"pattern": patterns.REFERENCE},
    }


def _call() -> Json:
    """What a block is called with: its arguments by name, its first one's value, or nothing."""
    return {
        "type": ["object", *VALUE["type"], "null"],
        "additionalProperties": {"type": [*VALUE["type"], "null"]},
    }
