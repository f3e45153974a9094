"""The types of a layer's fields: what each accepts of the values a spec can hold."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from typing import Annotated, Any

LARGEST = 10**9
LARGEST_REAL = sys.float_info.max
LONGEST = 200
"""Characters of a value that a message shows."""


class FieldError(Exception):
    """A value is not what the field wants."""

    def __init__(self, reason: str, hint: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint


class FieldType:
    """How one field's value is read. `wants` completes "wants ..."."""

    wants: str
    words: tuple[str, ...] = ()

    def accept(self, value: Any) -> Any:
        """The value as the layer keeps it. Raises FieldError."""
        raise NotImplementedError


def shown(value: Any) -> str:
    """A value as a spec would write it; of a long list, how it begins."""
    text = ""
    for piece in _pieces(value, LONGEST):
        text += piece
        if len(text) > LONGEST:
            return f"{text[:LONGEST]}..."
    return text


def _pieces(value: Any, most: int) -> Iterator[str]:
    """The text of a value, bit by bit; of lists deeper than `most` only that they are."""
    if not isinstance(value, tuple):
        yield _plain(value)
    elif most == 0:
        yield "[...]"
    else:
        yield "["
        for number, part in enumerate(value):
            if number:
                yield ", "
            yield from _pieces(part, most - 1)
        yield "]"


def _plain(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.6g}"
    return str(value)


def _broken(number: float) -> str:
    """A number that is not whole: `2.5`, and `32.0` of a division, which is none by its type."""
    text = f"{number:.6g}"
    return str(number) if float(text).is_integer() else text


def counted(count: int, word: str) -> str:
    """`1 layer`, `12 layers`."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def arriving(count: int, word: str = "channel") -> str:
    """`the 12 channels that arrive`, `the 1 channel that arrives`."""
    return f"the {counted(count, word)} that arrive{'s' if count == 1 else ''}"


class Whole(FieldType):
    """A whole number from `minimum` to `maximum`."""

    def __init__(self, minimum: int, maximum: int = LARGEST) -> None:
        self.minimum = minimum
        self.maximum = maximum
        self.wants = f"a whole number of at least {minimum}"
        if minimum == -LARGEST:
            self.wants = "a whole number"
        if maximum < LARGEST:
            self.wants = f"a whole number from {minimum} to {maximum:,}"

    def accept(self, value: Any) -> int:
        """An int in bounds."""
        if isinstance(value, float):
            hint = "`//` divides to a whole number" if math.isfinite(value) else None
            raise FieldError(f"wants a whole number, got {_broken(value)}", hint)
        if not isinstance(value, int) or isinstance(value, bool):
            raise FieldError(f"wants a whole number, got `{shown(value)}`")
        if value < self.minimum:
            least = f"a whole number of at least {self.minimum:,}"
            bounded = self.wants if self.minimum > -LARGEST else least
            raise FieldError(f"wants {bounded}, got {value}")
        if value > self.maximum:
            raise FieldError(f"wants a whole number of at most {self.maximum:,}, got {value:,}")
        return value


class Real(FieldType):
    """A number between `minimum` and `maximum`."""

    def __init__(self, minimum: float = -LARGEST_REAL, maximum: float = LARGEST_REAL) -> None:
        self.minimum = minimum
        self.maximum = maximum
        self.wants = "a number"
        if maximum < LARGEST_REAL:
            self.wants = f"a number from {minimum:g} to {maximum:g}"
        elif minimum > -LARGEST_REAL:
            self.wants = f"a number of at least {minimum:g}"

    def accept(self, value: Any) -> float:
        """A float in bounds."""
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise FieldError(f"wants {self.wants}, got `{shown(value)}`")
        if not self.minimum <= value <= self.maximum:
            raise FieldError(f"wants {self.wants}, got {shown(value)}")
        return float(value)


class AboveZero(FieldType):
    """A number larger than 0."""

    wants = "a number above 0"

    def accept(self, value: Any) -> float:
        """A float in bounds."""
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise FieldError(f"wants {self.wants}, got `{shown(value)}`")
        if not 0 < value <= LARGEST_REAL:
            raise FieldError(f"wants {self.wants}, got {shown(value)}")
        return float(value)


class Truth(FieldType):
    """`true` or `false`."""

    wants = "`true` or `false`"

    def accept(self, value: Any) -> bool | str:
        """A bool."""
        if not isinstance(value, bool):
            raise FieldError(f"wants {self.wants}, got `{shown(value)}`")
        return value


class TruthOrWord(Truth):
    """`true`, `false`, or one of some words that say more."""

    def __init__(self, *words: str) -> None:
        self.words = words
        self.wants = ", ".join(f"`{word}`" for word in ("true", "false", *words))
        self.wants = f"one of {self.wants}"

    def accept(self, value: Any) -> bool | str:
        """A bool, or one of the words."""
        return str(value) if value in self.words else super().accept(value)


class Choice(FieldType):
    """One of some words."""

    def __init__(self, *words: str) -> None:
        self.words = words
        self.wants = "one of " + ", ".join(f"`{word}`" for word in words)

    def accept(self, value: Any) -> str:
        """One of the words."""
        if not isinstance(value, str) or value not in self.words:
            raise FieldError(f"wants {self.wants}, got `{shown(value)}`")
        return str(value)


class FreeText(FieldType):
    """A text that stands for itself."""

    wants = f"a text of at most {LONGEST} characters"

    def accept(self, value: Any) -> str:
        """The text."""
        if not isinstance(value, str) or not value.strip() or len(value) > LONGEST:
            raise FieldError(f"wants {self.wants}, got `{shown(value)}`")
        return str(value)


class PerAxis(FieldType):
    """A whole number for all axes, or one for each (`1x7`, `[1, 7]`), or one of some words."""

    def __init__(self, minimum: int, *words: str) -> None:
        self.whole = Whole(minimum)
        self.words = words
        self.wants = f"a size (`3`, `1x7`, `[1, 7]`) of at least {minimum}"
        if words:
            self.wants += " or " + ", ".join(f"`{word}`" for word in words)

    def accept(self, value: Any) -> int | str | tuple[int, ...]:
        """An int, a tuple of them, or a word."""
        if isinstance(value, str) and value in self.words:
            return str(value)
        if isinstance(value, str | bool):
            raise FieldError(f"wants {self.wants}, got `{shown(value)}`")
        if not isinstance(value, tuple):
            return self.whole.accept(value)
        if not 1 <= len(value) <= 3:
            raise FieldError(f"wants one to three sizes, got {len(value)}")
        return tuple(self.whole.accept(part) for part in value)


class OpenSizes(PerAxis):
    """A whole number for all axes, or for each axis one, or `none`: None, which keeps the axis."""

    def __init__(self) -> None:
        super().__init__(1)
        self.wants = "a size (`7`, `7x7`, `[1, none]`) of at least 1"

    def accept(self, value: Any) -> int | str | tuple[int, ...]:
        """An int, or a tuple of them and of None."""
        if not isinstance(value, tuple):
            return super().accept(value)
        known = super().accept(tuple(1 if part == "none" else part for part in value))
        assert isinstance(known, tuple)
        pairs = zip(value, known, strict=True)
        return tuple(None if part == "none" else size for part, size in pairs)  # type: ignore[misc]


class Factors(FieldType):
    """A positive number for all axes, or one for each (`2x3`, `[1.5, 2]`)."""

    wants = "a factor (`2`, `1.5`, `2x3`, `[1.5, 2]`) above 0"

    def accept(self, value: Any) -> int | float | tuple[int | float, ...]:
        """An int where it is whole, else a float, or a tuple of them."""
        if not isinstance(value, tuple):
            return self.factor(value)
        if not 1 <= len(value) <= 3:
            raise FieldError(f"wants one to three factors, got {len(value)}")
        return tuple(self.factor(part) for part in value)

    def factor(self, value: Any) -> int | float:
        """One factor. Raises FieldError."""
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise FieldError(f"wants {self.wants}, got `{shown(value)}`")
        if not 0 < value <= LARGEST:
            raise FieldError(f"wants {self.wants}, got {shown(value)}")
        return int(value) if float(value).is_integer() else float(value)


class LayerShape(FieldType):
    """The name of an earlier layer, of which the shape alone is meant."""

    wants = "the name of an earlier layer"

    def accept(self, value: Any) -> tuple[int, ...]:
        """The shape of that layer's output."""
        shape = getattr(getattr(value, "layer", None), "shape", None)
        if not isinstance(shape, tuple):
            raise FieldError(f"wants {self.wants}, got `{shown(value)}`")
        return shape


class LayerInput(LayerShape):
    """The name of an earlier layer of a kind, that is kept; what it reads is read besides what
    arrives."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.wants = f"the name of an earlier `{kind}`"

    def accept(self, value: Any) -> Any:
        """That layer, out of its place."""
        output = getattr(getattr(value, "layer", None), "output", None)
        layer = getattr(output, "layer", None)
        if getattr(layer, "kind", None) != self.kind:
            raise FieldError(f"wants {self.wants}, got `{shown(value)}`")
        return layer

    def reads(self, place: Any) -> Any:
        """What that layer reads in its place."""
        return place.inputs[0]


class Margins(FieldType):
    """A size, or per axis a pair, before and after (`[[0, 1], [0, 1]]`), or one of some words."""

    def __init__(self, *words: str) -> None:
        self.size = PerAxis(0)
        self.whole = Whole(0)
        self.words = words
        self.wants = f"{self.size.wants}, or per axis `[before, after]`"
        if words:
            self.wants += ", or " + ", ".join(f"`{word}`" for word in words)

    def accept(self, value: Any) -> int | str | tuple[int | tuple[int, int], ...]:
        """An int, per axis an int or a pair, or a word."""
        if isinstance(value, str | bool) and value not in self.words:
            raise FieldError(f"wants {self.wants}, got `{shown(value)}`")
        if isinstance(value, str):
            return str(value)
        if not isinstance(value, tuple) or not any(isinstance(part, tuple) for part in value):
            return self.size.accept(value)
        if len(value) > 3 or not all(isinstance(p, tuple) and len(p) == 2 for p in value):
            raise FieldError(f"wants {self.wants}, got `{shown(value)}`")
        return tuple((self.whole.accept(p[0]), self.whole.accept(p[1])) for p in value)


class ConnectionTable(FieldType):
    """For each filter the list of channels that it reads, counted from 0."""

    wants = "a list of channels for each filter (`[[0, 1], [1, 2]]`)"

    def __init__(self) -> None:
        self.whole = Whole(0)

    def accept(self, value: Any) -> tuple[tuple[int, ...], ...]:
        """A tuple of tuples of ints."""
        if not isinstance(value, tuple) or not all(isinstance(row, tuple) for row in value):
            raise FieldError(f"wants {self.wants}, got `{shown(value)}`")
        return tuple(tuple(self.whole.accept(channel) for channel in row) for row in value)


Words = Annotated[str, FreeText()]
Positive = Annotated[int, Whole(1)]
OptionalPositive = Annotated[int | None, Whole(1)]
WholeNumber = Annotated[int, Whole(-LARGEST)]
OptionalWhole = Annotated[int | None, Whole(-LARGEST)]
NonNegative = Annotated[int, Whole(0)]
OptionalIndex = Annotated[int | None, Whole(0)]
Number = Annotated[float, Real()]
NonNegativeNumber = Annotated[float, Real(0)]

OptionalNonNegativeNumber = Annotated[float | None, Real(0)]
PositiveNumber = Annotated[float, AboveZero()]
OptionalPositiveNumber = Annotated[float | None, AboveZero()]
OptionalNumber = Annotated[float | None, Real()]
Fraction = Annotated[float, Real(0, 1)]
Flag = Annotated[bool, Truth()]
OptionalFlag = Annotated[bool | None, Truth()]
Size = Annotated[int | tuple[int, ...], PerAxis(1)]
OptionalSize = Annotated[int | tuple[int, ...] | None, PerAxis(1)]
OffsetSize = Annotated[int | tuple[int, ...], PerAxis(0)]
Sides = int | str | tuple[int | tuple[int, int], ...]
Padding = Annotated[Sides, Margins("half", "same", "valid")]
ConvPadding = Annotated[Sides, Margins("half", "same", "valid", "causal")]
TransposedPadding = Annotated[int | str | tuple[int, ...], PerAxis(0, "half", "same", "valid")]
OptionalEdges = Annotated[int | tuple[int | tuple[int, int], ...] | None, Margins()]
OptionalFactors = Annotated[int | float | tuple[int | float, ...] | None, Factors()]
OpenSize = Annotated[int | tuple[int | None, ...], OpenSizes()]
OptionalLikeness = Annotated[tuple[int, ...] | None, LayerShape()]
OptionalTable = Annotated[tuple[tuple[int, ...], ...] | None, ConnectionTable()]
Rounding = Annotated[str, Choice("floor", "ceil")]
