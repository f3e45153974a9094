"""Values that are repeated, as a layer that repeats them."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import Any

from cnncalc.importing.layouts import BATCH, Atom, Layout, Row, atoms, joined, whole
from cnncalc.importing.making import Called, Making
from cnncalc.importing.program_values import REPEATED, Laid


def with_repeated(making: Making, call: Called) -> Called:
    """The same operation, of tensors of layers that hold what is repeated as often as it is seen;
    the same one where nothing is."""
    given = {name: _repeated(making, each) for name, each in call.given.items()}
    return call if given == call.given else replace(call, given=given)


def _repeated(making: Making, value: Any) -> Any:
    if isinstance(value, Laid):
        return repeated_values(making, value)
    if isinstance(value, tuple) and not hasattr(value, "sizes"):
        return tuple(_repeated(making, part) for part in value)
    return value


def repeated_values(making: Making, seen: Laid) -> Laid:
    """The tensor of a layer that has what is repeated along an axis: between the channels and the
    other axes, which are one."""
    layout = _of_each_sample(seen.layout, making.program.batch)
    count = prod(atom.size for atom in atoms(layout) if atom.axis == REPEATED)
    if count == 1:
        return Laid(seen.draft, layout)
    channels, *space = seen.draft.shape
    rest = (prod(space),) if space else ()
    once = making.layer("reshape", {"sizes": (channels, 1, *rest)}, [seen.draft])
    draft = making.layer("upsample", {"size": (count, *rest) if rest else count}, [once])
    behind = count
    rows: list[Row] = []
    for row in layout:
        found = []
        for atom in row:
            if atom.axis == REPEATED:
                behind //= atom.size
                found.append(Atom(1, behind, atom.size))
            elif atom.axis > 0:
                step = atom.step * prod(space[atom.axis :])
                found.append(Atom(2, step, atom.size))
            else:
                found.append(atom)
        rows.append(joined(found))
    return Laid(draft, tuple(rows))


def _of_each_sample(layout: Layout, batch: int) -> Layout:
    """Where nothing is of a sample, what the first dimension repeats as often as there are samples
    is one of each."""
    if any(atom.axis == BATCH for atom in atoms(layout)) or not layout:
        return layout
    first = layout[0]
    if first and all(a.axis == REPEATED for a in first) and prod(a.size for a in first) == batch:
        return (whole(BATCH, batch), *layout[1:])
    return layout
