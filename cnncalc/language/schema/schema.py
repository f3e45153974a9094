"""The JSON Schema (draft-07) of the language, for editors: made from the layer kinds.

A schema sees one file and looks nothing up: what depends on names, on shapes or on other files is
for cnncalc itself to say.
"""

from __future__ import annotations

import json

from cnncalc.language.schema import field_schema, item_schema, overlays, patterns
from cnncalc.language.schema.field_schema import Json, described, matching, ref, sizes
from cnncalc.language.schema.item_schema import (
    ARGUMENT,
    CONDITION,
    ITEMS,
    REFERENCE,
    VALUE,
    outputs,
)
from cnncalc.language.schema.kind_schema import kind_schema
from cnncalc.language.schema.recipe_schema import recipe_schema
from cnncalc.language.text.keys import KEYS
from cnncalc.language.written.grammar import GROUP, MODIFIERS, OUTPUTS
from cnncalc.language.written.spec import FITS, INITS
from cnncalc.layers import LAYERS
from cnncalc.network.metrics import METRICS

TITLE = "cnncalc spec"

_ANY_KEY: dict[str, Json] = {key: {} for key in KEYS}
"""So that no key of the language is refused."""

_TEXT: Json = {"type": ["string", "number"]}


def schema() -> Json:
    """The schema of a spec, or of a file of blocks and defaults."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": TITLE,
        "description": "A convolutional network; or blocks and defaults, for others to include.",
        "type": "object",
        "properties": {**_ANY_KEY, **_texts(), **_inputs(), **_shared(), **_network()},
        "additionalProperties": False,
        "dependencies": {"input": _whole_network("layers"), "layers": _whole_network("input")},
        "anyOf": [{"required": [key]} for key in ("layers", "extends", "blocks", "defaults")],
        "allOf": overlays.overlays(),
        "definitions": {
            **{kind: kind_schema(layer) for kind, layer in LAYERS.items() if not layer.joins},
            **field_schema.definitions(),
            **item_schema.definitions(),
            **overlays.definitions(),
            "spec.shape": sizes(1, 4),
            "spec.block": _block(),
            "spec.output": _output(),
            "spec.metrics": _metrics(),
        },
    }


def text() -> str:
    """The schema as it is printed, and checked in."""
    return printed(schema())


def printed(found: Json) -> str:
    """Any schema as it is printed."""
    return json.dumps(found, indent=1) + "\n"


def _whole_network(key: str) -> Json:
    """The other key of a network, unless a base has it."""
    return {"anyOf": [{"required": [key]}, {"required": ["extends"]}]}


def _mapping(description: str, **keywords: object) -> Json:
    """A section of names and values; it may be empty."""
    return {**described(description), "type": ["object", "null"], **keywords}


# -- the keys of a file ---------------------------------------------------------------------


def _texts() -> dict[str, Json]:
    return {
        "name": {**described("What reports call it; the file's name, unless given."), **_TEXT},
        "about": {**described("What a reader should know; printed below the table."), **_TEXT},
        "source": {**described("Where the network comes from."), **_TEXT},
    }


def _inputs() -> dict[str, Json]:
    shape: Json = {"type": ["string", "integer", "array"], "allOf": [ref("spec.shape")]}
    return {
        "input": {
            **described(
                "The shape that enters, without a batch axis: `3x224x224` or `[3, size, size]`; "
                "several inputs by name: `{left: 1x28x28, right: 1x28x28}`."
            ),
            "type": [*shape["type"], "object"],
            "allOf": shape["allOf"],
            "additionalProperties": shape,
            "propertyNames": ARGUMENT,
            "minProperties": 1,
        },
        "args": _mapping(
            "The network's arguments with their values; `--set NAME=VALUE` replaces one.",
            additionalProperties=VALUE,
            propertyNames=ARGUMENT,
        ),
    }


def _shared() -> dict[str, Json]:
    fields = {"type": "object"}
    file = {"type": "string", "minLength": 1}
    kinds = {
        kind: {**fields, "allOf": [ref(kind)]} for kind, layer in LAYERS.items() if layer.fields
    }
    return {
        "defaults": _mapping(
            "Fields that layers of a kind have, and arguments that blocks have, unless they say "
            "otherwise.",
            properties=kinds,
            additionalProperties=fields,
        ),
        "include": {
            **described(
                "Files, relative to this one, whose `blocks` and `defaults` are known; "
                "`blocks/separable_conv.yaml` and its like ship with cnncalc."
            ),
            "type": ["string", "array"],
            "allOf": [{"items": file}],
        },
        "extends": {
            **described(
                "A base spec, relative to this one, or a network of the zoo, `resnet18`; this "
                "file's keys win."
            ),
            **file,
        },
        "fit": {
            **described("`strict`: a layer that leaves a rest of its input is an error."),
            "enum": list(FITS),
        },
        "blocks": _mapping(
            "Named pieces with arguments, called as layers are.",
            additionalProperties=ref("spec.block"),
            propertyNames=matching(
                patterns.no_words([*LAYERS, *MODIFIERS, GROUP]),
                "a word of the language cannot name a block",
            ),
        ),
    }


def _network() -> dict[str, Json]:
    return {
        "layers": {
            **described("The network: a list that runs from top to bottom."),
            **ITEMS,
            "minItems": 1,
        },
        OUTPUTS: {
            **described("Further heads beside the last layer."),
            **outputs(),
            "type": ["object", "array", "null"],
        },
        "expect": {
            **described("What must hold: `params: 25.6M`, `macs: at most 4G`, `output: 1000`."),
            "type": "object",
            "allOf": [ref("spec.metrics")],
        },
        "published": {
            **described("Errors as printed, in percent: `top1: 23.85`, `top5: 7.13`, `source`."),
            **_published(),
        },
        "init": {
            **described(
                "How weights begin: `suited` to the nonlinearity behind each layer, or all so."
            ),
            "enum": list(INITS),
        },
        "train": recipe_schema(),
    }


def _published() -> Json:
    percent = {"type": "number", "minimum": 0, "maximum": 100}
    errors = {
        "top1": {**described("Share of images whose first guess is wrong."), **percent},
        "top5": {**described("Share of images with no right one among five guesses."), **percent},
    }
    return {
        "type": "object",
        "properties": {
            **errors,
            "protocol": {**described("How, if not by a single centre crop."), **_TEXT},
            "source": {**described("Where it is printed."), **_TEXT},
        },
        "additionalProperties": False,
        "anyOf": [{"required": [name]} for name in errors],
    }


# -- what stands in them --------------------------------------------------------------------
# `required` within `allOf`: beside `properties`, yaml-language-server would offer each key twice.


def _block() -> Json:
    default = {"type": [*VALUE["type"], "null"]}
    return {
        "type": "object",
        "properties": {
            "about": {**described("What a reader should know."), **_TEXT},
            "args": _mapping(
                "Its arguments with their defaults; one without a value is required.",
                additionalProperties=default,
                propertyNames=ARGUMENT,
            ),
            "let": _mapping(
                "Names derived on entry, in order.",
                additionalProperties=VALUE,
                propertyNames=ARGUMENT,
            ),
            "layers": {**described("What it runs."), **ITEMS},
            OUTPUTS: {**described("Which of its layers can be read from outside."), **outputs()},
        },
        "allOf": [{"required": ["layers"]}],
        "additionalProperties": False,
    }


def _output() -> Json:
    """A further head: the name of a layer, or where it starts and what it runs."""
    return {
        **REFERENCE,
        "type": ["object", *REFERENCE["type"]],
        "properties": {
            "from": {**described("The layer it starts from."), **REFERENCE},
            "layers": {**described("Its own layers."), **ITEMS},
            "when": {**described("It is left out unless this holds."), **CONDITION},
        },
        "allOf": [{"required": ["from"]}],
        "additionalProperties": False,
    }


_FIGURE = r"^\s*((at most|at least|<=|>=)\s*)?[0-9][0-9_]*(\.[0-9]+)?\s*[KMGBT]?\s*$"
_MEMORY = (
    r"^\s*((at most|at least|<=|>=)\s*)?[0-9][0-9_]*(\.[0-9]+)?\s*([KMGT]i?B|[kmgt]i?b|[KMGBT])?"
    r"(\s+at batch [1-9][0-9_]*)?(\s+with (sgd|momentum|adam|adamw))?\s*$"
)
_FORMS = "neither a figure, such as 25_557_032 or 25.6M, nor a bound, such as at most 30M"


def _metrics() -> Json:
    """What must hold of the network, or under `layers` of some of its layers, by their paths."""
    number = {"type": ["string", "number", "integer", "null"], "minimum": 0}
    figure = {**number, **matching(_FIGURE, _FORMS)}
    sizes = {**number, **matching(f"{_FIGURE}|{patterns.size(0, 2, 4)}", _FORMS)}
    place = {**figure, **matching(_FIGURE.replace("[0-9]", "-?[0-9]", 1), _FORMS)}
    del place["minimum"]
    memory = {**number, **matching(_MEMORY, "no bytes, such as at most 24 GiB at batch 64")}
    forms = {"sizes": sizes, "places": place}
    vector = r"^\s*[0-9]+(_[0-9]+)+\s*$"
    shape = matching(f"{patterns.size(0, 1, 4)}|{vector}", "no shape, such as 2048x7x7")
    of_layer = {
        **{
            name: memory if metric.peaks else forms.get(metric.form, figure)
            for name, metric in METRICS.items()
        },
        "output": {"type": ["string", "integer", "null"], "minimum": 0, **shape},
    }
    layers = {"type": "object", "properties": of_layer, "additionalProperties": False}
    return {
        "properties": {
            **of_layer,
            "layers": {
                **figure,
                "type": [*figure["type"], "object"],
                "additionalProperties": layers,
            },
        },
        "additionalProperties": False,
    }
