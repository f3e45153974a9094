"""Sizes that are given, by a number, a factor or another layer: as PyTorch makes and reads them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest
import torch
from torch import Tensor, nn

from cnncalc.layers.base import COLLAPSED, Axis, Layer, Shape, ShapeError
from cnncalc.layers.moving.reshape import Crop, Pad
from cnncalc.layers.moving.sampling import single
from cnncalc.layers.moving.upsample import Upsample
from cnncalc.layers.pooling.adaptive import AdaptiveAvgPool, AdaptiveMaxPool
from tests.torch_form import module_of, on_meta

pytestmark = pytest.mark.torch

SCALES = (0.3, 0.5, 0.7, 0.9, 1.1, 1.25, 1.5, 2.5, 1 / 3, 2 / 3, 5 / 3, 1, 2, 3)
WAYS = [("nearest", False), ("linear", False), ("linear", True)]


def resizings() -> Iterator[Layer]:
    for mode, corners in WAYS:
        for output in range(1, 14):
            yield Upsample(size=output, mode=mode, align_corners=corners)
        for scale in SCALES:
            yield Upsample(scale, mode=mode, align_corners=corners)


def read(weights: Tensor) -> list[set[int]]:
    """For each output the inputs that weigh in it. weights: inputs x outputs"""
    return [set(row.nonzero().flatten().tolist()) for row in (weights.abs() > 1e-9).T]


def told(axis: Axis, size: int, outputs: int) -> list[set[int]]:
    """What an axis says, of the inputs that there are."""
    return [
        {
            place
            for tap in axis.taps[output % axis.period]
            if 0 <= (place := axis.step * (output // axis.period) + tap) < size
        }
        for output in range(outputs)
    ]


@pytest.mark.parametrize("size", range(1, 10))
def test_lines(size: int) -> None:
    """Every output size and many factors: its size, and what each output reads."""
    for layer in resizings():
        try:
            outputs = layer.output_shape((1, size))[1]
        except ShapeError:
            continue
        module = nn.Upsample(**layer.torch((1, size)).arguments)
        weights = module(torch.eye(size, dtype=torch.double)[:, None])[:, 0]
        assert weights.shape[1] == outputs, layer
        (axis,) = layer.window((1, size)).axes
        assert told(axis, size, outputs) == read(weights), layer


@pytest.mark.parametrize("corners", [False, True])
def test_cubic_images(corners: bool) -> None:
    for size, output in product((1, 2, 5, 6), (1, 3, 5, 7, 9)):
        layer = Upsample(size=(output, 2), mode="cubic", align_corners=corners)
        module = module_of(layer.torch((1, size, 1)))
        weights = module(torch.eye(size, dtype=torch.double)[:, None, :, None])[:, 0, :, 0]
        assert told(layer.window((1, size, 1)).axes[0], size, output) == read(weights)


@pytest.mark.parametrize("mode", ["nearest", "linear"])
@pytest.mark.parametrize("size", range(1, 9))
def test_a_factor_gives_a_size_as_in_pytorch(mode: str, size: int) -> None:
    """Or none: PyTorch refuses what leaves nothing."""
    for tenth in range(1, 40):
        layer, expected = Upsample(tenth / 10, mode=mode), int(size * (tenth / 10))
        if expected:
            assert on_meta(layer, (2, size))[1] == layer.output_shape((2, size)) == (2, expected)
            continue
        with pytest.raises(ShapeError):
            layer.output_shape((2, size))
        with pytest.raises(RuntimeError):
            nn.Upsample(scale_factor=tenth / 10, mode=mode)(torch.zeros(1, 2, size))


@pytest.mark.parametrize("scale", [3, 41, 47, 49, 64, 97, 255])
@pytest.mark.parametrize("size", [7, 64, 200])
def test_what_rounds_to_another_input_is_not_told(scale: int, size: int) -> None:
    """PyTorch finds the nearest input with numbers of 24 bits: 41 * (1 / 41) is below 1 there."""
    found = nn.Upsample(scale_factor=scale)(torch.arange(float(size))[None, None])[0, 0]
    exact = torch.arange(size * scale) // scale
    followed = Upsample(scale).window((1, size)) != COLLAPSED
    assert followed == torch.equal(found.long(), exact)


def test_rounding_to_24_bits() -> None:
    numbers = torch.rand(1000, dtype=torch.double) * 1000
    assert [single(n) for n in numbers.tolist()] == numbers.float().double().tolist()


def test_long_cycles_are_not_followed() -> None:
    assert Upsample(size=1000, mode="linear").window((1, 999)) == COLLAPSED
    assert Upsample(2**0.5, mode="linear").window((1, 16)) == COLLAPSED
    assert Upsample(size=1000, mode="linear").window((1, 500)) != COLLAPSED


SHAPES: list[Shape] = [(3, 5), (3, 4, 7), (3, 4, 4, 5)]


@pytest.mark.parametrize("like", SHAPES, ids=repr)
@pytest.mark.parametrize("shape", SHAPES, ids=repr)
def test_like(shape: Shape, like: Shape) -> None:
    """The size of another, its channels one's own; a map alone is like a map."""
    layer = Upsample(like=(9, *like[1:]))
    if len(shape) == len(like):
        assert layer.output_shape(shape) == like
    else:
        with pytest.raises(ShapeError) as error:
            layer.output_shape(shape)
        assert error.value.field == "like"


@pytest.mark.parametrize(("size", "wanted"), [*product(range(1, 9), repeat=2)])
def test_crop_and_pad(size: int, wanted: int) -> None:
    """In equal parts; of an odd number of rows one more goes, or comes, behind."""
    x, like = torch.arange(1.0, 1 + size)[None, None], (5, wanted)
    apart = abs(size - wanted) // 2
    layer, other = (Crop, Pad) if wanted <= size else (Pad, Crop)
    made = module_of(layer(like=like).torch((1, size)))(x)[0, 0].tolist()
    whole = list(range(1, 1 + size))
    if wanted <= size:
        assert made == whole[apart : apart + wanted]
    else:
        assert made == [0] * apart + whole + [0] * (wanted - size - apart)
    if wanted != size:
        with pytest.raises(ShapeError):
            other(like=like).output_shape((1, size))


@pytest.mark.parametrize("kind", [AdaptiveAvgPool, AdaptiveMaxPool])
@pytest.mark.parametrize("sizes", [(1, None), (None, 3), (None, None), (2, None, 1), (None,)])
def test_a_pool_that_keeps_an_axis(kind: type[Layer], sizes: tuple[int | None, ...]) -> None:
    shape = (2, 4, 5, 6)[: len(sizes) + 1]
    known = tuple(own if size is None else size for own, size in zip(shape[1:], sizes, strict=True))
    layer, same = kind(sizes), kind(known)
    assert layer.output_shape(shape) == (2, *known)
    assert layer.window(shape) == same.window(shape)
    x = torch.rand(1, *shape)
    assert torch.equal(module_of(layer.torch(shape))(x), module_of(same.torch(shape))(x))
