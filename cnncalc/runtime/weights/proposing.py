"""Which tensor of a file each weight of a network may be, told by names, order and shapes."""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from collections.abc import Hashable, Iterable, Mapping

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
    named = {name: name for name, shape in ours.items() if theirs.get(name) == shape}
    mine, others = _rest(ours, named), _rest(theirs, named)
    pairs: dict[str, str] = {}
    for units, form in (
        (_units, _named),
        (_units, _shaped),
        (_singles, _named),
        (_singles, _shaped),
    ):
        left = _rest(mine, pairs), _rest(others, pairs.values())
        pairs |= _alike(*([(form(shapes, u), u) for u in units(shapes)] for shapes in left))
    found = {name: (named | pairs)[name] for name in ours if name in named or name in pairs}
    without, left_over = _rest(ours, found), _rest(theirs, found.values())
    return Proposal(found, tuple(without), tuple(left_over), _doubts(pairs, mine, others))


def _doubts(pairs: Mapping[str, str], ours: Shapes, theirs: Shapes) -> dict[str, int]:
    """How many others each of ours could be; none where all shapes follow one another alike."""
    if [*ours.values()] == [*theirs.values()]:
        return {}
    forms = (_named, _shaped)
    counts = [
        {form: Counter(form(shapes, (name,)) for name in shapes) for form in forms}
        for shapes in (ours, theirs)
    ]
    found = {}
    for name, other in pairs.items():
        form = _named if last_part(name) == last_part(other) else _shaped
        alike = max(of[form][form(ours, (name,))] for of in counts)
        if alike > 1:
            found[name] = alike - 1
    return found


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


def _named(shapes: Shapes, unit: Unit) -> Hashable:
    return tuple((shapes[name], last_part(name)) for name in unit)


def _shaped(shapes: Shapes, unit: Unit) -> Hashable:
    return tuple(shapes[name] for name in unit)


def _alike(
    ours: Iterable[tuple[Hashable, Unit]], theirs: Iterable[tuple[Hashable, Unit]]
) -> dict[str, str]:
    """The names in units of one form, in their order."""
    waiting: dict[Hashable, deque[Unit]] = defaultdict(deque)
    for form, unit in theirs:
        waiting[form].append(unit)
    pairs: dict[str, str] = {}
    for form, unit in ours:
        if waiting[form]:
            pairs |= zip(unit, waiting[form].popleft(), strict=True)
    return pairs
