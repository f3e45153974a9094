"""Windows of every small size take and refuse what PyTorch's do, and come out the same size."""

from collections.abc import Callable
from itertools import product
from math import ceil, floor
from random import Random

import pytest
import torch
from torch import nn

from cnncalc.layers.base import Layer, Shape, ShapeError
from cnncalc.layers.convolution.conv import Conv, ConvTranspose
from cnncalc.layers.moving.reshape import Pad
from cnncalc.layers.pooling.pool import AvgPool, LpPool, MaxPool
from tests.layers.grid import GRID, Case, crossed
from tests.torch_form import applied, module_of, on_meta

pytestmark = pytest.mark.torch

Made = Callable[[Case, str], tuple[Layer, nn.Module]]

UNDILATED = [case for case in GRID if case.dilation == 1]
UNPADDED = [case for case in UNDILATED if case.padding == 0]


def rank(case: Case) -> int:
    return len(case.size) if isinstance(case.size, tuple) else 1


def shape(case: Case, channels: int = 2) -> Shape:
    return (channels, *(case.size if isinstance(case.size, tuple) else (case.size,)))


def ours(layer: Layer, arriving: Shape) -> Shape | None:
    try:
        return layer.output_shape(arriving)
    except ShapeError:
        return None


def theirs(module: nn.Module, arriving: Shape, device: str = "meta") -> Shape | None:
    """The shape PyTorch makes; an empty one, as of a transposed convolution of clips, is none."""
    try:
        output = module.to(device)(torch.empty(1, *arriving, device=device))
    except (RuntimeError, ValueError):
        return None
    return tuple(output.shape[1:]) if output.numel() else None


def conv(case: Case) -> tuple[Layer, nn.Module]:
    layer = Conv(4, case.kernel, case.stride, case.padding, case.dilation, groups=2)
    name = f"Conv{rank(case)}d"
    with torch.device("meta"):
        return layer, getattr(nn, name)(2, 4, *case[1:], groups=2)


def max_pool(case: Case, rounding: str = "floor") -> tuple[Layer, nn.Module]:
    layer = MaxPool(
        case.kernel, case.stride, case.padding, dilation=case.dilation, rounding=rounding
    )
    name = f"MaxPool{rank(case)}d"
    return layer, getattr(nn, name)(*case[1:], ceil_mode=rounding == "ceil")


def avg_pool(case: Case, rounding: str = "floor") -> tuple[Layer, nn.Module]:
    layer = AvgPool(case.kernel, case.stride, case.padding, rounding=rounding)
    name = f"AvgPool{rank(case)}d"
    return layer, getattr(nn, name)(*case[1:4], ceil_mode=rounding == "ceil")


def lp_pool(case: Case, rounding: str = "floor") -> tuple[Layer, nn.Module]:
    layer = LpPool(case.kernel, case.stride, rounding=rounding)
    name = f"LPPool{rank(case)}d"
    return layer, getattr(nn, name)(2.0, *case[1:3], ceil_mode=rounding == "ceil")


def disagreements(cases: list[tuple[Shape, Layer, nn.Module]]) -> list[tuple[object, ...]]:
    compared = [
        (arriving, layer, ours(layer, arriving), theirs(module, arriving))
        for arriving, layer, module in cases
    ]
    return [row for row in compared if row[2] != row[3]]


@pytest.mark.parametrize("kernel", range(1, 6))
def test_conv(kernel: int) -> None:
    cases = [(shape(case), *conv(case)) for case in GRID if case.kernel == kernel]
    assert len(cases) == 8 * 3 * 3 * 3
    assert not disagreements(cases)


@pytest.mark.parametrize("rounding", ["floor", "ceil"])
@pytest.mark.parametrize(
    ("made", "grid"), [(max_pool, GRID), (avg_pool, UNDILATED), (lp_pool, UNPADDED)]
)
def test_pool(made: Made, grid: list[Case], rounding: str) -> None:
    assert not disagreements([(shape(case), *made(case, rounding)) for case in grid])


@pytest.mark.parametrize("axes", [2, 3])
def test_conv_over_maps(axes: int) -> None:
    assert not disagreements([(shape(case), *conv(case)) for case in crossed(axes, 400)])


@pytest.mark.parametrize("rounding", ["floor", "ceil"])
@pytest.mark.parametrize("axes", [2, 3])
@pytest.mark.parametrize("made", [max_pool, avg_pool, lp_pool])
def test_pool_over_maps(made: Made, axes: int, rounding: str) -> None:
    cases = crossed(axes, 400, dilated=made is max_pool)
    if made is lp_pool:
        cases = [case._replace(padding=0) for case in cases]
    assert not disagreements([(shape(case), *made(case, rounding)) for case in cases])


@pytest.mark.parametrize("extra", [0, 1, 2])
def test_conv_transpose(extra: int) -> None:
    """On the CPU: on the meta device PyTorch does not look at the output padding."""
    refused = 0
    for case in GRID:
        fields = {"dilation": case.dilation, "output_padding": extra}
        layer = ConvTranspose(4, *case[1:4], **fields)
        expected = theirs(nn.ConvTranspose1d(2, 4, *case[1:4], **fields), shape(case), "cpu")
        assert ours(layer, shape(case)) == expected, case
        refused += expected is None
    assert refused


@pytest.mark.parametrize("axes", [2, 3])
def test_conv_transpose_over_maps(axes: int) -> None:
    for case in crossed(axes, 300):
        layer = ConvTranspose(4, *case[1:4], dilation=case.dilation)
        module = getattr(nn, f"ConvTranspose{axes}d")(2, 4, *case[1:4], dilation=case.dilation)
        assert ours(layer, shape(case)) == theirs(module, shape(case), "cpu"), case


WORDS = [
    (kind, padding, rounding)
    for kind in (Conv, MaxPool, AvgPool, LpPool)
    for padding in ("half", "same", "valid")
    for rounding in (("floor",) if kind is Conv else ("floor", "ceil"))
]


@pytest.mark.parametrize(("kind", "padding", "rounding"), WORDS)
def test_padding_words(kind: type[Layer], padding: str, rounding: str) -> None:
    """What a word pads, PyTorch is given as numbers, before the layer where it has none."""
    accepted = 0
    dilated = kind in (Conv, MaxPool)
    line = GRID if dilated else UNDILATED
    for case in line + crossed(2, 60, dilated) + crossed(3, 60, dilated):
        fields = {"kernel": case.kernel, "stride": case.stride, "padding": padding}
        fields |= {"filters": 4} if kind is Conv else {"rounding": rounding}
        fields |= {"dilation": case.dilation} if dilated else {}
        layer = kind(**fields)
        output = ours(layer, shape(case))
        if output is None:
            continue
        accepted += 1
        assert on_meta(layer, shape(case))[1] == output, (case, layer)
    assert accepted > 100


@pytest.mark.parametrize("case", UNDILATED[:: 3 * 3 * 5], ids=str)
def test_same_is_the_size_over_the_stride_rounded_up(case: Case) -> None:
    for kernel in range(1, 6):
        for stride in (1, 2, 3):
            layer = Conv(1, kernel, stride, padding="same")
            assert layer.output_shape((1, case.size)) == (1, -(-case.size // stride))


@pytest.mark.parametrize("kernel", [1, 3, 5])
@pytest.mark.parametrize("dilation", [1, 2, 3])
@pytest.mark.parametrize("kind", [Conv, MaxPool])
def test_half_keeps_the_size_at_stride_1(kind: type[Layer], kernel: int, dilation: int) -> None:
    fields = {"kernel": kernel, "stride": 1, "padding": "half", "dilation": dilation}
    fields |= {"filters": 3} if kind is Conv else {}
    assert kind(**fields).output_shape((3, 8, 8)) == (3, 8, 8)


MODES = ("reflect", "replicate", "circular")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_padding_modes(mode: str, axes: int) -> None:
    """Every padding of every small map: by the convolution, by `pad`, by `F.pad` before it."""
    refused = 0
    for size, before, after in product(range(1, 6), range(7), range(7)):
        arriving = (2, *(size,) * axes)
        pad = getattr(nn, f"{PADS[mode]}{axes}d")((before, after) * axes)
        expected = theirs(pad, arriving)
        assert ours(Pad(((before, after),) * axes, mode=mode), arriving) == expected
        refused += expected is None
        conv = Conv(3, 2, padding=((before, after),) * axes, padding_mode=mode)
        fits = expected is not None and min(expected[1:]) >= 2
        assert (ours(conv, arriving) is not None) == fits
        if before == after:
            with torch.device("meta"):
                module = getattr(nn, f"Conv{axes}d")(2, 3, 2, padding=before, padding_mode=mode)
            assert ours(conv, arriving) == theirs(module, arriving), (size, before)
    assert (refused > 0) == (mode != "replicate")


PADS = {"reflect": "ReflectionPad", "replicate": "ReplicationPad", "circular": "CircularPad"}


@pytest.mark.parametrize("kind", [Conv, MaxPool, AvgPool, LpPool])
def test_padding_of_each_side(kind: type[Layer]) -> None:
    """What is padded first, PyTorch then takes without a padding."""
    for size, kernel, stride in product(range(1, 8), range(1, 5), (1, 2, 3)):
        for before, after in product(range(4), range(4)):
            fields: dict[str, object] = {"kernel": kernel, "stride": stride}
            fields |= {"filters": 2} if kind is Conv else {}
            arriving = (2, size + before + after)
            plain = ours(kind(**fields, padding=0), arriving)
            padded = ours(kind(**fields, padding=((before, after),)), (2, size))
            if kind is not Conv and max(before, after) > kernel // 2:
                plain = None
            assert padded == plain, (size, kernel, stride, before, after)


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("kernel", range(1, 6))
def test_a_causal_convolution_sees_no_later_step(kernel: int, stride: int) -> None:
    for size, dilation in product(range(1, 9), (1, 2, 3)):
        layer = Conv(1, kernel, stride, "causal", dilation)
        assert layer.output_shape((1, size)) == (1, -(-size // stride))
        (axis,) = layer.window((1, size)).axes
        assert axis.taps[0][-1] == 0


@pytest.mark.parametrize("dilation", [1, 2, 3])
@pytest.mark.parametrize("stride", [1, 2, 3, 4])
@pytest.mark.parametrize("kernel", range(1, 6))
def test_same_transposed_is_the_gradient_of_same(kernel: int, stride: int, dilation: int) -> None:
    """TensorFlow's meaning: of a convolution that makes the input of the output."""
    for size in range(1, 6):
        layer = ConvTranspose(3, kernel, stride, "same", dilation)
        assert layer.output_shape((2, size)) == (3, size * stride)
        form = layer.torch((2, size))
        module, x = module_of(form), torch.rand(1, 2, size)
        forward = Conv(2, kernel, stride, "same", dilation).torch((3, size * stride))
        convolution = module_of(forward)
        convolution.weight = module.weight
        read = torch.zeros(1, 3, size * stride, requires_grad=True)
        applied(forward, convolution, read).backward(x)
        biased = read.grad + module.bias.view(-1, 1)
        torch.testing.assert_close(module(x), biased)


def formula_value(formula: str) -> float:
    return eval(formula, {"floor": floor, "ceil": ceil})


LAYERS_OF_A_CASE: list[Callable[[Case], Layer]] = [
    lambda case: Conv(4, *case[1:]),
    lambda case: ConvTranspose(4, *case[1:]),
    lambda case: MaxPool(*case[1:4], dilation=case.dilation),
    lambda case: MaxPool(*case[1:4], dilation=case.dilation, rounding="ceil"),
    lambda case: AvgPool(*case[1:4], rounding="ceil"),
    lambda case: Conv(4, case.kernel, case.stride, "same", case.dilation),
    lambda case: ConvTranspose(4, case.kernel, case.stride, "same", case.dilation),
]


@pytest.mark.parametrize("made", LAYERS_OF_A_CASE)
def test_formulas_give_the_size(made: Callable[[Case], Layer]) -> None:
    for case in Random(0).sample(GRID, 300) + crossed(2, 100):
        layer = made(case)
        output = ours(layer, shape(case))
        if output is None:
            continue
        arithmetic = layer.arithmetic(shape(case))
        assert tuple(map(formula_value, arithmetic.space)) == output[1:], (case, layer)
        if arithmetic.macs:
            assert formula_value(arithmetic.macs) == layer.ops(shape(case)).macs, (case, layer)
