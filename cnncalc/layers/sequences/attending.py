"""What attention does in turn."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from math import prod

from cnncalc.layers.base import (
    FULL,
    INDEX,
    Kept,
    Order,
    Shape,
    Stage,
    kept_input,
    kept_output,
    kept_weight,
    name_of,
)
from cnncalc.layers.sequences.attended import BIAS, Attended
from cnncalc.layers.sequences.heads import ROLES
from cnncalc.layers.stages import by_number, local, moved, of_weights, several


def wide(attended: Attended, output: Shape) -> Iterator[Stage]:
    """By a module of our own: what it reads, step by step; queries, keys and values, normal and
    turned; what is added to the scores; these and the means by a kernel, or one after the other."""
    called: list[str] = []
    for number in attended.steps():
        laid = attended.step_by_step(number)
        if laid.of == "own":
            yield moved(laid, name_of(number), held=True)._replace(spared=("turned",))
        called.append(name_of(number) if laid.of == "input" else laid.name)
    for role, number, size in zip(ROLES, attended.numbers, attended.sizes.projected, strict=True):
        yield from _seen_by_head(attended, role, called[number], size)
    queries, keys = yield from _normal_and_turned(attended)
    yield from attended.added
    if attended.fused:
        yield from by_kernel(attended, (queries, keys, "value"))
    else:
        yield from _one_by_one(attended, queries, keys)
    yield from written(attended, output)


def kept_of(attended: Attended, name: str) -> Kept:
    """What is kept under a name: an input, or what was made."""
    if not name.startswith("input"):
        return local(name)
    number = int(name.rpartition(" ")[2]) - 1 if " " in name else 0
    return kept_input(attended.inputs[number], number)


def linear(
    attended: Attended, name: str, makes: Kept, read: str, readers: tuple[int, ...] = ()
) -> Iterator[Stage]:
    """A linear map of each step, whose weight may be computed first. readers: the inputs whose
    gradient alone needs that weight"""
    computed = attended.computed.get(f"{name}.weight", ())
    yield from (stage._replace(held=True) for stage in computed)
    weight = [local(stage.makes.name)._replace(gradient_of=readers) for stage in computed[-1:]]
    own = (f"{name}.bias",) if computed else (f"{name}.weight", f"{name}.bias")
    reads = (read, *(each.name for each in weight))
    keeps = (of_weights(kept_of(attended, read)), *(weight or [kept_weight(f"{name}.weight")]))
    yield Stage(makes, reads, keeps, held=True, trained=own, cast="half")


def _seen_by_head(attended: Attended, role: str, read: str, size: int) -> Iterator[Stage]:
    """Queries, keys or values, projected where they are; their gradient is copied where it lies
    head by head."""
    made = read
    if attended.projects:
        made = f"{role}s projected"
        readers = attended.readers[f"{role}.weight"]
        yield from linear(attended, role, Kept(made, size), read, readers)
    normal = role != "value" and attended.norms.kind == "layer_norm"
    copied = attended.by_head(role != "query") and not (attended.fused or normal)
    yield Stage(Kept(role, size), (made,), view=True, handed=() if copied else (made,))


def _normal_and_turned(attended: Attended) -> Generator[Stage, None, tuple[str, str]]:
    """Norms of queries and keys, then turns; what both are called in the end."""
    names = {"query": "query", "key": "key"}
    for name, stages in attended.norms.stages():
        yield from stages[:-1]
        yield stages[-1]._replace(held=not attended.turns)
        names[name] = stages[-1].makes.name
    if not attended.turns:
        return names["query"], names["key"]
    before = tuple(names.values())
    for name, size in zip(names, attended.sizes.projected, strict=False):
        yield from _turned(name, names[name], size, before)
    return "query turned", "key turned"


def _turned(name: str, read: str, size: int, beside: tuple[str, ...]) -> Iterator[Stage]:
    """By a cosine, and, the halves swapped and one of the other sign, by a sine."""
    cosines, sines, swapped = (f"{name} {word}" for word in ("by cosines", "by sines", "swapped"))
    half = several(size // 2, 1)
    yield by_number(Kept(cosines, size), read)
    yield Stage(Kept(swapped, size), (read,), besides=half, behind=half)
    yield by_number(Kept(sines, size), swapped)
    both = (cosines, sines)
    yield Stage(Kept(f"{name} turned", size), both, handed=both, held=True, beside=beside)


EIGHT = 8
"""Of how many features at once a CUDA device's kernel reads a head."""


def by_kernel(attended: Attended, read: tuple[str, ...]) -> Iterator[Stage]:
    """All heads in one; for each query the logarithm of a sum is kept. Its backward makes all
    gradients, wanted or not. A CUDA device's keeps where its random numbers begin, too, and has
    features that are no whole eights filled up with zeros."""
    kernel = _kernel(attended, read, attended.sizes.value, "mixed")
    yield kernel._replace(device="cpu")
    seeded = kernel._replace(keeps=(*kernel.keeps, SEED))
    whole = not attended.sizes.key % EIGHT
    for stage in (seeded,) if whole else _filled_up(attended, read):
        yield stage._replace(device="cuda")


SEED = Kept("seed", 0, 3, width=INDEX)


def _kernel(attended: Attended, read: tuple[str, ...], features: int, name: str) -> Stage:
    """What it makes, of so many features of a head."""
    sizes = attended.sizes
    mixed = Kept(name, sizes.each[0] * sizes.heads[0] * features)
    sums = Kept("sums", sizes.each[0] * sizes.heads[0], width=FULL)
    keeps = (*map(local, dict.fromkeys(read)), mixed, sums)
    together = tuple(range(len(read)))
    return Stage(mixed, read, keeps, held=True, together=together, cast="half")


def _filled_up(attended: Attended, read: tuple[str, ...]) -> Iterator[Stage]:
    """The same of copies with zeros; what it makes is cut, which takes a copy too."""
    sizes = attended.sizes
    features = -(-sizes.key // EIGHT) * EIGHT
    filled = tuple(f"{role} filled" for role in ROLES)
    for number, name in enumerate(filled):
        size = sizes.projected[number] // sizes.key * features
        yield Stage(Kept(name, size), (read[min(number, len(read) - 1)],))
    kernel = _kernel(attended, filled, features, "uncut")
    yield kernel._replace(keeps=(*kernel.keeps, SEED))
    mixed = Kept("mixed", sizes.each[0] * sizes.mixed)
    yield Stage(mixed._replace(name="cut"), ("uncut",), view=True)
    yield moved(mixed, "cut", held=True)


def _one_by_one(attended: Attended, query: str, key: str) -> Iterator[Stage]:
    """Scores, what is added to them, their softmax, means of values."""
    sizes = attended.sizes
    queries, keys, values = attended.numbers
    shared = sizes.heads[0] != sizes.heads[1]
    if shared:
        yield from (
            _repeated(attended, role, read) for role, read in (("keys", key), ("values", "value"))
        )
    scaled = "scaled" if attended.by_head(False) else "queries"
    size = sizes.projected[0]
    yield by_number(Kept(scaled, size), query)
    if scaled != "queries":
        yield moved(Kept("queries", size), scaled)
    if not shared:
        yield _laid_by_head(attended, "keys", key, sizes.projected[1])
    keeps = (
        local("queries")._replace(gradient_of=attended.of(keys)),
        local("keys")._replace(gradient_of=attended.of(queries)),
    )
    products = Stage(Kept("products", sizes.scores), ("queries", "keys"), keeps)
    yield products._replace(beside=(scaled,), cast="half")
    names = ["products"]
    for number, added in enumerate(attended.adds):
        reads = (names[-1], *added)
        names.append(f"biased {number}")
        yield Stage(Kept(names[-1], sizes.scores), reads, handed=reads, spread=True)
    scores = Kept("scores", sizes.scores)
    yield Stage(scores, (names[-1],), (scores,), beside=tuple(names), cast="softmax")
    if not shared:
        yield _laid_by_head(attended, "values", "value", sizes.projected[2])
    bias = (BIAS,) if sizes.biased else ()
    mixing = () if attended.learns else attended.of(queries, keys, *bias)
    both = (
        scores._replace(gradient_of=attended.of(values)),
        local("values")._replace(gradient_of=mixing),
    )
    again = attended.by_head(False)
    mixed = Kept("by head" if again else "mixed", sizes.each[0] * sizes.mixed)
    reads = ("scores", "values")
    beside = (*names, *(("keys", "values") if shared else ()))
    yield Stage(mixed, reads, both, beside=beside, held=True, cast="half")
    if again:
        yield moved(mixed._replace(name="mixed"), "by head", held=True)


def _laid_by_head(attended: Attended, name: str, read: str, size: int) -> Stage:
    """Keys or values, laid out by head: a copy, or a view."""
    if attended.by_head(True):
        return moved(Kept(name, size), read)
    return Stage(Kept(name, size), (read,), view=True, handed=(read,))


def _repeated(attended: Attended, name: str, read: str) -> Stage:
    """Keys or values, for each head that shares them."""
    sizes = attended.sizes
    width = sizes.key if name == "keys" else sizes.value
    makes = Kept(name, sizes.each[1] * sizes.heads[0] * width)
    return Stage(makes, (read,), handed=(read,), spread=True)


def written(
    attended: Attended, output: Shape, name: str = "out", order: Order = "turned"
) -> Iterator[Stage]:
    """What the heads make, projected where it is, and seen as features x steps."""
    last = "mixed"
    if attended.sizes.features:
        last = "out"
        size = attended.sizes.each[0] * attended.sizes.features
        yield from linear(attended, name, Kept(last, size), "mixed")
    order = order if prod(output[1:]) > 1 else ""
    yield Stage(kept_output(output), (last,), view=True, order=order)
