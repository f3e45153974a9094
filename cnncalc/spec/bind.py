"""Values where they stand: what an expression may see, and a layer's fields filled from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from cnncalc.diagnostics import Diagnostics, Note, Span, did_you_mean
from cnncalc.layers.base import Layer, times
from cnncalc.layers.fields import LARGEST, FieldError
from cnncalc.spec import source as tree
from cnncalc.spec.expressions import (
    ExpressionError,
    Placed,
    UnknownNameError,
    UnknownValueError,
    Value,
    Word,
    parse,
    truth,
)
from cnncalc.spec.source import Node, Scalar
from cnncalc.spec.syntax import Fields

SPATIAL = {
    "in_height": ((2, 3), -2),
    "in_width": ((2, 3), -1),
    "in_depth": ((3,), 1),
    "in_length": ((1,), 1),
}
"""Names of the sizes that arrive: the ranks that have them, and their axis."""

ARRIVING = ("in_channels", *SPATIAL)

YES_NO = {"yes": "true", "on": "true", "no": "false", "off": "false"}


class InvalidValueError(Exception):
    """A value was wrong, and is reported."""


class Scope:
    """What an expression sees: names, the layers in reach, and the tensor that arrives."""

    __slots__ = ("arrival", "calls", "diagnostics", "names", "reach")

    def __init__(
        self,
        names: Mapping[str, Value],
        arrival: Placed | None,
        reach: Callable[[str], Placed | None],
        calls: tuple[Note, ...],
        diagnostics: Diagnostics,
    ) -> None:
        self.names = names
        self.arrival = arrival
        self.reach = reach
        self.calls = calls
        self.diagnostics = diagnostics

    def lookup(self, name: str) -> Value:
        """What `name` stands for. Raises KeyError."""
        if name in self.names:
            return self.names[name]
        if name in ARRIVING:
            return self.arriving(name)
        raise KeyError(name)

    def arriving(self, name: str) -> int:
        """A size of the tensor that arrives."""
        if self.arrival is None:
            message = f"nothing arrives here that `{name}` could measure"
            raise ExpressionError("CNN504", message, "`from: NAME` says what the layer reads")
        shape = self.arrival.shape
        if shape is None:
            raise UnknownValueError
        if name == "in_channels":
            return shape[0]
        ranks, axis = SPATIAL[name]
        if len(shape) - 1 not in ranks:
            message = f"{times(shape)} arrives here, which has no `{name}`"
            raise ExpressionError("CNN504", message)
        return shape[axis]

    # -- values -----------------------------------------------------------------------------

    def value(self, node: Node) -> Value:
        """The value at `node`. Raises InvalidValueError, reported, and UnknownValueError."""
        if isinstance(node, Scalar):
            return self.scalar(node)
        if isinstance(node, tree.Mapping):
            self.fail("CNN204", node, "wants a value, got a mapping")
        return tuple(self.value(item) for item in node.items)

    def scalar(self, scalar: Scalar) -> Value:
        """A number, a truth, a word, a size."""
        if scalar.empty:
            self.fail("CNN204", scalar, "a value is missing")
        try:
            expression = parse(scalar.text)
            if expression.name is None:
                return expression.value(self.name_in_expression)
            return self.word(expression.name, scalar)
        except ExpressionError as error:
            self.fail(error.code, scalar, error.message, error.hint)
        except UnknownNameError as error:
            self.unknown(str(error), scalar)

    def word(self, name: str, scalar: Scalar) -> Value:
        """A name's value; else the word itself, with the layer it names here."""
        try:
            return self.lookup(name)
        except KeyError:
            return Word.at(name, scalar.span, self.reach(name))

    def name_in_expression(self, name: str) -> Value:
        """Inside a larger expression, a name must stand for something."""
        try:
            return self.lookup(name)
        except KeyError:
            layer = self.reach(name)
            if layer is None:
                raise
            return Word.at(name, None, layer)

    def condition(self, node: Node) -> bool:
        """`when` and its like."""
        value = self.value(node)
        if isinstance(value, Word) and value.layer is None and value not in YES_NO:
            self.unknown(value, node)
        try:
            return truth(value)
        except ExpressionError as error:
            self.fail(error.code, node, error.message, error.hint)

    def whole(self, node: Node, owner: str, least: int = 0) -> int:
        """A count, like `repeat`."""
        value = self.value(node)
        if isinstance(value, Word):
            self.unknown(value, node)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            hint = "`//` divides to a whole number" if isinstance(value, float) else None
            message = f"`{owner}` wants a whole number of at least {least}, got {value}"
            self.fail("CNN205", node, message, hint)
        return value

    def shape(self, node: Node) -> tuple[int, ...]:
        """An input's shape: channels and up to three sizes."""
        value = self.value(node)
        if isinstance(value, Word):
            self.unknown(value, node)
        sizes = value if isinstance(value, tuple) else (value,)
        whole = all(isinstance(n, int) and not isinstance(n, bool) for n in sizes)
        if not whole or not 1 <= len(sizes) <= 4 or not 1 <= min(sizes) <= max(sizes) <= LARGEST:
            message = "`input` wants channels and up to three sizes, all of at least 1"
            self.fail("CNN210", node, message, "`3x224x224`, `[3, size, size]`, `10`")
        return sizes

    # -- faults -----------------------------------------------------------------------------

    def fail(self, code: str, node: Node | Word, message: str, hint: str | None = None) -> NoReturn:
        """Report and raise."""
        assert node.span is not None
        self.diagnostics.error(code, node.span, message, hint, reversed(self.calls))
        raise InvalidValueError

    def unknown(self, name: str, node: Node | Word) -> NoReturn:
        """A name that stands for nothing, at the place where it was written."""
        at = name if isinstance(name, Word) and name.span else node
        hint = did_you_mean(name, [*self.names, *ARRIVING])
        if hint is None and self.names:
            hint = f"names here: {', '.join(self.names)}"
        self.fail("CNN501", at, f"unknown name `{name}`", hint)

    # -- layers -----------------------------------------------------------------------------

    def bind(self, layer: type[Layer], fields: Fields, place: Span) -> Layer:
        """The layer with its fields filled. Raises InvalidValueError, all fields read."""
        values: dict[str, Any] = {}
        sound = True
        for name, node in fields.items():
            try:
                values[name] = self.field(layer, name, node)
            except (InvalidValueError, UnknownValueError):
                sound = False
        if not sound:
            raise InvalidValueError
        bound = layer(**values)
        for problem in bound.check():
            at = fields[problem.field].span if problem.field in fields else place
            notes = reversed(self.calls)
            self.diagnostics.error("CNN207", at, problem.fact, problem.hint, notes)
            sound = False
        if not sound:
            raise InvalidValueError
        return bound.resolve()

    def field(self, layer: type[Layer], name: str, node: Node) -> Any:
        """One field's value, as the layer keeps it."""
        value = self.value(node)
        kind = layer.fields[name].type
        try:
            return kind.accept(value)
        except FieldError as error:
            if isinstance(value, Word) and value in YES_NO and kind.wants.startswith("`true`"):
                self.fail("CNN204", value, f"`{name}` {error.reason}", f"`{YES_NO[value]}`")
            if isinstance(value, Word) and not kind.words:
                self.unknown(value, node)
            hint = error.hint
            if kind.words and isinstance(value, str):
                hint = did_you_mean(value, kind.words)
            code = "CNN206" if kind.words else _code(value)
            self.fail(code, node, f"`{name}` {error.reason}", hint)


def _code(value: Value) -> str:
    """Out of range, or of the wrong type."""
    return "CNN205" if isinstance(value, int) and not isinstance(value, bool) else "CNN204"
