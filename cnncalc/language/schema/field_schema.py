"""The JSON Schema of what fields accept, expressions included."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from cnncalc.language.schema import patterns
from cnncalc.language.values.expressions import LONGEST
from cnncalc.layers.axes import LAST, OneAxis, SeveralAxes
from cnncalc.layers.base import Field
from cnncalc.layers.convolution.fixed import FilterTaps
from cnncalc.layers.fields import (
    LARGEST,
    LARGEST_REAL,
    AboveZero,
    Choice,
    ConnectionTable,
    Factors,
    FieldType,
    FreeText,
    LayerInput,
    LayerShape,
    Margins,
    OpenSizes,
    PerAxis,
    Real,
    Truth,
    TruthOrWord,
    Whole,
    shown,
)
from cnncalc.layers.fields import (
    LONGEST as LONGEST_TEXT,
)
from cnncalc.layers.sizes import OPEN, AxisOrder, EverySize, KnownSizes

Json = dict[str, Any]


def ref(name: str) -> Json:
    """A shared part of the schema. Kinds have names without a dot, all else is `spec.`."""
    return {"$ref": f"#/definitions/{name}"}


EXPRESSION = ref("spec.expression")


def described(text: str, more: str = "") -> Json:
    """A description: plain, and in Markdown where that says more."""
    plain = text.replace("`", "")
    marked = text + more
    return {"description": plain} | ({} if plain == marked else {"markdownDescription": marked})


def matching(pattern: str, message: str) -> Json:
    """Texts that match; `message` is what editors say of others."""
    return {"pattern": pattern, "patternErrorMessage": message}


def offered(values: Iterable[object]) -> Json:
    """Values for editors to offer; others are not refused by this."""
    known = {"enum": list(values)}
    return {"anyOf": [known, {"not": known}]}


def definitions() -> dict[str, Json]:
    """What fields share."""
    expression = matching(patterns.EXPRESSION, "neither a value nor an expression")
    pair = {"minItems": 2, "maxItems": 2}
    edge = {"type": ["string", "integer", "array"], **pair, "allOf": [ref("spec.size_from_0")]}
    taps = {"type": ["string", "number", "array"]}
    either = f"{patterns.size(0, 1, LONGEST)}|{patterns.EXPRESSION}"
    written = matching(either, "neither numbers nor a name")
    row = {"type": ["string", "array"], "items": whole(0), "allOf": [EXPRESSION]}
    return {
        "spec.expression": {**expression, "maxLength": LONGEST},
        "spec.size": sizes(1, 3),
        "spec.size_from_0": sizes(0, 3),
        "spec.factors": factors(),
        "spec.margins": {**sizes(0, 3), "items": edge},
        "spec.taps": {"items": taps, "minItems": 1, **written},
        "spec.table": {"type": ["string", "array"], "items": row, "allOf": [EXPRESSION]},
    }


def sizes(minimum: int, most: int) -> Json:
    """A size for all axes or one for each, at `most` so many, or an expression."""
    either = f"{patterns.size(minimum, 1, most)}|{patterns.EXPRESSION}"
    return {
        "minimum": minimum,
        "maximum": LARGEST,
        **matching(either, "neither a size, such as 3, 1x7 or [1, 7], nor an expression"),
        "maxLength": LONGEST,
        "items": whole(minimum),
        "minItems": 1,
        "maxItems": most,
    }


def factors() -> Json:
    """A factor for all axes or one for each, or an expression."""
    either = f"{patterns.size(1, 1, 3)}|{patterns.EXPRESSION}"
    bounds = {"exclusiveMinimum": 0, "maximum": LARGEST}
    return {
        **bounds,
        **matching(either, "neither a factor, such as 2, 1.5 or [1, 2], nor an expression"),
        "maxLength": LONGEST,
        "items": {"type": ["string", "number"], **bounds, "allOf": [EXPRESSION]},
        "minItems": 1,
        "maxItems": 3,
    }


# -- types of fields ------------------------------------------------------------------------
# The first type is `string`: yaml-language-server types a space behind the key, not a `- ` or a 0.


def whole(minimum: int, maximum: int = LARGEST) -> Json:
    """A whole number, or an expression."""
    bounds = {"minimum": minimum, "maximum": maximum}
    return {"type": ["string", "integer"], **bounds, "allOf": [EXPRESSION]}


def _whole(wanted: Whole) -> Json:
    return whole(wanted.minimum, wanted.maximum)


def _real(wanted: Real) -> Json:
    bounds = {}
    if wanted.minimum > -LARGEST_REAL:
        bounds["minimum"] = wanted.minimum
    if wanted.maximum < LARGEST_REAL:
        bounds["maximum"] = wanted.maximum
    return {"type": ["string", "number"], **bounds, "allOf": [EXPRESSION]}


def _above_zero(wanted: AboveZero) -> Json:
    return {"type": ["string", "number"], "exclusiveMinimum": 0, "allOf": [EXPRESSION]}


def _truth(wanted: Truth) -> Json:
    return {"type": ["string", "boolean"], "allOf": [EXPRESSION]}


def _choice(wanted: Choice) -> Json:
    return {"type": ["string"], **offered(wanted.words), "allOf": [EXPRESSION]}


def _text(wanted: FreeText) -> Json:
    """Any: `true`, `null` and `3` are texts here."""
    words = ["string", "integer", "number", "boolean", "null"]
    return {"type": words, "maxLength": LONGEST_TEXT, "pattern": r"\S"}


def _per_axis(wanted: PerAxis) -> Json:
    size = ref("spec.size" if wanted.whole.minimum else "spec.size_from_0")
    types = ["string", "integer", "array"]
    return {"type": types, "allOf": [size], **(offered(wanted.words) if wanted.words else {})}


def _margins(wanted: Margins) -> Json:
    types = ["string", "integer", "array"]
    words = offered(wanted.words) if wanted.words else {}
    return {"type": types, "allOf": [ref("spec.margins")], **words}


def _taps(wanted: FilterTaps) -> Json:
    types = ["string", "number", "array"]
    return {"type": types, "allOf": [ref("spec.taps")], **offered(wanted.words)}


def _table(wanted: ConnectionTable) -> Json:
    return {"type": ["string", "array"], "allOf": [ref("spec.table")]}


def _axis(wanted: OneAxis) -> Json:
    return {**whole(0, LAST), **offered(wanted.words)}


def _each(number: Json, minimum: int, what: str) -> Json:
    """A number, or one for each of several axes, the texts from `minimum` on."""
    either = f"{patterns.size(minimum, 1, LAST + 1)}|{patterns.EXPRESSION}"
    text = {**matching(either, f"neither {what} nor an expression"), "maxLength": LONGEST}
    types = {"type": ["string", "integer", "array"]}  # some read the text `0x1` as a number
    items = {"items": number, "minItems": 1, "maxItems": LAST + 1}
    return {**number, **types, **items, "allOf": [text]}


def _axes(wanted: SeveralAxes) -> Json:
    return {**_axis(wanted), **_order(wanted)}


def _all_sizes(wanted: EverySize) -> Json:
    return _each(whole(OPEN), 1, "sizes")


def _known_sizes(wanted: KnownSizes) -> Json:
    return _each(whole(1), 1, "sizes")


def _order(wanted: AxisOrder | SeveralAxes) -> Json:
    return {**_each(whole(0, LAST), 0, "axes"), "uniqueItems": True}


def _factors(wanted: Factors) -> Json:
    return {"type": ["string", "number", "array"], "allOf": [ref("spec.factors")]}


def _layer_shape(wanted: LayerShape) -> Json:
    return {"type": ["string"], **matching(patterns.REFERENCE, "no name of a layer")}


_ACCEPTED: dict[type[FieldType], Callable[[Any], Json]] = {
    Whole: _whole,
    Real: _real,
    AboveZero: _above_zero,
    **dict.fromkeys((Truth, TruthOrWord), _truth),
    Choice: _choice,
    FreeText: _text,
    PerAxis: _per_axis,
    OpenSizes: _per_axis,
    Factors: _factors,
    **dict.fromkeys((LayerShape, LayerInput), _layer_shape),
    Margins: _margins,
    ConnectionTable: _table,
    FilterTaps: _taps,
    OneAxis: _axis,
    SeveralAxes: _axes,
    EverySize: _all_sizes,
    KnownSizes: _known_sizes,
    AxisOrder: _order,
}


def accepted(wanted: FieldType) -> Json:
    """What may be written for a field of this type."""
    return _ACCEPTED[type(wanted)](wanted)


def field_schema(field: Field) -> Json:
    """A field: what it means, what it accepts, its default."""
    found = f"default `{shown(field.default)}`"
    if field.required or field.default is None:
        found = "required" if field.required else "may be left out"
    has_default = not field.required and field.default is not None
    return {
        **described(f"{field.doc}\n\n{field.type.wants}; {found}"),
        **accepted(field.type),
        **({"default": field.default} if has_default else {}),
    }
