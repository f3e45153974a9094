"""What gives an output of a wanted size."""

from __future__ import annotations

from itertools import product

import pytest

from cnncalc.layers import LAYERS
from cnncalc.layers.base import Layer, Shape
from cnncalc.layers.convolution.conv import Conv, ConvTranspose
from cnncalc.layers.pointwise.activation import ACTIVATIONS
from cnncalc.layers.pooling.pool import MaxPool
from cnncalc.worked.literals import ValuesError
from cnncalc.worked.wanted import Way, ways
from tests.inside import inside
from tests.layers.cases import CASES, Case, of_each_kind


def given(layer: Layer, way: Way) -> Layer:
    return type(layer)(**{**layer.values(), **way.fields})


@pytest.mark.parametrize("layer", [Conv(4, 3), Conv(4, 5, 2), MaxPool(3), ConvTranspose(4, 4, 2)])
@pytest.mark.parametrize("shape", [(3, 32, 32), (3, 17, 20), (3, 9)])
def test_each_way_gives_the_size(layer: Layer, shape: Shape) -> None:
    for want in product((1, 4, 8, 16, 33), repeat=len(shape) - 1):
        for way in ways(layer, shape, want):
            assert given(layer, way).output_shape(shape)[1:] == want
            assert not list(given(layer, way).check())


def test_no_equal_padding_fits_a_kernel_of_5_at_stride_2_on_32() -> None:
    """(32 - 5 + 2P)/2 + 1 is never whole: 2P is even, 27 is not."""
    found = ways(Conv(8, 5, 2), (3, 32, 32), (16, 16))
    paddings = {way.fields["padding"]: way for way in found if "padding" in way.fields}
    assert paddings["same"].sides == ((1, 2), (1, 2))
    assert not any(paddings["same"].rest)
    assert all(any(paddings[name].rest) for name in paddings if name != "same")


def test_every_equal_padding_that_gives_the_size_is_found() -> None:
    for size, kernel, stride, padding in product(range(5, 12), (1, 2, 3, 5), (1, 2, 3), (0, 1, 2)):
        layer = Conv(1, kernel, stride, padding)
        if padding >= kernel or kernel > size:
            continue
        (wanted,) = layer.output_shape((1, size))[1:]
        found = ways(Conv(1, kernel, stride), (1, size), (wanted,))
        assert padding in [way.fields.get("padding") for way in found]


def test_an_axis_each_where_one_number_does_not_do() -> None:
    (way, *_) = ways(Conv(8, 3), (3, 32, 48), (16, 12))
    assert given(Conv(8, 3), way).output_shape((3, 32, 48)) == (8, 16, 12)


@pytest.mark.parametrize(
    ("layer", "want", "says"),
    [(ACTIVATIONS["relu"](), (3, 3), "no field"), (LAYERS["max_pool"](2), (3,), "has 2")],
)
def test_what_no_field_gives(layer: Layer, want: tuple[int, ...], says: str) -> None:
    with pytest.raises(ValuesError, match=says):
        ways(layer, (3, 8, 8), want)


def test_the_command() -> None:
    layer = "conv: {filters: 8, kernel: 5, stride: 2}"
    found = inside("calc", layer, "--input", "3x32x32", "--want", "16x16")
    assert found.returncode == 0
    assert "no padding that is equal on both sides comes out even" in found.stdout
    assert "padding: same              puts 1 before and 2 after" in found.stdout
    assert inside("calc", layer, "--input", "3x32x32", "--want", "999x1").returncode == 1
    for want in ("16", "16xx16", "x", "0x0", "-1"):
        assert inside("calc", layer, "--input", "3x32x32", "--want", want).returncode == 2


@of_each_kind(case for case in CASES if len(case[1]) == 1)
def test_every_kind_is_asked(case: Case) -> None:
    """It gives ways that are so, or says that there is none."""
    layer, (shape,) = case
    for want in ((4,), (3, 3), (2, 3, 4)):
        try:
            found = ways(layer, shape, want)
        except ValuesError:
            continue
        for way in found:
            assert given(layer.resolve(), way).output_shape(shape)[1:] == want
