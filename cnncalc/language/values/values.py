"""Values of a spec: numbers, truths, words, lists; and why there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeGuard

from cnncalc.diagnostics import Span, listed
from cnncalc.layers.fields import counted, shown

DEEPEST = 64
"""Lists in each other."""

YES_NO = {"yes": "true", "on": "true", "no": "false", "off": "false"}


class Shaped(Protocol):
    """What flows: a layer's output, with its shape."""

    @property
    def shape(self) -> tuple[int, ...] | None:
        """Its shape; None where it could not be computed."""


class Placed(Shaped, Protocol):
    """What a word may stand for: what an item gives."""

    @property
    def outputs(self) -> Mapping[str, Any]:
        """What it gives beside its output, by name; None for what has an error of its own."""

    @property
    def runs(self) -> Sequence[Placed]:
        """What each of its runs gives; of what runs once, it alone."""


class Word(str):
    """A word that is no number: `hard_swish`, `same`, the name of a layer.

    It keeps the place where it was written, the names in sight there, and the layer it names there,
    if it names one.
    """

    __slots__ = ("layer", "names", "span")
    layer: Placed | None
    names: Mapping[str, Any]
    span: Span | None

    @classmethod
    def at(
        cls, text: str, span: Span | None, layer: Placed | None, names: Mapping[str, Any]
    ) -> Word:
        """The word `text`, written at `span`."""
        word = cls(text)
        word.span = span
        word.layer = layer
        word.names = names
        return word

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        """Kept as its text alone: what it saw is of the reading."""
        return str, (str(self),)


Value = int | float | bool | Word | tuple[Any, ...]


def elements(value: Value, most: int) -> int:
    """How many values a value is made of, itself and those within it: more than `most` where the
    lists stand too deep in each other. Many of them may be one list."""
    count, level = 1, [value] if isinstance(value, tuple) else []
    for _ in range(DEEPEST):
        count += sum(map(len, level))
        if not level or count > most:
            return count
        level = [part for parts in level for part in parts if isinstance(part, tuple)]
    return most + 1


def output(word: Word, name: str) -> Value:
    """What the item that a word names gives by that name. Raises ExpressionError, and
    UnknownValueError where that has an error."""
    assert word.layer is not None
    if word.layer.shape is None:
        raise UnknownValueError
    known = word.layer.outputs
    if name not in known:
        message = f"`{word}` has no output `{name}`"
        hint = "it says by `outputs` which of its layers can be read from outside"
        if name.isdecimal():
            hint = f"`all({word})[{name}]` is what that run makes"
        elif known:
            hint = f"it gives {listed(known)}, and `{word}` is what its last layer makes"
        raise ExpressionError("CNN309", message, hint)
    if known[name] is None:
        raise UnknownValueError
    return known[name]  # type: ignore[no-any-return]


def are_layers(value: Value | None) -> TypeGuard[tuple[Word, ...]]:
    """Whether a value is a list of layers, all of them."""
    if not isinstance(value, tuple) or not value:
        return False
    return all(isinstance(each, Word) and each.layer is not None for each in value)


def named(value: Value) -> str:
    """A value as messages name it."""
    if isinstance(value, Word) and value.layer is not None:
        return f"the layer `{value}`"
    if are_layers(value):
        return counted(len(value), "layer")
    return f"`{shown(value)}`"


class ExpressionError(Exception):
    """An expression has no value. `code` is the diagnostic's."""

    def __init__(self, code: str, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


class UnknownNameError(Exception):
    """A name stands for nothing: neither where it is used, nor, for a word that was handed over,
    where it was written."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class UnknownValueError(Exception):
    """A value depends on a layer that has an error of its own."""


def refuse_word(value: Value) -> None:
    """A word that was handed over to where a value is wanted is a name that stands for nothing."""
    if isinstance(value, Word) and value.layer is None and value not in YES_NO:
        raise UnknownNameError(value)


class UnknownLayerError(UnknownNameError):
    """A name stands for no layer."""


def number(value: Value, owner: str) -> int | float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    refuse_word(value)
    hint = f"`channels({value})`" if getattr(value, "layer", None) is not None else None
    raise ExpressionError("CNN504", f"`{owner}` wants numbers, got {named(value)}", hint)


def truth(value: Value, owner: str) -> bool:
    """A condition's value. Raises ExpressionError, UnknownNameError."""
    if isinstance(value, bool):
        return value
    refuse_word(value)
    hint = "a comparison, such as `stride > 1`"
    if isinstance(value, str) and value in YES_NO:
        hint = f"`{YES_NO[value]}`"
    raise ExpressionError("CNN504", f"`{owner}` wants `true` or `false`, got {named(value)}", hint)
