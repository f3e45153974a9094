"""Values where they stand: what an expression may see there, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain
from typing import NoReturn

from cnncalc.budget import TooCostlyError
from cnncalc.diagnostics import Diagnostics, Note, Span, listed
from cnncalc.language.text import tree
from cnncalc.language.text.tree import Node, Scalar
from cnncalc.language.values.expressions import LONGEST, literal, parse, remedy
from cnncalc.language.values.open_sizes import open_size
from cnncalc.language.values.values import (
    YES_NO,
    ExpressionError,
    Placed,
    Shaped,
    UnknownLayerError,
    UnknownNameError,
    UnknownValueError,
    Value,
    Word,
    elements,
    named,
    output,
    truth,
)
from cnncalc.later_patterns import pattern
from cnncalc.layers.base import times
from cnncalc.layers.fields import LARGEST

SPATIAL = {
    "in_height": ((2, 3), -2),
    "in_width": ((2, 3), -1),
    "in_depth": ((3,), 1),
    "in_length": ((1,), 1),
}
"""Names of the sizes that arrive: the ranks that have them, and their axis."""

ARRIVING = ("in_channels", *SPATIAL)

_HEXADECIMAL = pattern(r"0x[0-9]+\Z")

Names = Mapping[str, Value | None]
"""Names in sight and what they stand for; None for what has an error of its own."""


class InvalidValueError(Exception):
    """A value was wrong, and is reported."""


QUIET = (InvalidValueError, UnknownValueError)
"""Faults that are reported already: what follows from them stays quiet."""


class Scope:
    """What an expression sees: names, the layers in reach, and the tensor that arrives."""

    __slots__ = ("arrival", "calls", "diagnostics", "names", "reach")

    def __init__(
        self,
        names: Names,
        arrival: Shaped | None,
        reach: Callable[[str], Placed | None],
        calls: tuple[Note, ...],
        diagnostics: Diagnostics,
    ) -> None:
        self.names = names
        self.arrival = arrival
        self.reach = reach
        self.calls = calls
        self.diagnostics = diagnostics

    def within(
        self, calls: tuple[Note, ...], names: Names, reach: Callable[[str], Placed | None]
    ) -> Scope:
        """The scope of a block that is called here: what arrives is the same."""
        return Scope(names, self.arrival, reach, calls, self.diagnostics)

    def lookup(self, name: str) -> Value:
        """What `name` stands for. Raises KeyError, UnknownValueError."""
        if name in self.names:
            value = self.names[name]
            if value is None:
                raise UnknownValueError
            return value
        if name in ARRIVING:
            return self.arriving(name)
        raise KeyError(name)

    def arriving(self, name: str) -> int:
        """A size of the tensor that arrives."""
        if self.arrival is None:
            message = f"nothing arrives here that `{name}` could measure"
            raise ExpressionError("CNN504", message)
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
            self.fail("CNN204", node, "a value is wanted, got a mapping")
        self.spend(len(node.items), node.span)
        found = tuple(self.value(item) for item in node.items)
        if any(isinstance(value, tuple) for value in found):
            self.spend(elements(found, self.diagnostics.budget.steps), node.span)
        return found

    def known(self, node: Node) -> Value | None:
        """The value at `node`; None, reported, where it has none."""
        try:
            return self.value(node)
        except QUIET:
            return None

    def scalar(self, scalar: Scalar) -> Value:
        """A number, a truth, a word, a size."""
        if scalar.empty:
            self.fail("CNN204", scalar, "a value is missing", "add it, or leave the key out")
        if "." in scalar.text and (exact := self.exact(scalar.text, scalar)) is not None:
            return exact
        try:
            expression = parse(scalar.text)
            if expression.constant is not None:
                return expression.constant
            if expression.name is not None:
                return self.word(expression.name, scalar)
            return expression.value(self.name_in_expression, self.diagnostics.budget)
        except TooCostlyError:
            self.diagnostics.too_costly(scalar.span, self.calls)
            raise
        except ExpressionError as error:
            self.fail(error.code, scalar, error.message, error.hint)
        except UnknownNameError as error:
            found = self.reached(scalar.text, scalar)  # `enc-4` is a name, too
            if found is not None:
                return found
            if isinstance(error, UnknownLayerError):
                self.no_layer(error.name, scalar)
            self.unknown(error.name, scalar)

    def name(self, scalar: Scalar) -> Value:
        """The value of what names a layer, whatever it looks like: a whole number, or a word."""
        try:
            number = parse(scalar.text).constant
        except ExpressionError:
            number = None
        return Word.at(scalar.text, scalar.span, None, self.names) if number is None else number

    def word(self, name: str, scalar: Scalar) -> Value:
        """A name's value; else the word itself, with the layer it names here."""
        try:
            return self.lookup(name)
        except KeyError:
            found = self.reached(name, scalar)
            return Word.at(name, scalar.span, None, self.names) if found is None else found

    def exact(self, path: str, scalar: Scalar) -> Value | None:
        """What an item gives by a name that may be no name in expressions: `rpn.3x3-scores`."""
        head, _, name = path[: 2 * LONGEST].partition(".")
        word = self.names.get(head)
        if not isinstance(word, Word) or word.layer is None:
            layer = self.reach(head)
            word = Word.at(head, scalar.span, layer, self.names) if layer else None
        if word is None or word.layer is None:
            return None
        found: Value | None = word.layer.outputs.get(name)
        return found

    def reached(self, name: str, scalar: Scalar) -> Value | None:
        """The layer that a text names, be it one of those that an item gives: `3x3.skip`."""
        head, *outputs = name.split(".") if len(name) <= LONGEST else (name,)
        layer = self.reach(head)
        if layer is None:
            return None
        found: Value = Word.at(head, scalar.span, layer, self.names)
        try:
            for each in outputs:
                if not isinstance(found, Word):
                    return None
                found = output(found, each)
        except ExpressionError as error:
            self.fail(error.code, scalar, error.message, error.hint)
        return found

    def name_in_expression(self, name: str) -> Value:
        """Inside a larger expression, a name must stand for something."""
        try:
            return self.lookup(name)
        except KeyError:
            layer = self.reach(name)
            if layer is None:
                raise
            return Word.at(name, None, layer, self.names)

    def condition(self, node: Node, owner: str) -> bool:
        """`when` and its like."""
        value = self.value(node)
        try:
            return truth(value, owner)
        except UnknownNameError as error:
            self.unknown(error.name, node)
        except ExpressionError as error:
            self.fail("CNN204", node, error.message, error.hint)

    def whole(self, node: Node, owner: str) -> int:
        """A count, like `repeat`."""
        value = self.value(node)
        if isinstance(value, Word) and value.layer is None and value not in YES_NO:
            self.unknown(value, node)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            message = f"`{owner}` wants a whole number of at least 0, got {named(value)}"
            code = "CNN205" if isinstance(value, int) and value < 0 else "CNN204"
            self.fail(code, node, message, whole_number(node, value))
        return value

    def shape(self, node: Node) -> tuple[int, ...]:
        """An input's shape: channels and up to three sizes."""
        found = open_size(node)
        if found and found.text not in self.names:
            message = f"`input` wants sizes that are known, got `{found.text}`"
            self.fail("CNN210", node, message, found.hint)
        value = self.value(node)
        if isinstance(value, Word) and self.names:
            self.unknown(value, node)
        sizes = value if isinstance(value, tuple) else (value,)
        whole = all(isinstance(n, int) and not isinstance(n, bool) for n in sizes)
        if not whole or not 1 <= len(sizes) <= 4 or not 1 <= min(sizes) <= max(sizes) <= LARGEST:
            message = f"`input` wants channels and up to three sizes, got {named(value)}"
            hint = "`3x224x224`, `[3, size, size]`, `10`; each is at least 1"
            if len(sizes) == 5:
                hint = "leave out the batch axis: `3x224x224`"
            self.fail("CNN210", node, message, hint)
        return sizes

    # -- costs ------------------------------------------------------------------------------

    def spend(self, steps: int, at: Span) -> None:
        """Count steps. Raises TooCostlyError, reported, beyond the budget."""
        self.diagnostics.spend(steps, at, self.calls)

    # -- faults -----------------------------------------------------------------------------

    def report(
        self, code: str, at: Span, message: str, hint: str | None = None, *notes: Note
    ) -> None:
        """Report a fault, with the calls that led to it."""
        self.diagnostics.error(code, at, message, hint, (*notes, *reversed(self.calls)))

    def report_unknown(self, name: str, node: Node) -> None:
        """Report a name that stands for nothing, at the place where it was written."""
        message = f"unknown name `{name}`"
        if isinstance(name, Word) and name.span and name.span != node.span:
            note = Note("a value is wanted here", node.span)
            self.report(
                "CNN501", name.span, message, _names_like(name, name.names, self.diagnostics), note
            )
        else:
            self.report(
                "CNN501", node.span, message, _names_like(name, self.names, self.diagnostics)
            )

    def fail(self, code: str, node: Node, message: str, hint: str | None = None) -> NoReturn:
        """Report and raise."""
        self.report(code, node.span, message, hint)
        raise InvalidValueError

    def no_layer(self, name: str, node: Node) -> NoReturn:
        """Report a name that stands for no layer, where it was written, and raise."""
        at = name.span if isinstance(name, Word) and name.span else node.span
        message = f"there is no earlier layer named `{name}`"
        self.report("CNN301", at, message, "a layer is known by its `name`, to its own list")
        raise InvalidValueError

    def unknown(self, name: str, node: Node) -> NoReturn:
        """Report an unknown name and raise."""
        self.report_unknown(name, node)
        raise InvalidValueError


def _names_like(name: str, known: Names, diagnostics: Diagnostics) -> str | None:
    """A hint that names the closest name in sight, or all of them."""
    hint = diagnostics.did_you_mean(name, chain(known, ARRIVING))
    if hint is None and name[:1].isdigit():
        hint = remedy(name)
    if hint is None and known:
        hint = f"names here: {listed(known)}"
    return hint


def whole_number(node: Node, value: Value) -> str | None:
    """How to write the whole number that was probably meant."""
    if not isinstance(node, Scalar):
        return None
    if value in YES_NO:
        return "write the number"
    if isinstance(value, float):
        if literal(node.text):
            return f"`{int(value)}`" if value.is_integer() else None
        return "`//` divides to a whole number, `round(...)` rounds to one"
    if isinstance(value, tuple) and _HEXADECIMAL.match(node.text):
        return f"`{int(node.text, 16)}`; `{node.text}` is a size, {value[0]} by {value[1]}"
    return None
