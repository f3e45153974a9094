"""Stages that many layers are made of."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.layers.base import INDEX, OF_WEIGHTS, Kept, Stage


def times_of(stage: Stage, count: int) -> Stage:
    """A stage said of one value, of so many."""
    return stage._replace(
        makes=scaled(stage.makes, count),
        keeps=tuple(scaled(kept, count) for kept in stage.keeps),
        besides=tuple(scaled(kept, count) for kept in stage.besides),
        behind=tuple(scaled(kept, count) for kept in stage.behind),
    )


def scaled(kept: Kept, count: int) -> Kept:
    """So many of it."""
    return kept._replace(each=kept.each * count, fixed=kept.fixed * count)


def local(name: str) -> Kept:
    """What an earlier stage made, or this one."""
    return Kept(name, 0)


def of_weights(kept: Kept) -> Kept:
    """What the gradient of the weights alone needs."""
    return kept._replace(gradient_of=OF_WEIGHTS)


def several(each: int, count: int, width: int | None = None, fixed: int = 0) -> tuple[Kept, ...]:
    """What comes and goes, `count` times as many numbers."""
    return (Kept("several", count * each, count * fixed, width),)


def squared(makes: Kept, read: str, kept: Kept) -> Stage:
    """A fixed power of what is read: its backward takes another power, and that by the exponent."""
    behind = several(makes.each, 2)
    return Stage(makes, (read,), (kept,), behind=behind, alike=True, cast="full")


def raised(makes: Kept, base: str, exponent: str, keeps: tuple[Kept, ...]) -> Stage:
    """A power by what is learned, of which one is for all: its backward takes products with the
    logarithms, but where these are of 0, then other powers (`pow_backward_exponent` and
    `pow_backward_self` of PyTorch's FunctionsManual.cpp)."""
    numbers = several(makes.each, 3)
    of_exponent = *numbers, *several(makes.each, 1, width=1), Kept("zero", 0, 1)
    of_base = *numbers, Kept("less by one, zero", 0, 2), Kept("whether 0", 0, 1, 1)
    behind = (
        *(each._replace(gradient_of=(1,)) for each in of_exponent),
        *(each._replace(gradient_of=(0,)) for each in of_base),
    )
    reads = (base, exponent)
    return Stage(makes, reads, keeps, spread=True, behind=behind, alike=True, cast="full")


def divided(makes: Kept, left: str, right: str, keeps: tuple[Kept, ...]) -> Stage:
    """A quotient: the backward to the divisor divides twice more, and turns the sign."""
    behind = several(makes.each, 2)
    return Stage(makes, (left, right), keeps, spread=True, behind=behind, alike=True)


def multiplied(
    makes: Kept, left: str, right: str, keeps: tuple[Kept, ...], held: bool = False
) -> Stage:
    """A product."""
    return Stage(makes, (left, right), keeps, spread=True, held=held, alike=True)


def by_weights(makes: Kept, read: str, keeps: tuple[Kept, ...] = ()) -> Stage:
    """A product with a weight that is spread: so is its gradient, until it is summed."""
    behind, keeps = (tuple(map(of_weights, each)) for each in (several(makes.each, 1), keeps))
    return Stage(makes, (read,), keeps, trained=True, behind=behind, alike=True, cast="weights")


def by_number(makes: Kept, read: str) -> Stage:
    """A product with a number."""
    return Stage(makes, (read,), alike=True)


def added(makes: Kept, read: str) -> Stage:
    """A sum with what has no gradient here: that of what is read is handed on."""
    return Stage(makes, (read,), handed=(read,), alike=True)


def moved(makes: Kept, read: str, held: bool = False) -> Stage:
    """A copy in another order: the gradient is handed on."""
    return Stage(makes, (read,), handed=(read,), held=held)


def expanded(stage: Stage, numbers: int) -> tuple[Stage, Stage]:
    """A product with fixed weights that stand for so many numbers, each of which autocast casts."""
    windows = Kept("windows", 0, numbers)
    cast = stage._replace(keeps=(*stage.keeps, windows), trained=False, device="cuda")
    return stage._replace(device="cpu"), cast


def within(read: str) -> str:
    """What a product that lays out what it reads calls that."""
    return f"{read}, within"


def laid_within(makes: Kept, read: str) -> tuple[Stage, Stage]:
    """A copy, in another order, that a product makes of what it reads; autocast casts before it."""
    seen = Kept(within(read), makes.each)
    arriving = Stage(seen, (read,), view=True, handed=(read,), alike=True, cast="half")
    return arriving, moved(makes, seen.name)


def shifted_and_divided(makes: Kept, read: str, *between: str) -> Iterator[Stage]:
    """Doubled, a number added, then divided: what is made of what is read by the way has the names
    `between`."""
    double, more = (makes._replace(name=name) for name in between)
    yield by_number(double, read)
    yield added(more, double.name)
    yield by_number(makes, more.name)


def looked_up(makes: Kept, places: str, keeps: tuple[Kept, ...]) -> Stage:
    """What lies at places between those of a map: its backward makes the gradient of the places
    whether it is wanted or not (PyTorch's `grid_sampler_2d_backward`)."""
    return Stage(makes, ("input", places), keeps, together=(1,), cast="widest")


def rearranged(makes: Kept) -> tuple[Stage, ...]:
    """The input, seen in another order, and copied so: the gradient is handed on, and copied where
    it was seen otherwise."""
    apart = makes._replace(name="apart", of="own")
    return Stage(apart, view=True), moved(makes, apart.name)


def weighed(makes: Kept, read: str, trained: bool | tuple[str, ...] = True) -> Stage:
    """A sum with a weight that is spread: its gradient is a sum."""
    return Stage(makes, (read,), handed=(read,), trained=trained, alike=True, cast="weights")


def shares(read: int, made: int) -> tuple[Kept, ...]:
    """What the backward of largest values takes: where they are, how often, each one's share."""
    where = several(read, 1, width=1)
    return *where, *several(made, 1, width=INDEX), *several(made, 1)


def normed(makes: Kept, read: Kept, p: float, values: int) -> Stage:
    """The p-norms of so many values."""
    behind = behind_norms(p, values, makes.each)
    return Stage(makes, keeps=(read, makes), held=True, behind=behind, cast="summed")


def behind_norms(p: float, read: int, made: int) -> tuple[Kept, ...]:
    """What the backward of a p-norm takes: of 1, signs; of 2, quotients, and which norms are 0; of
    others, powers of what was read, and of the norms to divide by."""
    if p == 1:
        return several(read, 1)
    if p == 2:
        return *several(read, 1), *several(made, 1, width=1)
    return *several(read, 1), *several(made, 1)
