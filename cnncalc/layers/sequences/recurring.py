"""What recurrent layers do in training, step by step, as PyTorch's RNN.cpp does it."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.layers.base import Kept, Stage
from cnncalc.layers.stages import local, of_weights
from cnncalc.records import NamedTuple

AHEAD, BEHIND = 2, 3
"""Steps that are told one by one, first and last; of those between all are alike, and none holds
more than those behind them."""


class Cell(NamedTuple):
    """A state at work, in one layer and direction.

    run: what that is called; kind: of the layer
    units, given: of the state, and what it gives; steps: how many it takes
    gates: numbers of a step's product
    weights: of the states, by their names, the computed ones among them; biased: whether it trains
    """

    run: str
    kind: str
    units: int
    given: int
    steps: int
    gates: int
    weights: tuple[str, ...]
    biases: tuple[str, ...] = ()

    def named(self, what: str, step: int | str) -> str:
        """A tensor of a step."""
        return f"{what} {self.run} {step}"


def every_step(cell: Cell, read: str) -> Iterator[Stage]:
    """All steps, then what they gave side by side, while what they read is there."""
    before = cell.named("h", "begin")
    yield Stage(Kept(before, cell.given), ("begin",), view=True)
    if cell.kind == "lstm":
        yield Stage(Kept(cell.named("c", "begin"), cell.units), ("begin cells",), view=True)
    last: int | str = "begin"
    gave: list[str] = []
    between = max(0, cell.steps - AHEAD - BEHIND)
    ahead = range(AHEAD if between else cell.steps)
    for step in ahead:
        yield from _step(cell, last, step)
        gave.append(cell.named("h", step))
        last = step
    if between:
        yield from _between(cell, between, last)
        gave.append(cell.named("all", "between"))
        last = "between"
    for step in range(max(AHEAD + between, len(ahead)), cell.steps):
        yield from _step(cell, last, step)
        gave.append(cell.named("h", step))
        last = step
    states = Kept(f"states {cell.run}", cell.given * cell.steps)
    final = (cell.named("h", last), *((cell.named("c", last),) if cell.kind == "lstm" else ()))
    beside = (*final, f"pieces {cell.run}", read)
    yield Stage(states, (*gave,), handed=(*gave,), beside=beside)


def _piece(cell: Cell, now: int | str, count: int = 1) -> Stage:
    """What the input makes of a step, seen."""
    pieces = f"pieces {cell.run}"
    piece = Kept(cell.named("piece", now), cell.gates * count)
    return Stage(piece, (pieces,), view=True, handed=(pieces,))


def _product(cell: Cell, last: int | str, now: int | str, piece: str) -> Stage:
    """The state before by its weight, and the bias; a `piece` is added in place."""
    weight, before = cell.weights[0], cell.named("h", last)
    added = (piece,) if piece else ()
    reads = (weight, before, *cell.biases, *added)
    keeps = (of_weights(local(before)), *((local(weight),) if last != "begin" else ()))
    return Stage(Kept(cell.named("gates", now), cell.gates), reads, keeps, handed=added)


def _step(cell: Cell, last: int | str, now: int | str) -> Iterator[Stage]:
    yield _piece(cell, now)
    yield from {"rnn": _rnn, "lstm": _lstm, "gru": _gru}[cell.kind](cell, last, now)


def _rnn(cell: Cell, last: int | str, now: int | str) -> Iterator[Stage]:
    """h' = tanh(gates)."""
    yield _product(cell, last, now, cell.named("piece", now))
    state = Kept(cell.named("h", now), cell.units)
    yield Stage(state, (cell.named("gates", now),), (state,))


def _parted(cell: Cell, made: str, read: str, count: int, bent: bool = False) -> Iterator[Stage]:
    """What is split; the gradients of its parts are put together. bent: whether each part is put
    through a curve where it lies"""
    keeps, handed = ((local(read),), ()) if bent else ((), (made,))
    whole = Kept(made, count * cell.units)
    yield Stage(whole, (read,), view=True, parts=True, narrow=True)
    for part in range(count):
        one = Stage(Kept(f"{made} {part}", cell.units), (made,), keeps, view=True, handed=handed)
        yield one._replace(narrow=bent)


def _lstm(cell: Cell, last: int | str, now: int | str) -> Iterator[Stage]:
    """c' = f c + i g, and h' = o tanh(c'), projected where it is."""
    yield _product(cell, last, now, cell.named("piece", now))
    gates, split = cell.named("gates", now), cell.named("split", now)
    yield from _parted(cell, split, gates, 4, bent=True)
    enter, forget, new, leave = (f"{split} {part}" for part in range(4))
    units, before = cell.units, cell.named("c", last)
    kept, fresh = cell.named("kept", now), cell.named("fresh", now)
    state, bent = cell.named("c", now), cell.named("tanh", now)
    yield Stage(Kept(kept, units), (forget, before), (local(forget), local(before)))
    yield Stage(Kept(fresh, units), (enter, new), (local(enter),))
    yield Stage(Kept(state, units), (kept, fresh), view=True, handed=(kept, fresh))
    yield Stage(Kept(bent, units), (state,), (local(bent),))
    given = cell.named("h", now)
    whole = cell.named("whole", now) if len(cell.weights) > 1 else given
    yield Stage(Kept(whole, units), (leave, bent), (local(leave), local(bent)))
    if whole != given:
        reads = (cell.weights[1], whole)
        keeps = (of_weights(local(whole)), local(cell.weights[1]))
        yield Stage(Kept(given, cell.given), reads, keeps)


def _gru(cell: Cell, last: int | str, now: int | str) -> Iterator[Stage]:
    """h' = (h - n) z + n; what is changed in place is copied first, for the backward."""
    units, piece = cell.units, cell.named("piece", now)
    gates, own, given = (cell.named(what, now) for what in ("gates", "own", "given"))
    yield from _parted(cell, given, piece, 3)
    yield _product(cell, last, now, "")
    yield from _parted(cell, own, gates, 3)
    for number, gate in enumerate(("reset", "renew")):
        name, both = cell.named(gate, now), (f"{own} {number}", f"{given} {number}")
        yield Stage(Kept(f"{name} open", units), both, view=True, handed=both)
        yield Stage(Kept(name, units), (f"{name} open",), (local(name),), view=True)
    reset, renew = cell.named("reset", now), cell.named("renew", now)
    past, new, apart = (cell.named(what, now) for what in ("past", "new", "apart"))
    copies = Kept(f"{past} copied", units), Kept(f"{apart} copied", units)
    yield Stage(Kept(past, units), (f"{own} 2", reset), (copies[0], local(reset)), view=True)
    both = (f"{given} 2", past)
    yield Stage(Kept(f"{new} open", units), both, handed=both)
    yield Stage(Kept(new, units), (f"{new} open",), (local(f"{new} open"),), view=True)
    before = cell.named("h", last)
    yield Stage(Kept(apart, units), (before, new), handed=(before,))
    yield Stage(Kept(f"{apart} by it", units), (apart, renew), (copies[1], local(renew)), view=True)
    both = (f"{apart} by it", new)
    yield Stage(Kept(cell.named("h", now), units), both, view=True, handed=both)


OWN = {"rnn": 0, "lstm": 4 + 1, "gru": 3 + 1 + 1 + 1}
"""What a step between keeps for each unit, beside its state: gates, what is bent, copies."""


def _between(cell: Cell, count: int, last: int | str) -> Iterator[Stage]:
    """Many steps alike: what they keep goes as their gradients come."""
    now, units = "between", cell.units
    yield _piece(cell, now, count)
    cells = cell.kind == "lstm"
    own = OWN[cell.kind] * count * units + cells * (count - 1) * units
    made = Kept(cell.named("all", now), count * cell.given)
    before = (cell.named("h", last), *((cell.named("c", last),) if cells else ()))
    reads = (*cell.weights, *before, *cell.biases, cell.named("piece", now))
    states: tuple[Kept, ...] = made, local(before[0])
    if cell.kind != "rnn":  # its curve keeps what it gives
        states = tuple(map(of_weights, states))
    keeps = [Kept(cell.named("steps", now), own), *states, *map(local, before[1:])]
    if len(cell.weights) > 1:
        keeps.append(of_weights(Kept(cell.named("whole", now), count * units)))
    yield Stage(made, reads, (*keeps,), late=True, parts=True)
    read = (made.name,)
    yield Stage(Kept(cell.named("h", now), cell.given), read, view=True, handed=read)
    if cells:
        yield Stage(Kept(cell.named("c", now), units), read, handed=read)
