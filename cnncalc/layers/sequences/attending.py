"""What attention does in turn."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from cnncalc.layers.base import (
    FULL,
    INDEX,
    Kept,
    Shape,
    Stage,
    kept_input,
    kept_output,
    kept_weight,
)
from cnncalc.layers.sequences.attended import Attended
from cnncalc.layers.stages import (
    by_number,
    laid_within,
    local,
    moved,
    several,
    weighed,
    within,
)

ROLES = ("query", "key", "value")


def laid_out(
    attended: Attended, kept: tuple[Kept, ...], anew: bool = False, inside: bool = False
) -> tuple[list[Stage], list[str]]:
    """The inputs, step by step; and what they are called then.

    anew: whether the samples come behind the steps, so that all of them are copies
    inside: whether it is the projections that make the copies
    """
    stages: list[Stage] = []
    called = []
    for number in attended.steps():
        name = f"input {number + 1}" if number else "input"
        made = f"transposed {number + 1}" if number else "transposed"
        if any(each.name == made for each in kept):
            makes = Kept(made, prod(attended.inputs[number]))
            *before, copied = laid_within(makes, name) if inside else (moved(makes, name),)
            stages += *before, copied._replace(held=True, spared=not anew)
            name = made
        called.append(name)
    return stages, called


def by_name(attended: Attended, name: str) -> Kept:
    """What is kept under a name: an input, or what was made."""
    if not name.startswith("input"):
        return local(name)
    number = int(name.rpartition(" ")[2]) - 1 if " " in name else 0
    return kept_input(attended.inputs[number], number)


def projected(attended: Attended, called: list[str]) -> Iterator[Stage]:
    """Queries, keys and values, then seen by head: their gradients are laid side by side."""
    for role, number, size in zip(ROLES, attended.numbers, attended.sizes.projected, strict=True):
        read = called[number]
        made = read
        if attended.projects:
            made = f"{role}s projected"
            trained = (f"{role}.weight", f"{role}.bias")
            keeps = (by_name(attended, read), kept_weight(f"{role}.weight"))
            product = Stage(Kept(made, size), (read,), keeps, held=True, trained=trained)
            yield product._replace(cast="half")
        copied = attended.sizes.heads[0] > 1
        yield Stage(Kept(role, size), (made,), view=True, handed=() if copied else (made,))


def written(attended: Attended, output: Shape) -> Iterator[Stage]:
    """What the heads make, projected where it is, and seen as features x steps."""
    if attended.sizes.features:
        keeps = local("mixed"), kept_weight("out.weight"), kept_weight("out_proj.weight")
        trained = ("out.weight", "out.bias", "out_proj.weight", "out_proj.bias")
        size = attended.sizes.each[0] * attended.sizes.features
        out = Stage(Kept("out", size), ("mixed",), keeps, held=True, trained=trained)
        yield out._replace(cast="half")
        yield Stage(kept_output(output), ("out",), view=True, turned=True)
    else:
        yield Stage(kept_output(output), ("mixed",), view=True, turned=True)


EIGHT = 8
"""Of how many features at once a CUDA device's kernel reads a head."""


def by_kernel(
    attended: Attended, read: tuple[str, ...], keeps: tuple[Kept, ...]
) -> Iterator[Stage]:
    """All heads in one; for each query the logarithm of a sum is kept. Features that are no whole
    eights are filled up with zeros on a CUDA device."""
    sizes = attended.sizes
    mixed = Kept("mixed", sizes.each[0] * sizes.mixed)
    sums = Kept("sums", sizes.each[0] * sizes.heads[0], width=FULL)
    kernel = Stage(mixed, read, (*keeps, mixed, sums), held=True, cast="half")
    yield kernel._replace(device="cpu")
    seeded = kernel._replace(keeps=(*kernel.keeps, Kept("seed", 0, 3, width=INDEX)))
    whole = not sizes.key % EIGHT
    for stage in (seeded,) if whole else _filled_up(attended, seeded):
        yield stage._replace(device="cuda")


def _filled_up(attended: Attended, kernel: Stage) -> Iterator[Stage]:
    """The same of copies with zeros; what it makes is cut, which takes a copy too."""
    whole = -(-attended.sizes.key // EIGHT) * EIGHT
    filled = []
    for role, size in zip(ROLES, attended.sizes.projected, strict=True):
        read = role if role in kernel.reads else kernel.reads[0]
        filled.append(Kept(f"{role} filled", size // attended.sizes.key * whole))
        yield Stage(filled[-1], (read,))
    mixed = kernel.makes._replace(name="uncut")
    mixed = mixed._replace(each=mixed.each // attended.sizes.value * whole)
    keeps = (*(local(each.name) for each in filled), mixed, *kernel.keeps[-2:])
    yield kernel._replace(makes=mixed, reads=tuple(each.name for each in filled), keeps=keeps)
    yield Stage(kernel.makes._replace(name="cut"), ("uncut",), view=True)
    yield moved(kernel.makes, "cut", held=True)


def fused(
    attended: Attended, kept: tuple[Kept, ...], output: Shape, plain: bool
) -> Iterator[Stage]:
    """By a kernel that makes no scores. plain: whether PyTorch's own module does it"""
    laid, called = laid_out(attended, kept, inside=plain)
    yield from laid
    yield from projected(attended, called)
    yield from by_kernel(attended, ROLES, tuple(map(local, ROLES)))
    yield from written(attended, output)


def unfused(
    attended: Attended, kept: tuple[Kept, ...], output: Shape, added: tuple[Stage, ...]
) -> Iterator[Stage]:
    """Step by step: scores, what is added to them, their softmax, means of values."""
    sizes = attended.sizes
    laid, called = laid_out(attended, kept)
    yield from laid
    yield from projected(attended, called)
    yield from added
    queries, keys, values = sizes.projected
    copied = sizes.heads[0] > 1
    scaled = Kept("scaled", queries) if copied else Kept("queries", queries)
    yield by_number(scaled, "query")
    if copied:
        yield moved(Kept("queries", queries), "scaled")
    yield from _by_head(Kept("keys", keys), "key", copied)
    products = Kept("products", sizes.scores)
    beside: tuple[str, ...] = ("scaled",) if copied else ()
    both = local("queries"), local("keys")
    yield Stage(products, ("queries", "keys"), both, beside=beside, cast="half")
    name = "products"
    if added:
        name = "biased"
        reads = ("products", added[-1].makes.name)
        yield Stage(Kept(name, sizes.scores), reads, handed=reads, spread=True)
    scores = Kept("scores", sizes.scores)
    yield Stage(scores, (name,), (scores,), cast="softmax")
    yield from _by_head(Kept("values", values), "value", copied)
    mixed = Kept("by head" if copied else "mixed", sizes.each[0] * sizes.mixed)
    both = scores, local("values")
    beside = tuple(dict.fromkeys((name, "products")))
    yield Stage(mixed, ("scores", "values"), both, beside=beside, held=True, cast="half")
    if copied:
        yield moved(mixed._replace(name="mixed"), "by head", held=True)
    yield from written(attended, output)


def _by_head(makes: Kept, read: str, copied: bool) -> Iterator[Stage]:
    """Laid out by head: a copy, or a view."""
    if copied:
        yield moved(makes, read)
    else:
        yield Stage(makes, (read,), view=True, handed=(read,))


def stacked(attended: Attended, kept: tuple[Kept, ...], output: Shape) -> Iterator[Stage]:
    """By PyTorch's own, of one input: one product for queries, keys and values, the bias, and a
    copy in which each lies by itself; the gradients of the three are put together one by one."""
    laid, called = laid_out(attended, kept, anew=True, inside=True)
    yield from laid
    total = sum(attended.sizes.projected)
    keeps = by_name(attended, called[0]), kept_weight("in_proj_weight")
    product = Stage(Kept("product", total), (called[0],), keeps, trained=("in_proj_weight",))
    beside = (within("input"),)
    yield product._replace(cast="half", beside=beside)
    gates = weighed(Kept("gates", total), "product", ("in_proj_bias",))
    yield gates._replace(cast="half", beside=beside)
    yield Stage(Kept("projected", total), ("gates",), held=True)
    yield Stage(Kept("apart", total), ("projected",), view=True, behind=several(total // 3, 4))
    yield from by_kernel(attended, ("apart",), (local("projected"),))
    yield from written(attended, output)
