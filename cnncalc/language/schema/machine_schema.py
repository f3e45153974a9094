"""The JSON Schema (draft-07) of machine files, made from the tables that they are read by."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cnncalc.language.machine.read_machine import (
    CEILINGS,
    COST,
    DIGITS,
    HELD_OUT,
    MACHINE,
    MOST,
    RATES,
    MachineField,
    MachineReader,
    Read,
)
from cnncalc.language.schema.field_schema import Json
from cnncalc.machine import NUMBERS

_WORD: Json = {"type": ["string", "number", "boolean"]}


def machine_schema() -> Json:
    """The schema of a machine file."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "cnncalc machine",
        "description": "What a device reaches, as `cnncalc profile --save` measured it.",
        **_fields(MACHINE),
    }


def _fields(known: Mapping[str, MachineField]) -> Json:
    return {
        "type": "object",
        "properties": {
            name: {"description": field.means, **_FORMS[field.read]()}
            for name, field in known.items()
        },
        "required": [name for name, field in known.items() if field.required],
        "additionalProperties": False,
    }


def _number(kind: str = "number", **least: int) -> Json:
    return {"type": kind, **least}


def _list(items: object) -> Json:
    return {"type": "array", "items": items, "maxItems": MOST}


def _pair(first: Json, second: Json) -> Json:
    return {"type": "array", "items": [first, second], "minItems": 2, "maxItems": 2}


def _by_name(value: Json, **keywords: object) -> Json:
    return {"type": "object", "additionalProperties": value, "maxProperties": MOST, **keywords}


_LEVELS = _list(_pair(_number("integer", minimum=0), _number(exclusiveMinimum=0)))

_WHOLE = f"^[0-9]{{1,{DIGITS}}}$"

_FORMS: Mapping[Read, Callable[[], Json]] = {
    MachineReader.text: lambda: _WORD,
    MachineReader.number: lambda: _number(minimum=0),
    MachineReader.rate: lambda: _number(exclusiveMinimum=0),
    MachineReader.count: lambda: _number("integer", minimum=0),
    MachineReader.truth: lambda: {"type": "boolean"},
    MachineReader.names: lambda: _list(_WORD),
    MachineReader.levels: lambda: _LEVELS,
    MachineReader.rows: lambda: _by_name(_LEVELS, propertyNames={"pattern": _WHOLE}),
    MachineReader.ceilings: lambda: _fields(CEILINGS),
    MachineReader.costs: lambda: _by_name(_fields(COST)),
    MachineReader.held_out: lambda: _fields(HELD_OUT),
    MachineReader.rates: lambda: _by_name(
        _fields(RATES), minProperties=1, propertyNames={"enum": [*NUMBERS]}
    ),
}
"""What each way to read accepts."""
