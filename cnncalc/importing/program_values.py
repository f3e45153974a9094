"""What the names of a program stand for while it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

from cnncalc.importing.drafts import Draft, Origin
from cnncalc.importing.layouts import Atom, Layout, Row, atoms, joined, sizes, whole
from cnncalc.importing.program import Operation, Sizes, StoredTensor
from cnncalc.records import NamedTuple

if TYPE_CHECKING:
    import numpy

REPEATED = -2
"""The axis of an atom that repeats what is there once."""


class Laid(NamedTuple):
    """A tensor of the network: what a layer gives, in a layout."""

    draft: Draft
    layout: Layout

    @property
    def sizes(self) -> Sizes:
        """Of the tensor, the batch among them."""
        return sizes(self.layout)


class Held(NamedTuple):
    """A tensor that the model holds, in a layout of its own dimensions, from 0.

    begin: where along its first dimension it begins, as many as the layout says follow
    """

    tensor: StoredTensor
    layout: Layout
    begin: int = 0

    @property
    def sizes(self) -> Sizes:
        """As it is seen."""
        return sizes(self.layout)

    @property
    def trained(self) -> bool:
        """Whether it is a parameter."""
        return self.tensor.sort == "parameter"

    @property
    def dtype_real(self) -> bool:
        """Whether its numbers are real ones, no places and no truths."""
        return "float" in self.tensor.dtype

    def origin(self) -> Origin:
        """As the weight of a layer, in the order in which it is seen."""
        own = [atom for atom in atoms(self.layout) if atom.axis != REPEATED]
        order = tuple(dict.fromkeys(atom.axis for atom in own))
        rest = [axis for axis in range(len(self.tensor.sizes)) if axis not in order]
        turned = (*order, *rest)
        straight = turned == tuple(range(len(turned)))
        return Origin((self.tensor.name,), None if straight else turned, self.sizes, self.part())

    def part(self) -> tuple[int, int] | None:
        """From where to where along the tensor's first dimension, if it is not all of it."""
        length = prod(atom.size for atom in atoms(self.layout) if atom.axis == 0)
        whole_one = not self.tensor.sizes or length == self.tensor.sizes[0]
        return None if whole_one else (self.begin, self.begin + length)

    def array(self) -> numpy.ndarray[Any, Any] | None:
        """Its numbers as it is seen; None where they are not at hand, it is a part, or a dimension
        repeats what it has several of."""
        if self.tensor.values is None or self.part():
            return None
        import numpy

        found = numpy.asarray(self.tensor.values())
        layout = tuple(map(once, self.layout))
        flat = list(atoms(layout))
        if any(
            row not in ((), whole_row) for row, whole_row in zip(layout, self.layout, strict=True)
        ):
            return None
        split: list[int] = []
        places: list[tuple[int, int]] = []
        for axis, size in enumerate(self.tensor.sizes):
            own = sorted((a for a in flat if a.axis == axis), key=lambda a: -a.step)
            if prod(a.size for a in own) != size:
                return None
            split += [a.size for a in own]
            places += [(a.axis, a.step) for a in own]
        order = [places.index((a.axis, a.step)) for a in flat]
        shown = found.reshape(split).transpose(order).reshape(sizes(layout))
        return numpy.broadcast_to(shown, self.sizes)


@dataclass(frozen=True, slots=True, eq=False)
class Computed:
    """A tensor that the model computes of its weights alone, by which operation, of what; it
    is the output at that `place` of the operation."""

    sizes: Sizes
    operator: str
    arguments: Mapping[str, Any]
    operation: Operation | None = None
    place: int = 0


class Lost(NamedTuple):
    """A tensor of which no layer could be made.

    why: what is said of that where something reads it; empty where it was said already
    """

    sizes: Sizes
    why: str = ""


class LastStates(NamedTuple):
    """A tensor whose first dimension is so long, of which only the end is known."""

    seen: Laid
    length: int

    @property
    def sizes(self) -> Sizes:
        """Of all of it."""
        return (self.length, *self.seen.sizes[1:])


Value = Laid | Held | Computed | LastStates | Lost


def held(tensor: StoredTensor) -> Held:
    """All of it, as it lies."""
    return Held(tensor, tuple(whole(axis, size) for axis, size in enumerate(tensor.sizes)))


def repeated(count: int) -> Row:
    """A dimension along which one value stands many times."""
    return (Atom(REPEATED, 0, count),) if count > 1 else ()


def once(row: Row) -> Row:
    """Without what is repeated."""
    return joined(atom for atom in row if atom.axis != REPEATED)
