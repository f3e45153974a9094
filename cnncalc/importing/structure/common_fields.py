"""Fields that most layers of a kind share, as the defaults of a spec."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from cnncalc.importing.drafts import Draft
from cnncalc.importing.structure.phrases import Phrase, SpecFormula
from cnncalc.layers import LAYERS

MOST = 0.5
ENOUGH = 2

KEPT = frozenset(
    {"filters", "kernel", "units", "stride", "groups", "rate", "size", "heads", "over", "axis"}
    | {"start", "stop", "step", "keep", "min", "max", "factor", "order", "sizes", "dilation"}
)
"""Fields that a reader looks for at the layer itself."""


def common_fields(phrases: Iterable[Phrase]) -> dict[str, dict[str, Any]]:
    """Of each kind the fields and values that save more than they cost where layers differ."""
    counts: Counter[str] = Counter()
    found: dict[tuple[str, str], Counter[Any]] = defaultdict(Counter)
    varied: Counter[tuple[str, str]] = Counter()
    for phrase in phrases:
        if not phrase.is_layer or phrase.kind == "activation":
            continue
        counts[phrase.kind] += 1
        for field, value in phrase.fields.items():
            if isinstance(value, SpecFormula | Draft):
                varied[phrase.kind, field] += 1
            elif (
                field not in KEPT
                and not LAYERS[phrase.kind].fields[field].required
                and (field != "padding" or isinstance(value, str))
            ):
                found[phrase.kind, field][value] += 1
    common: dict[str, dict[str, Any]] = {}
    for (kind, field), values in found.items():
        value, many = values.most_common(1)[0]
        rest = counts[kind] - varied[kind, field] - sum(values.values())
        explicit = LAYERS[kind].fields[field].default is not None
        if many >= ENOUGH and many > MOST * counts[kind] and (explicit or not rest):
            common.setdefault(kind, {})[field] = value
    return common


def said(phrase: Phrase, common: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The fields of a layer that must be written, in the order of its kind."""
    known = LAYERS[phrase.kind].fields
    usual = common.get(phrase.kind, {})
    found = {}
    for name, field in known.items():
        value = phrase.fields.get(name, field.default if not field.required else None)
        otherwise = usual.get(name, field.default)
        given = name in phrase.fields or name in usual
        if given and (field.required or not _same(value, otherwise)):
            found[name] = value
    return found


def _same(one: Any, other: Any) -> bool:
    return not isinstance(one, SpecFormula) and type(one) is type(other) and bool(one == other)
