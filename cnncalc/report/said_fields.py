"""The fields of a layer, as people are told them."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.layers.base import Layer
from cnncalc.numbers import field_value


def said_fields(layer: Layer) -> Iterator[tuple[str, str]]:
    """Every field and its value, what a short spec leaves unsaid too; but no flag or word that says
    what is so anyway."""
    for name, value in layer.values().items():
        if value is not None and not _is_usual(layer.fields[name].default, value):
            yield name, field_value(value)


def _is_usual(default: object, value: object) -> bool:
    return value == default and (value is False or isinstance(value, str))
