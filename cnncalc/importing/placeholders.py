"""What of a program cannot be said, as operations of which only numbers are known.

Around an operation that no layer says stands the module that calls it, around that one the next,
and last the model. An operation that gives the same numbers takes the place of the smallest of
these that reads and gives what layers could; of an operation that the model itself calls, the
operation alone, or with those beside it. MACs are those that the model's own framework counts in
its operations, parameters those of the module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import prod

from cnncalc.importing.checked import Imported, ImportingError, checked
from cnncalc.importing.drafting import drafted
from cnncalc.importing.drafts import Blocker, Draft, Sketch
from cnncalc.importing.passes import settled
from cnncalc.importing.program import (
    FOREIGN,
    Argument,
    Operation,
    PassedTensor,
    Program,
    Site,
    StoredTensor,
)
from cnncalc.importing.recognised import recognised

MOST_ROUNDS = 40
"""How often a program is read again, with more of it stated."""

NO_ROOM = "and no module around it but the model can be stated"


def of_program_with_placeholders(program: Program) -> Imported:
    """A program as a spec in which `foreign` layers stand for what cannot be said. Raises
    ImportingError where they cannot, DifferenceError."""
    stating = _Stating(program)
    for _ in range(MOST_ROUNDS):
        stated = stating.program()
        sketch = drafted(recognised(stated))
        sketch = sketch._replace(blockers=sketch.blockers or tuple(_used_twice(sketch)))
        if not sketch.blockers:
            found = checked(settled(sketch._replace(program=_counted_as(sketch, program))))
            return found._replace(notes=(*stating.notes(), *found.notes))
        stating.widen(sketch.blockers)
    raise ImportingError(sketch.blockers)


def _used_twice(sketch: Sketch) -> Iterator[Blocker]:
    """Layers that use a parameter of another one, of which they are no second call."""
    owners: dict[str, Draft] = {}
    for draft in sketch.layers:
        for origin in draft.weights.values():
            for name in origin.tensors if origin.part is None else ():
                if owners.setdefault(name, draft) is not draft and draft.shares is None:
                    what = f"`{name}` is a weight of another layer, too"
                    yield Blocker(what, draft.kind, draft.site)


def _counted_as(sketch: Sketch, program: Program) -> Program:
    return sketch.program._replace(counted=program.counted)


@dataclass(eq=False)
class _Region:
    """The operations from `first` to before `last`, which are stated.

    site: the module that they are, or the operation; rungs: what is tried next, the smallest first
    why: what of them cannot be said
    """

    first: int
    last: int
    site: Site
    called: str
    rungs: list[tuple[int, int, Site, str]]
    why: list[Blocker] = field(default_factory=list)


class _Stating:
    """A program of which more and more is stated."""

    def __init__(self, program: Program) -> None:
        self.raw = program
        self.macs = program.macs() if program.macs else None
        self.regions: list[_Region] = []
        self.made = {o.name: i for i, op in enumerate(program.operations) for o in op.outputs}
        self.own = _follows_from_inputs(program)
        self.tensors = _tensors_of(program)

    # -- which ------------------------------------------------------------------------------

    def widen(self, blockers: Sequence[Blocker]) -> None:
        """State what cannot be said, or more around it. Raises ImportingError where there is no
        more."""
        self.grown: set[int] = set()
        stuck = [each for each in blockers if not self._widened(each)]
        if stuck:
            raise ImportingError(
                tuple(each._replace(what=f"{each.what}, {NO_ROOM}") for each in stuck)
            )
        self._merge()

    def _widened(self, blocker: Blocker) -> bool:
        place = self._place(blocker)
        if place is None:
            return False
        region = next((r for r in self.regions if r.first <= place < r.last), None)
        if region is None:
            region = _Region(place, place, blocker.site, "", self._rungs(place))
            self.regions.append(region)
        region.why.append(blocker)
        if id(region) in self.grown:
            return True
        if not region.rungs:
            return False
        self.grown.add(id(region))
        region.first, region.last, region.site, region.called = region.rungs.pop(0)
        return True

    def _place(self, blocker: Blocker) -> int | None:
        """Which operation cannot be said; of one that was written otherwise, one that stands where
        it does."""
        if blocker.output in self.made:
            return self.made[blocker.output]
        there = (i for i, op in enumerate(self.raw.operations) if op.site == blocker.site)
        return next(there, None)

    def _rungs(self, place: int) -> list[tuple[int, int, Site, str]]:
        operation = self.raw.operations[place]
        site = operation.site
        if not site.module:
            beside = self._run(place, lambda each: not each.module)
            alone = (place, place + 1, site, operation.operator)
            rest = (*beside, site, f"{site.kind or self.raw.name}.forward")
            return [alone, rest] if beside != alone[:2] else [alone]
        words = site.module.split(".")
        found = []
        for length in range(len(words), 0, -1):
            path = ".".join(words[:length])
            kind = self.raw.modules.get(path, site.kind if length == len(words) else "")
            run = self._run(place, partial(_stands_in, path))
            here = site._replace(module=path, kind=kind)
            found.append((*run, here, self.raw.classes.get(path) or kind or path))
        return list({rung[:2]: rung for rung in reversed(found)}.values())[::-1]

    def _run(self, place: int, belongs: Callable[[Site], bool]) -> tuple[int, int]:
        """The operations beside one another that belong to a module, around one of them."""
        operations, first, last = self.raw.operations, place, place + 1
        while first and belongs(operations[first - 1].site):
            first -= 1
        while last < len(operations) and belongs(operations[last].site):
            last += 1
        return first, last

    def _merge(self) -> None:
        """Regions that lie in each other as the outer one."""
        kept: list[_Region] = []
        for region in sorted(self.regions, key=lambda each: (each.first, -each.last)):
            if kept and region.first < kept[-1].last:
                kept[-1].why += region.why
                kept[-1].last = max(kept[-1].last, region.last)
            else:
                kept.append(region)
        self.regions = kept

    # -- the program ------------------------------------------------------------------------

    def program(self) -> Program:
        """The program with an operation in the place of each region."""
        if not self.regions:
            return self.raw
        if self.macs is None:
            what = "the MACs of its operations cannot be counted, so none can be stated"
            raise ImportingError(tuple(w._replace(what=what) for r in self.regions for w in r.why))
        operations: list[Operation] = []
        self.counted: set[int] = set()
        place = 0
        used = self._used_outside()
        for region in self.regions:
            operations += self.raw.operations[place : region.first]
            operations += self._stated(region, used)
            place = region.last
        operations += self.raw.operations[place:]
        return self.raw._replace(operations=tuple(operations))

    def _stated(self, region: _Region, used: set[str]) -> Iterator[Operation]:
        """Those that follow from weights alone as they are, and one in place of the others."""
        inner = self.raw.operations[region.first : region.last]
        yield from (op for op in inner if not self._follows(op))
        rest = [op for op in inner if self._follows(op)]
        made = {output.name: output for op in rest for output in op.outputs}
        inputs = dict.fromkeys(ref for op in rest for ref in op.refs() if ref.name not in made)
        outputs = tuple(made[name] for name in self._read_outside(region, made))
        if not outputs:
            return
        held = self._held(region, rest) - used
        places = self._computed_for(rest) - self.counted
        besides = [self.raw.operations[place] for place in places]
        self.counted |= places
        params, buffers = (
            tuple(n for n in sorted(held) if self.tensors[n].sort == sort)
            for sort in ("parameter", "buffer")
        )
        assert self.macs is not None
        arguments: dict[str, Argument] = {
            "inputs": tuple(inputs),
            "module": region.called[-200:],
            "macs": sum(self.macs.get(op.outputs[0].name, 0) for op in (*rest, *besides)),
            "params": sum(prod(self.tensors[n].sizes) for n in params),
            "buffers": sum(prod(self.tensors[n].sizes) for n in buffers),
            "params_of": params,
            "buffers_of": buffers,
        }
        yield Operation(FOREIGN, arguments, outputs, region.site)

    def _follows(self, operation: Operation) -> bool:
        """Whether what an operation gives follows from what the network reads."""
        return any(self.own[output.name] for output in operation.outputs[:1])

    def _read_outside(self, region: _Region, made: Mapping[str, PassedTensor]) -> list[str]:
        """What others read of it, in the order in which it is made."""
        outside = (
            *self.raw.operations[: region.first],
            *self.raw.operations[region.last :],
        )
        read = {ref.name for op in outside for ref in op.refs()}
        read |= {ref.name for ref in self.raw.outputs.values()}
        inner = self.raw.operations[region.first : region.last]
        read |= {ref.name for op in inner if not self._follows(op) for ref in op.refs()}
        return [name for name in made if name in read]

    def _held(self, region: _Region, operations: Sequence[Operation]) -> set[str]:
        """The tensors of the module, whether inference uses them or not, and those that its
        operations use besides."""
        path = region.site.module
        own = {
            name
            for name, stored in self.tensors.items()
            if path and _within(name, path) and stored.persistent
        }
        return own | self._uses(operations)

    def _uses(self, operations: Sequence[Operation]) -> set[str]:
        """The stored tensors that operations read, or what they read is made of."""
        inner = [self.raw.operations[place] for place in self._computed_for(operations)]
        read = (ref.name for op in (*operations, *inner) for ref in op.refs())
        return {self.raw.stored[name].name for name in read if name in self.raw.stored}

    def _computed_for(self, operations: Iterable[Operation]) -> set[int]:
        """The operations on weights alone that make what others read."""
        found: set[int] = set()
        waiting = [ref.name for op in operations for ref in op.refs()]
        while waiting:
            name = waiting.pop()
            place = self.made.get(name)
            if place is not None and place not in found and not self.own[name]:
                found.add(place)
                waiting += [ref.name for ref in self.raw.operations[place].refs()]
        return found

    def _used_outside(self) -> set[str]:
        """By the operations of which layers are made."""
        covered = {i for region in self.regions for i in range(region.first, region.last)}
        return self._uses(
            [
                op
                for i, op in enumerate(self.raw.operations)
                if i not in covered and self._follows(op)
            ]
        )

    def notes(self) -> Iterator[str]:
        """What is stated, and why."""
        for region in self.regions:
            first = region.why[0]
            yield f"{region.called}, stated in numbers alone: {first.what} ({first.site})"


def _stands_in(path: str, site: Site) -> bool:
    return _within(site.module, path)


def _within(name: str, path: str) -> bool:
    return name == path or name.startswith(f"{path}.")


def _follows_from_inputs(program: Program) -> dict[str, bool]:
    """Whether what operations give depends on what the network reads."""
    own = dict.fromkeys(program.inputs, True)
    for operation in program.operations:
        depends = any(own.get(ref.name, False) for ref in operation.refs())
        own |= {output.name: depends for output in operation.outputs}
    return own


def _tensors_of(program: Program) -> dict[str, StoredTensor]:
    return {stored.name: stored for stored in program.stored.values()}
