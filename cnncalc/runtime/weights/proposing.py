"""Which tensor of a file each weight of a network may be, told by names, order and shapes."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

from cnncalc.layers.base import Shape
from cnncalc.records import NamedTuple

COUNTERS = "num_batches_tracked"
"""What nothing reads in inference."""

Shapes = Mapping[str, Shape]
Unit = tuple[str, ...]


class Proposal(NamedTuple):
    """Pairs of our names and theirs.

    pairs: theirs by ours; without: ours for which there is none; left: theirs that are none of ours
    ambiguous: of ours how many others of theirs it could be as well
    """

    pairs: Mapping[str, str]
    without: tuple[str, ...]
    left: tuple[str, ...]
    ambiguous: Mapping[str, int]

    @property
    def by_name(self) -> bool:
        """Whether all pairs have one name."""
        return all(ours == theirs for ours, theirs in self.pairs.items())


def proposed(ours: Shapes, theirs: Shapes) -> Proposal:
    """Those of one name and shape; of the others, in this order, what is alike: a layer with the
    norm behind it, by shapes and the last part of names, then by shapes alone; single tensors, by
    both, by shapes alone. Alike ones are paired in their order."""
    ours, theirs = _in_order(_counted_out(ours)), _in_order(_counted_out(theirs))
    pairs = {name: name for name, shape in ours.items() if theirs.get(name) == shape}
    ambiguous: dict[str, int] = {}
    for units, named in ((_units, True), (_units, False), (_singles, True), (_singles, False)):
        mine, others = _rest(ours, pairs), _rest(theirs, pairs.values())
        found, unsure = _alike(units(mine), units(others), _form(mine, named), _form(others, named))
        pairs |= found
        ambiguous |= unsure
    ordered = {name: pairs[name] for name in ours if name in pairs}
    used = set(pairs.values())
    without = tuple(name for name in ours if name not in pairs)
    return Proposal(ordered, without, tuple(n for n in theirs if n not in used), ambiguous)


def _counted_out(shapes: Shapes) -> dict[str, Shape]:
    return {name: shape for name, shape in shapes.items() if last_part(name) != COUNTERS}


def _in_order(shapes: Shapes) -> dict[str, Shape]:
    """As they are; where they were sorted, as files of safetensors are, `9` before `10`."""
    names = list(shapes)
    if names == sorted(names):
        names.sort(key=_natural)
    return {name: shapes[name] for name in names}


def _natural(name: str) -> list[tuple[int, str]]:
    """What it is sorted by: digits by the number that they are."""
    parts = re.split(r"([0-9]+)", name)
    return [(len(each) if n % 2 else 0, each) for n, each in enumerate(parts)]


def _rest(shapes: Shapes, done: Iterable[str]) -> dict[str, Shape]:
    known = set(done)
    return {name: shape for name, shape in shapes.items() if name not in known}


def last_part(name: str) -> str:
    """`weight` of `conv1.weight`."""
    return name.rpartition(".")[2]


def _singles(shapes: Shapes) -> list[Unit]:
    return [(name,) for name in shapes]


def _units(shapes: Shapes) -> list[Unit]:
    """Modules in their order, those of vectors alone joined to the one before them."""
    modules: dict[str, list[str]] = defaultdict(list)
    for name in shapes:
        modules[name.rpartition(".")[0]].append(name)
    found: list[list[str]] = []
    for names in modules.values():
        if found and all(len(shapes[name]) < 2 for name in names):
            found[-1] += sorted(names, key=last_part)
        else:
            found.append(sorted(names, key=last_part))
    return [tuple(names) for names in found]


def _form(shapes: Shapes, named: bool) -> Callable[[Unit], Hashable]:
    def form(unit: Unit) -> Hashable:
        return tuple((shapes[name], last_part(name) if named else "") for name in unit)

    return form


def _alike(
    ours: Sequence[Unit],
    theirs: Sequence[Unit],
    form: Callable[[Unit], Hashable],
    form_of_theirs: Callable[[Unit], Hashable],
) -> tuple[dict[str, str], dict[str, int]]:
    """Units of one form in their order; where all forms follow one another alike, none could be
    another."""
    mine, others = [form(unit) for unit in ours], [form_of_theirs(unit) for unit in theirs]
    waiting: dict[Hashable, list[Unit]] = defaultdict(list)
    for unit, its in zip(theirs, others, strict=True):
        waiting[its].append(unit)
    counts, many = Counter(others), Counter(mine)
    pairs: dict[str, str] = {}
    ambiguous: dict[str, int] = {}
    for unit, its in zip(ours, mine, strict=True):
        if not waiting[its]:
            continue
        pairs |= zip(unit, waiting[its].pop(0), strict=True)
        if mine != others and max(counts[its], many[its]) > 1:
            ambiguous |= dict.fromkeys(unit, max(counts[its], many[its]) - 1)
    return pairs, ambiguous
