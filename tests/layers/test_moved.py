"""Values that change their places: which places, and what is refused."""

from collections.abc import Callable
from itertools import permutations, product
from math import prod

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from cnncalc.layers.base import COLLAPSED, POINTWISE, TURNED, Axis, Layer, Shape, ShapeError, Window
from cnncalc.layers.moving.pixels import FINEST, PixelUnshuffle
from cnncalc.layers.moving.rearrange import Flip, Permute, Reshape, Roll, Unflatten
from cnncalc.layers.moving.reshape import PixelShuffle, Slice
from cnncalc.layers.sequences.sequence import ToSequence
from cnncalc.runtime.lower import lower
from tests import reference_moved as moved
from tests.analysis.specs import network
from tests.layers.test_window import assert_reads, told
from tests.torch_form import module_of

pytestmark = pytest.mark.torch

# -- the same in PyTorch, taken and refused ----------------------------------------------------

Pair = tuple[Layer, Callable[[Tensor], Tensor]]
SHAPES: list[Shape] = [(4,), (6, 4), (2, 3, 4), (1, 2, 2, 3)]
SIZES = [sizes for count in (1, 2, 3) for sizes in product((-1, 1, 2, 3, 4), repeat=count)]


def reshapes() -> list[Pair]:
    return [
        (Reshape(sizes), lambda x, sizes=sizes: x.reshape(len(x), *sizes))  # type: ignore[misc]
        for sizes in SIZES
        if sizes.count(-1) < 2
    ]


def unflattenings() -> list[Pair]:
    return [
        (Unflatten(sizes, axis), nn.Unflatten(axis + 1, sizes))
        for axis in range(4)
        for sizes in SIZES
        if sizes.count(-1) < 2
    ]


def orders() -> list[Pair]:
    return [
        (Permute(order), lambda x, order=order: x.permute(0, *(n + 1 for n in order)))  # type: ignore[misc]
        for count in (1, 2, 3, 4)
        for order in permutations(range(4), count)
    ]


def others() -> list[Pair]:
    return [
        *((Roll(s, n), lambda x, s=s, n=n: x.roll(s, n + 1)) for s in (-5, 0, 1) for n in range(4)),  # type: ignore[misc]
        *((Flip(n), lambda x, n=n: x.flip(n + 1)) for n in range(4)),  # type: ignore[misc]
        *((ToSequence(n), lambda x, n=n: x.movedim(n + 1, -1).flatten(1, -2)) for n in range(4)),  # type: ignore[misc]
    ]


@pytest.mark.parametrize("made", [reshapes, unflattenings, orders, others])
def test_taken_and_refused_as_pytorch_does(made: Callable[[], list[Pair]]) -> None:
    taken = 0
    for (layer, function), shape in product(made(), SHAPES):
        x = torch.arange(2.0 * prod(shape)).view(2, *shape)
        if isinstance(layer, ToSequence) and len(shape) == 1:
            continue
        try:
            wanted = function(x)
        except (RuntimeError, IndexError, ValueError):
            with pytest.raises(ShapeError):
                layer.output_shape(shape)
            continue
        if wanted.dim() > 5:  # no shape of ours has so many axes
            continue
        assert (2, *layer.output_shape(shape)) == tuple(wanted.shape)
        assert torch.equal(module_of(layer.torch(shape))(x), wanted)
        taken += 1
    assert taken > 10


def test_slices_are_those_of_python() -> None:
    """Save that what is not there is refused, not left out."""
    size = 5
    x = torch.arange(10.0).view(1, 2, size)
    for start, stop, step in product(range(-6, 7), (None, *range(-6, 7)), (1, 2, 3)):
        layer, wanted = Slice(start, stop, step, "steps"), x[..., start:stop:step]
        inside = -size <= start < size and (stop is None or -size <= stop <= size)
        if inside and not list(layer.check()) and wanted.numel():
            assert layer.output_shape((2, size)) == tuple(wanted.shape[1:])
            assert torch.equal(module_of(layer.torch((2, size)))(x), wanted)
        elif not list(layer.check()):
            with pytest.raises(ShapeError):
                layer.output_shape((2, size))


# -- what is read ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "layer",
    [
        *(
            Slice(*ends, step, "steps")
            for ends in ((0, 5), (2, None), (-4, -1))
            for step in (1, 2, 3)
        ),
        Slice(step=2, axis="channels"),
        Reshape((2, 6)),
        Unflatten((-1,)),
        Permute((0, 1)),
        Roll(6, "steps"),
        Roll(1, "channels"),
        Flip("channels"),
        ToSequence("steps"),
    ],
    ids=repr,
)
def test_reads(layer: Layer) -> None:
    assert_reads(layer, 6)


@pytest.mark.parametrize("order", ["channels", "rows", "columns"])
@pytest.mark.parametrize("factor", [1, 2, 3])
def test_squares_are_read(factor: int, order: str) -> None:
    layer, size = PixelUnshuffle(factor, order), 6
    shape = (2, size, size)
    inputs = torch.zeros(size, *shape)
    inputs[range(size), :, :, range(size)] = 1.0
    differs = module_of(layer.torch(shape))(inputs).amax((1, 2)).T
    (_, axis) = layer.window(shape).axes
    expected = told(Window((axis,)), size, size // factor)
    assert [set(row.nonzero().flatten().tolist()) for row in differs] == expected


@pytest.mark.parametrize(
    ("layer", "shape", "window"),
    [
        (Reshape((4, 4)), (2, 8), COLLAPSED),
        (Reshape((2, 8)), (2, 8), POINTWISE),
        (Unflatten((2, 4)), (2, 8), COLLAPSED),
        (Permute((1, 0)), (8, 8), TURNED),
        (Permute((0, 2, 1)), (8, 8, 8), COLLAPSED),
        (Roll(1, 1), (8, 8), COLLAPSED),
        (Roll(8, 1), (8, 8), POINTWISE),
        (Flip(1), (8, 8), COLLAPSED),
        (Flip("width"), (8, 8, 1), POINTWISE),
        (ToSequence("width"), (8, 4, 4), COLLAPSED),
        (ToSequence("channels"), (8, 8), COLLAPSED),
        (
            Slice(1, 7, 2, "height"),
            (8, 9, 9),
            Window((Axis(1, 2, (range(1, 2),)), Axis(1, 1, (range(1),)))),
        ),
    ],
    ids=repr,
)
def test_places_in_the_input(layer: Layer, shape: Shape, window: Window) -> None:
    assert layer.window(shape) == window


def test_large_squares_have_no_channels_of_their_own() -> None:
    shape = (1, FINEST + 1, FINEST + 1)
    assert PixelUnshuffle(FINEST + 1).across(shape) is None


# -- orders of other tools ---------------------------------------------------------------------


def test_patches_merge_as_in_a_swin_transformer() -> None:
    """Liu 2021: of each 2x2 its pixels (0, 0), (1, 0), (0, 1), (1, 1); so in YOLOv5's Focus."""
    x = torch.randn(2, 3, 4, 6)
    merged = [x[..., 0::2, 0::2], x[..., 1::2, 0::2], x[..., 0::2, 1::2], x[..., 1::2, 1::2]]
    layer = PixelUnshuffle(2, "columns")
    assert torch.equal(module_of(layer.torch((3, 4, 6)))(x), torch.cat(merged, 1))


@pytest.mark.parametrize("order", ["channels", "rows", "columns"])
@pytest.mark.parametrize("factor", [1, 2, 3])
def test_shuffled_there_and_back(factor: int, order: str) -> None:
    x = torch.randn(2, 4, 6, 12)
    there, back = PixelUnshuffle(factor, order), PixelShuffle(factor, order)
    made = module_of(there.torch((4, 6, 12)))(x)
    assert torch.equal(module_of(back.torch(there.output_shape((4, 6, 12))))(made), x)


def test_the_reorg_of_darknet() -> None:
    """YOLOv2's passthrough, 64x26x26 to 256x13x13 in the paper."""
    items = (
        "reshape: [2, 8, 12]",
        "pixel_unshuffle: {factor: 2, order: rows}",
        "reshape: [32, 2, 3]",
    )
    made = lower(network("8x4x6", *items)).double()
    x = np.random.default_rng(0).normal(size=(2, 8, 4, 6))
    found = made(torch.from_numpy(x)).numpy()
    np.testing.assert_array_equal(found, moved.reorg(x, 2))


# -- what is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layer", "shape", "fact", "hint"),
    [
        (Slice(9), (8, 4), "the slice starts at channel 9, 8 arrive", "`start: 7`, or less"),
        (Slice(stop=9, axis=1), (8, 4, 4), "the slice stops at place 9, 4 arrive", "`stop: 4`"),
        (Slice(-9, axis="width"), (8, 4, 4), "the slice starts at column -9, 4 arrive", None),
        (Slice(3, -2, axis="steps"), (8, 4), "the slice starts at step 3, 4 arrive", None),
        (Slice(axis="height"), (8, 4), "`axis` is `height`: 8x4 has no such axis", None),
        (Slice(axis=2), (8, 4), "`axis` is 2: the last axis of 8x4 is 1", None),
        (Reshape((8, 5)), (8, 6), "8x5 holds 40 values, 8x6 has 48", None),
        (
            Reshape((5, -1)),
            (8, 6),
            "5 values at a time do not divide the 48 of 8x6",
            "sizes that divide 48",
        ),
        (Unflatten((3, 4)), (8, 6), "3x4 holds 12 values, axis 1 of 8x6 has 6", None),
        (
            Unflatten((2, 2), 0),
            (4, 5, 6, 7),
            "2x2x5x6x7 has more than three axes behind the channels",
            "fewer `sizes`",
        ),
        (Permute((1, 0)), (8, 4, 4), "`order` names each axis of 8x4x4 once", None),
        (
            Permute((0, "channels")),
            (8, 4),
            "`order` names each axis of 8x4 once",
            "0, 1, in some order",
        ),
        (Flip("depth"), (8, 4, 4), "`axis` is `depth`: 8x4x4 has no such axis", None),
        (
            PixelUnshuffle(2),
            (3, 5, 8),
            "squares of 2x2 do not cover 5x8 evenly",
            "a map padded by `pad: [[0, 1], [0, 0]]`",
        ),
        (PixelUnshuffle(2), (3, 8), "`pixel_unshuffle` reads an image, got 3x8", None),
        (
            ToSequence("width"),
            (8,),
            "`to_sequence` reads a map of one to three spatial axes, got 8",
            None,
        ),
    ],
    ids=repr,
)
def test_refused(layer: Layer, shape: Shape, fact: str, hint: str | None) -> None:
    with pytest.raises(ShapeError) as refused:
        layer.output_shape(shape)
    assert refused.value.fact == fact
    assert refused.value.hint
    assert hint in (None, refused.value.hint)
    assert refused.value.field is None or refused.value.field in layer.fields


@pytest.mark.parametrize(
    ("layer", "fact"),
    [
        (Slice(-2, -2), "a slice from -2 to -2 is empty"),
        (Slice(3, 2, axis=1), "a slice from 3 to 2 is empty"),
        (Slice(0, 0), "a slice from 0 to 0 is empty"),
    ],
    ids=repr,
)
def test_empty_slices(layer: Layer, fact: str) -> None:
    assert [problem.fact for problem in layer.check()] == [fact]
