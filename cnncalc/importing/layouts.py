"""How a tensor of a program lies in what a layer gives: which axes of it, in which order.

A tensor is a layer's output seen in a layout: each of its dimensions is a row of atoms, and an atom
a part of one axis of the layer's output: `step` apart, `size` of them. `view`, `permute`,
`transpose` and their like change the layout alone, and no layer comes of them; a layer that needs
the axes in their own order asks for it, and what then has to move becomes a layer.

    256 channels of 14x14, a sequence of N x 196 x 256:
        (batch) (row, column) (channel)
    8 heads of 32 of them, N x 8 x 196 x 32:
        (batch) (every 32nd channel) (row, column) (32 channels)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import prod

from cnncalc.records import NamedTuple

BATCH = -1
"""The axis of the samples, which no layer sees; the others count from 0, the channels."""


class LayoutError(Exception):
    """A tensor is seen in a way that no layout says; the message says how."""


class Atom(NamedTuple):
    """Every `step`-th place of an axis, `size` of them."""

    axis: int
    step: int
    size: int


Row = tuple[Atom, ...]
"""The atoms of a dimension, the slowest first; none for one of size 1."""

Layout = tuple[Row, ...]
"""A row for each dimension of a tensor."""


def whole(axis: int, size: int) -> Row:
    """A dimension that is an axis."""
    return (Atom(axis, 1, size),) if size > 1 else ()


def natural(shape: Sequence[int], batch: int) -> Layout:
    """Samples, channels, and the axes of space or time: as a layer gives them."""
    return (whole(BATCH, batch), *(whole(axis, size) for axis, size in enumerate(shape)))


def joined(atoms: Iterable[Atom]) -> Row:
    """The same places, neighbours of an axis as one atom."""
    found: list[Atom] = []
    for atom in atoms:
        if atom.size == 1:
            continue
        last = found[-1] if found else None
        if last and last.axis == atom.axis and last.step == atom.step * atom.size:
            found[-1] = Atom(atom.axis, atom.step, last.size * atom.size)
        else:
            found.append(atom)
    return tuple(found)


def size(row: Row) -> int:
    """Of the dimension."""
    return prod(atom.size for atom in row)


def sizes(layout: Layout) -> tuple[int, ...]:
    """Of the tensor."""
    return tuple(map(size, layout))


def axes(row: Row) -> set[int]:
    """Those a dimension has parts of."""
    return {atom.axis for atom in row}


def viewed(layout: Layout, wanted: Sequence[int]) -> Layout:
    """The same numbers in the same order, in other dimensions. Raises LayoutError where one of them
    would begin or end within an atom at a place that does not divide it."""
    waiting = [atom for row in layout for atom in row]
    found = []
    for count in wanted:
        row: list[Atom] = []
        while count > 1:
            if not waiting:
                raise LayoutError("it has other sizes")
            axis, step, many = waiting.pop(0)
            if count % many == 0:
                row.append(Atom(axis, step, many))
                count //= many
            elif many % count == 0:
                row.append(Atom(axis, step * (many // count), count))
                waiting.insert(0, Atom(axis, step, many // count))
                count = 1
            else:
                raise LayoutError(f"{many} is split unevenly")
        found.append(joined(row))
    if waiting:
        raise LayoutError("it has other sizes")
    return tuple(found)


def permuted(layout: Layout, order: Sequence[int]) -> Layout:
    """The dimensions in another order; those of negative numbers are counted from the last."""
    return tuple(layout[number] for number in order)


def without(layout: Layout, dimensions: Iterable[int]) -> Layout:
    """Those dimensions left out."""
    gone = {number % len(layout) for number in dimensions}
    return tuple(row for number, row in enumerate(layout) if number not in gone)


def padded(layout: Layout, dimensions: int) -> Layout:
    """With dimensions of size 1 in front, as broadcasting adds them."""
    return ((),) * (dimensions - len(layout)) + layout


def atoms(layout: Layout) -> Iterator[Atom]:
    """All of them, in the order in which the numbers lie."""
    for row in layout:
        yield from row
