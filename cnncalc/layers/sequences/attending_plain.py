"""What PyTorch's own attention does in turn."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from math import prod

from cnncalc.layers.base import Kept, Order, Shape, Stage, kept_output, kept_weight, name_of
from cnncalc.layers.sequences.attended import Attended
from cnncalc.layers.sequences.attending import by_kernel, kept_of, written
from cnncalc.layers.sequences.heads import ROLES
from cnncalc.layers.stages import laid_within, local, moved, of_weights, several, within
from cnncalc.records import NamedTuple

IN_ORDER: tuple[Order, ...] = ("steps",)
ELSE: tuple[Order, ...] = ("", "turned")
"""Whether an input lies as it is read."""

PACKED = "in_proj_weight"
BIAS = "in_proj_bias"


class Product(NamedTuple):
    """What is projected in one: of which input, and how many of queries, keys and values."""

    role: str
    number: int
    shares: int = 1


def plain(attended: Attended, output: Shape) -> Iterator[Stage]:
    """Queries, keys and values of what is read with the samples behind the steps. What several of
    them are of is projected in one, then copied so that each lies by itself."""
    yield from side_by_side(attended)
    yield from _hidden(attended)
    attended = yield from computed_first(attended)
    products = _products(attended)
    if len(products) > 1:
        yield from _parts(attended)
    for product in products:
        yield from _projected(attended, product, len(products) > 1)
    for product in products:
        yield _seen_by_head(attended, product)
    yield from by_kernel(attended, tuple(product.role for product in products))
    yield from written(attended, output, "out_proj", "steps")


def at_rest(attended: Attended, output: Shape) -> Iterator[Stage]:
    """The same in inference: of a single input, of an even number of heads, with biases, all in one
    (`MultiheadAttention`). A weight that is computed has no gradient then, and what is multiplied
    with it is not laid out anew (`should_fold`). Under autocast PyTorch does not do all in one."""
    if len(attended.inputs) == 1 and attended.bias and not attended.sizes.heads[0] % 2:
        for stage in _in_one(attended, output):
            yield stage._replace(device="cpu")
        for stage in plain(attended, output):
            if stage.device != "cpu":
                yield stage._replace(device="cuda")
        return
    for stage in plain(attended, output):
        if attended.computed:
            stage = stage._replace(view=stage.view or stage.makes.name.startswith("transposed"))
        yield stage


def _in_one(attended: Attended, output: Shape) -> Iterator[Stage]:
    yield from side_by_side(attended)
    yield from _hidden(attended)
    yield from computed_first(attended)
    yield Stage(kept_output(output), order="turned")


def side_by_side(attended: Attended) -> Iterator[Stage]:
    """What stands side by side, as samples: a copy."""
    for number in attended.steps():
        if _aside(attended, number):
            copy = Kept(f"laid out {number}", prod(attended.inputs[number]))
            yield moved(copy, name_of(number), held=True)._replace(spared=("turned", "steps"))


def _aside(attended: Attended, number: int) -> bool:
    features, *sides, _ = attended.inputs[number]
    return features > 1 and prod(sides) > 1


def _hidden(attended: Attended) -> Iterator[Stage]:
    """What hides the steps behind one: whether, and how much to add."""
    if attended.causal:
        fixed = prod(attended.sizes.steps)
        yield Stage(Kept("all", 0, fixed, 1), ())
        yield Stage(Kept("hidden", 0, fixed, 1), (), held=True, beside=("all",))
        yield Stage(Kept("mask", 0, fixed), (), held=True)


def computed_first(attended: Attended) -> Generator[Stage, None, Attended]:
    """All matrices that are computed, before any is used."""
    found = {}
    for name, stages in attended.computed.items():
        yield from (stage._replace(held=True) for stage in stages)
        made = stages[-1].makes
        again = made._replace(name=f"{made.name}, again")
        found[name] = (Stage(again, (made.name,), view=True, handed=(made.name,)),)
    return attended._replace(computed=found)


def _products(attended: Attended) -> tuple[Product, ...]:
    """Those that there are: of an input that is keys and values, but where these have features of
    their own, one for both; of a single input one for all."""
    queries, keys, values = attended.numbers
    if queries == keys == values:
        return (Product("three", queries, 3),)
    if keys == values and attended.packed:
        return Product("query", queries), Product("two", keys, 2)
    return tuple(map(Product, ROLES, attended.numbers))


def _parts(attended: Attended) -> Iterator[Stage]:
    """A weight of which each product uses a part, and such a bias: the gradients of the parts are
    put together in the end."""
    width = attended.sizes.features
    if attended.packed:
        computed = attended.computed.get(PACKED, ())
        yield from computed
        read = tuple(stage.makes.name for stage in computed)
        parts = Stage(Kept(PACKED, 0, 3 * width**2), read, parts=True)
        if computed:
            yield parts._replace(view=True)
        else:
            yield parts._replace(weight=True, trained=(PACKED,))
    if attended.bias:
        yield Stage(Kept(BIAS, 0, 3 * width), (), trained=(BIAS,), weight=True, parts=True)


def _projected(attended: Attended, product: Product, apart: bool) -> Iterator[Stage]:
    """Of one input: laid out anew unless it lies so, the product, and the bias; several are copied
    then. apart: whether it uses parts of a weight and a bias"""
    role, number, shares = product
    read = f"laid out {number}" if _aside(attended, number) else name_of(number)
    copy = Kept(f"transposed for {role}", prod(attended.inputs[number]))
    copied = laid_within(copy, read)
    always = attended.inputs[number][-1] == 1
    if not always:
        yield from (stage._replace(when=(number, ELSE)) for stage in copied)
    weight, trained = yield from _weight(attended, product, apart)
    bias, of_bias = yield from _bias(attended, product, apart)
    made = Kept(f"{role} made", sum(attended.sizes.projected[part] for part in _parts_of(product)))
    kept = (*weight, *map(kept_weight, trained))
    of_weight = tuple(each.name for each in weight)
    reads, keeps = (read, *of_weight, *bias), (of_weights(kept_of(attended, read)), *kept)
    in_order = Stage(made, reads, keeps, trained=trained + of_bias, cast="half")
    if always:
        yield in_order
    else:
        yield in_order._replace(when=(number, IN_ORDER))
        reads, keeps = (copy.name, *of_weight), (of_weights(local(copy.name)), *kept)
        half = in_order._replace(reads=reads, keeps=keeps, trained=trained, beside=(within(read),))
        if attended.bias:
            half = half._replace(makes=made._replace(name=f"{role} product"))
        yield half._replace(when=(number, ELSE))
        if attended.bias:
            handed = (half.makes.name,)
            last = Stage(made, (*handed, *bias), handed=handed, trained=of_bias, beside=half.beside)
            yield last._replace(cast="half", when=(number, ELSE))
    if shares > 1:
        yield Stage(made._replace(name=f"{role} copied"), (made.name,))


def _weight(
    attended: Attended, product: Product, apart: bool
) -> Generator[Stage, None, tuple[tuple[Kept, ...], tuple[str, ...]]]:
    """The one of a product: what is read of it, where it is computed or a part, and what is trained
    there."""
    role, _, shares = product
    name = PACKED if attended.packed else f"{role[0]}_proj_weight"
    computed = attended.computed.get(name, ())
    if not computed and not (attended.packed and apart):
        return (), (name,)
    readers = attended.readers[name]
    if attended.packed and apart:
        part = Kept(f"{role} weight", 0, shares * attended.sizes.features**2, gradient_of=readers)
        yield Stage(part, (PACKED,), view=True, handed=(PACKED,))
        return (part,), ()
    yield from computed
    return (local(computed[-1].makes.name)._replace(gradient_of=readers),), ()


def _bias(
    attended: Attended, product: Product, apart: bool
) -> Generator[Stage, None, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Likewise."""
    if not attended.bias:
        return (), ()
    if not apart:
        return (), (BIAS,)
    part = Kept(f"{product.role} bias", 0, product.shares * attended.sizes.features)
    yield Stage(part, (BIAS,), view=True, handed=(BIAS,))
    return (part.name,), ()


def _parts_of(product: Product) -> range:
    """Which of queries, keys and values, by their numbers."""
    first = ROLES.index(product.role) if product.shares == 1 else 3 - product.shares
    return range(first, first + product.shares)


def _seen_by_head(attended: Attended, product: Product) -> Stage:
    """What lies by itself; gradients of several are put together one by one."""
    made = f"{product.role} copied" if product.shares > 1 else f"{product.role} made"
    size = sum(attended.sizes.projected[part] for part in _parts_of(product))
    more = 2 * (product.shares - 1) * size // product.shares if product.shares > 1 else 0
    return Stage(Kept(product.role, size), (made,), view=True, behind=several(more, 1))
