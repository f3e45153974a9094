"""A layer's fields, filled with values; every fault of a field."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator
from typing import Any, cast

from cnncalc.diagnostics import Span, listed
from cnncalc.language.expansion.frame import Outcome, Run, Tensor
from cnncalc.language.expansion.references import References
from cnncalc.language.text.tree import Node, Scalar
from cnncalc.language.values.scope import QUIET, InvalidValueError, Scope, whole_number
from cnncalc.language.values.values import YES_NO, Placed, UnknownValueError, Value, Word, elements
from cnncalc.language.written.syntax import Fields
from cnncalc.layers.base import Layer
from cnncalc.layers.fields import (
    Choice,
    FieldError,
    FieldType,
    FreeText,
    LayerInput,
    LayerShape,
    Truth,
)
from cnncalc.network.graph import Node as GraphNode

MANY = 6
"""Words that a message lists; of more, a hint names the closest."""


class Binder:
    """Makes layers of their fields; one layer for all that are alike."""

    def __init__(self, references: References) -> None:
        self._references = references
        self._made: dict[str, Layer] = {}

    def bind(self, layer: type[Layer], fields: Fields, run: Run, scope: Scope) -> Layer:
        """The layer with its fields filled. Raises InvalidValueError, all fields read."""
        place = run.item.span
        values: dict[str, Value] = {}
        for name, node in fields.items():
            try:
                values[name] = self.value(layer.fields[name].type, node, run, scope)
            except QUIET:
                continue
        lists = [value for value in values.values() if isinstance(value, tuple)]
        if lists:
            most = scope.diagnostics.budget.steps
            scope.spend(sum(elements(value, most) for value in lists), place)
        layers = [v.layer for v in values.values() if isinstance(v, Word) and v.layer]
        told = [(each.shape, _out_of_place(each)) for each in layers]
        alike = f"{layer.kind}{values!r}{told}"  # 1, 1.0 and True are equal, and differ
        if len(values) == len(fields) and alike in self._made:
            return self._made[alike]
        bound = _bound(layer, fields, values, place, scope)
        self._made[alike] = bound
        return bound

    def besides(
        self, layer: type[Layer], fields: Fields, run: Run, scope: Scope
    ) -> Iterator[Tensor]:
        """What a layer reads besides what arrives, as its fields, which are bound, name it."""
        for name, node in fields.items():
            wanted = layer.fields[name].type
            if isinstance(wanted, LayerInput) and isinstance(node, Scalar):
                yield wanted.reads(self._references.one(node, run.frame, scope))

    def value(self, wanted: FieldType, node: Node, run: Run, scope: Scope) -> Value:
        """What a field is given; where it wants a layer's shape, what names that layer, by the
        rules of `from`. Raises InvalidValueError, UnknownValueError."""
        if isinstance(wanted, FreeText) and isinstance(node, Scalar) and not node.empty:
            return scope.names.get(node.text) or Word.at(node.text, node.span, None, scope.names)
        if not isinstance(wanted, LayerShape) or not isinstance(node, Scalar) or node.empty:
            return scope.value(node)
        found = self._references.word(node, run.frame, scope)
        if found.layer is None or found.layer.shape is None:
            raise UnknownValueError
        return found


def _out_of_place(placed: Placed) -> object:
    """The layer that a word names, out of its place."""
    output = placed.output if isinstance(placed, Outcome) else None
    return output.layer if isinstance(output, GraphNode) else None


def _bound(
    layer: type[Layer], fields: Fields, values: dict[str, Value], place: Span, scope: Scope
) -> Layer:
    accepted: dict[str, Any] = {}
    for name, value in values.items():
        try:
            accepted[name] = layer.fields[name].type.accept(value)
        except FieldError as error:
            _report(name, layer.fields[name].type, value, fields[name], error, scope)
    if len(accepted) < len(fields):
        raise InvalidValueError
    bound = layer(**accepted)
    sound = True
    for problem in bound.check():
        at = fields[problem.field].span if problem.field in fields else place
        scope.report("CNN207", at, problem.fact, problem.hint)
        sound = False
    if not sound:
        raise InvalidValueError
    return bound.resolve()


def _report(
    name: str, wanted: FieldType, value: Value, node: Node, error: FieldError, scope: Scope
) -> None:
    """Say what is wrong with a field's value, and what to write."""
    if isinstance(value, Word):
        _report_word(name, wanted, value, node, error, scope)
        return
    code = "CNN205" if _is_out_of_range(value, wanted, error) else "CNN204"
    hint = whole_number(node, value) if "whole" in error.reason else error.hint
    if isinstance(wanted, Truth) and value in (0, 1):
        hint = "`true`" if value else "`false`"
    scope.report(code, node.span, f"`{name}` {error.reason}", hint)


def _is_out_of_range(value: Value, wanted: FieldType, error: FieldError) -> bool:
    """Whether a value is of the right type."""
    values = value if isinstance(value, tuple) else (value,)
    numbers = all(isinstance(n, int | float) and not isinstance(n, bool) for n in values)
    refused = isinstance(wanted, Truth | Choice) or "whole number, got" in error.reason
    return numbers and not refused


def _report_word(
    name: str, wanted: FieldType, word: Word, node: Node, error: FieldError, scope: Scope
) -> None:
    """A word where a field wants another one, or none."""
    if word.layer is not None:
        message = f"`{name}` wants {wanted.wants}, got the layer `{word}`"
        hint = None if isinstance(wanted, LayerShape) else f"`channels({word})`"
        scope.report("CNN204", node.span, message, hint)
    elif word in YES_NO:
        hint = f"`{YES_NO[word]}`" if isinstance(wanted, Truth) else "write the number"
        scope.report("CNN204", node.span, f"`{name}` {error.reason}", hint)
    elif wanted.words:
        from cnncalc.language.text.repair import suggestion  # few specs are wrong

        known = ChainMap(dict.fromkeys(wanted.words), cast(dict[str, Any], scope.names))
        close = suggestion(word, known, scope.diagnostics)
        message = f"`{name}` {error.reason}"
        if len(wanted.words) > MANY:
            message = f"`{name}` cannot be `{word}`"
            close = close or f"one of {listed(wanted.words)}"
        scope.report("CNN206", word.span or node.span, message, close)
    else:
        scope.report_unknown(word, node)
