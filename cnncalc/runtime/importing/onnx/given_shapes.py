"""How large a model's inputs are: as the file says, and where it leaves that open, as is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import onnx

from cnncalc.importing.program import Sizes
from cnncalc.layers.base import times
from cnncalc.records import NamedTuple
from cnncalc.runtime.reading import ReadError

Dims = tuple[int | str, ...]
"""Sizes, and the names of those that are left open."""


OPEN = "?"
"""A size without a name: two of them need not be alike."""


class GivenShapes(NamedTuple):
    """Of a model's inputs.

    batch: samples in them; batched: the inputs whose first size that is
    free: whether the file leaves open how many samples there are
    """

    sizes: Mapping[str, Sizes]
    batch: int
    batched: frozenset[str]
    free: bool


def dims_of(value: onnx.ValueInfoProto) -> Dims | None:
    """What a file says of an input's sizes; None where it says nothing. Raises ReadError for an
    input that is no tensor."""
    if not value.type.HasField("tensor_type"):
        raise ReadError(f"has an input `{value.name}` that is no tensor")
    kind = value.type.tensor_type
    if not kind.HasField("shape"):
        return None
    return tuple(
        int(dim.dim_value) if dim.dim_value > 0 else dim.dim_param or OPEN for dim in kind.shape.dim
    )


def given_shapes(
    inputs: Mapping[str, Dims | None], shapes: Sequence[Sequence[int]], batch: int
) -> GivenShapes:
    """The sizes of all inputs.

    shapes: those that are asked for, in the file's order, with or without a batch; none where the
        file says all but the batch
    batch: where the file leaves it open

    Raises ReadError, which says what to give.
    """
    asked = [name for name, dims in inputs.items() if dims is None or dims]
    if shapes and len(shapes) != len(asked):
        names = ", ".join(f"`{name}`" for name in asked)
        raise ReadError(f"has {len(asked)} inputs, {names}: give an --input for each")
    given = dict(zip(asked, map(tuple, shapes), strict=False))
    sizes = {name: _sizes(name, dims, given.get(name), batch) for name, dims in inputs.items()}
    firsts = [each[0] for each in sizes.values() if each]
    free = any(dims and isinstance(dims[0], str) for dims in inputs.values())
    samples = batch if free and batch in firsts else min(firsts, default=1)
    batched = frozenset(name for name, each in sizes.items() if each[:1] == (samples,))
    return GivenShapes(sizes, samples, batched, free)


def _sizes(name: str, dims: Dims | None, given: Sizes | None, batch: int) -> Sizes:
    if dims is None:
        if given is None:
            raise ReadError(f"says no sizes of its input `{name}`: give them, --input 3x224x224")
        return (batch, *given)
    whole = dims if given is None else _with(name, dims, given)
    open_ = [each for each in whole[1:] if isinstance(each, str)]
    open_ = [each for each in open_ if each == OPEN or each != whole[0]]
    if open_:
        shown = "x".join(map(str, dims[1:]))
        raise ReadError(
            f"leaves sizes of its input `{name}` open, {shown} behind the batch:"
            f" give all of them, --input {_example(dims)}"
        )
    return tuple(batch if isinstance(each, str) else each for each in whole)


def _with(name: str, dims: Dims, given: Sizes) -> Dims:
    """What the file says, filled in."""
    whole = given if len(given) == len(dims) else (*dims[:1], *given)
    fits = len(whole) == len(dims) and all(
        isinstance(said, str) or said == size for said, size in zip(dims, whole, strict=True)
    )
    if not fits:
        shown = "x".join(map(str, dims))
        raise ReadError(f"has an input `{name}` of {shown}, --input says {times(given)}")
    return whole


def _example(dims: Dims) -> str:
    usual = {0: 3, 1: 224, 2: 224}
    sizes = [d if isinstance(d, int) else usual.get(n, 8) for n, d in enumerate(dims[1:])]
    return "x".join(map(str, sizes))
