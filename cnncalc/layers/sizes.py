"""Fields that give the axes of a shape: their sizes, or their order."""

from typing import Annotated, Any

from cnncalc.layers.axes import LAST, OneAxis
from cnncalc.layers.fields import FieldError, FieldType, Whole, shown

OPEN = -1
"""The size that follows from the others."""


class EverySize(FieldType):
    """A size for each of one to four axes; -1, once, stands for the one that is left."""

    wants = "sizes (`64x7x7`, `[64, -1]`), each at least 1, one of them perhaps -1"
    whole = Whole(1)

    def accept(self, value: Any) -> tuple[int, ...]:
        """A tuple of ints."""
        parts = value if isinstance(value, tuple) else (value,)
        if not 1 <= len(parts) <= LAST + 1:
            raise FieldError(f"wants one to four sizes, got {len(parts)}")
        if parts.count(OPEN) > 1:
            raise FieldError(f"wants one -1 at most, got `{shown(value)}`")
        return tuple(self.size(part) for part in parts)

    def size(self, part: Any) -> int:
        """One of them."""
        return OPEN if isinstance(part, int) and part == OPEN else self.whole.accept(part)


class KnownSizes(EverySize):
    """A size for each of one to four axes."""

    wants = "sizes (`64x7x7`, `[64, 7]`), each at least 1"

    def size(self, part: Any) -> int:
        return self.whole.accept(part)


class AxisOrder(FieldType):
    """The axes of a shape, in another order."""

    wants = "axes in their new order (`[1, 0]`, `[height, channels, width]`)"
    axis = OneAxis()

    def accept(self, value: Any) -> tuple[int | str, ...]:
        """A tuple of words and numbers."""
        parts = value if isinstance(value, tuple) else (value,)
        if not 1 <= len(parts) <= LAST + 1 or any(isinstance(part, tuple) for part in parts):
            raise FieldError(f"wants {self.wants}, got `{shown(value)}`")
        if len(set(parts)) < len(parts):
            raise FieldError(f"wants each axis once, got `{shown(value)}`")
        return tuple(self.axis.accept(part) for part in parts)  # type: ignore[misc]


AllSizes = Annotated[tuple[int, ...], EverySize()]
WholeShape = Annotated[tuple[int, ...], KnownSizes()]
Order = Annotated[tuple[int | str, ...], AxisOrder()]
