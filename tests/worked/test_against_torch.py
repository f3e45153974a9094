"""Random layers on random numbers, worked out here and by PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
import torch

from cnncalc.layers import LAYERS
from cnncalc.layers.base import Layer, Shape, ShapeError
from cnncalc.layers.convolution.conv import Conv
from cnncalc.layers.convolution.linear import Linear
from cnncalc.layers.norms.norm import BatchNorm
from cnncalc.layers.pointwise.activation import ACTIVATIONS, Gelu
from cnncalc.layers.pointwise.competing import LogSoftmax, Softmax
from cnncalc.layers.pooling.pool import AvgPool, LpPool, MaxPool
from cnncalc.worked.array import Array
from cnncalc.worked.as_matrix import as_matrix
from cnncalc.worked.given_weights import Weights
from cnncalc.worked.work import work
from tests.together import in_groups, slices
from tests.torch_form import applied, module_of

COUNT = 500
BENT = [kind for kind, layer in LAYERS.items() if layer.working == "curve"]

pytestmark = pytest.mark.torch


def sizes(random: Random, rank: int, most: int, least: int = 1) -> tuple[int, ...]:
    return tuple(random.randint(least, most) for _ in range(rank))


def a_conv(random: Random, shape: Shape) -> Layer:
    groups = random.choice([g for g in range(1, shape[0] + 1) if shape[0] % g == 0])
    rank = len(shape) - 1
    table = None
    filters = groups * random.randint(1, 2)
    if random.random() < 0.15:
        groups, filters = 1, 3
        rows = [random.sample(range(shape[0]), random.randint(1, shape[0])) for _ in range(3)]
        table = tuple(map(tuple, rows))
    return Conv(
        filters=filters,
        kernel=sizes(random, rank, 3),
        stride=sizes(random, rank, 3),
        padding=random.choice(["same", "valid", sizes(random, rank, 2, 0)]),
        dilation=sizes(random, rank, 2),
        groups=groups,
        bias=random.random() < 0.5,
        table=table,
        padding_mode=random.choice(["zeros", "zeros", "reflect", "replicate", "circular"]),
    )


def a_pool(random: Random, shape: Shape) -> Layer:
    rank = len(shape) - 1
    common = {
        "kernel": sizes(random, rank, 3),
        "stride": random.choice([None, sizes(random, rank, 3)]),
        "padding": random.choice([0, 0, "same", "half", sizes(random, rank, 1, 0)]),
        "rounding": random.choice(["floor", "ceil"]),
    }
    kind = random.choice([MaxPool, AvgPool, LpPool])
    if kind is MaxPool:
        return MaxPool(**common, dilation=random.randint(1, 2))
    if kind is AvgPool:
        return AvgPool(**common, count_padding=random.random() < 0.5)
    norm, reduce = random.choice([1.0, 2.0, 3.0]), random.choice(["sum", "mean"])
    return LpPool(**common, norm=norm, reduce=reduce)


def another(random: Random, shape: Shape) -> Layer:
    choices: list[Callable[[], Layer]] = [
        lambda: Linear(3, bias=random.random() < 0.5),
        lambda: BatchNorm(
            affine=random.random() < 0.5, track=len(shape) == 1 or random.random() < 0.7
        ),
        Softmax,
        LogSoftmax,
        lambda: Gelu("tanh"),
        lambda: ACTIVATIONS[random.choice(BENT)](),
    ]
    return random.choice(choices)()


def case(seed: int) -> tuple[Layer, Shape]:
    """A layer and a shape that it reads."""
    random = Random(seed)
    while True:
        rank = random.choice([1, 2, 2, 2, 3])
        shape = (random.randint(1, 4), *sizes(random, rank, 6, 2))
        make = random.choice([a_conv, a_conv, a_pool, another])
        if make is another and random.random() < 0.3:
            shape = shape[:1]
        layer = make(random, shape)
        if list(layer.check()):
            continue
        try:
            layer.output_shape(shape)
        except ShapeError:
            continue
        return layer, shape


@in_groups(slices(range(COUNT), 50))
def test_worked_out_as_pytorch_does(seed: int) -> None:
    layer, shape = case(seed)
    torch.manual_seed(seed)
    given = torch.randn(1, *shape, dtype=torch.float64)
    given = given.abs() if isinstance(layer, LpPool) else given
    form = layer.torch(shape)
    module = module_of(form).double().eval()
    for value in (*module.parameters(), *module.buffers()):
        if value.is_floating_point():
            value.data.uniform_(0.5, 2)
    state = {name: array(value) for name, value in module.state_dict().items() if value.dim()}
    with torch.no_grad():
        expected = applied(form, module, given)[0]
    found = work(layer, array(given[0]), Weights(state)).outputs()
    assert found.shape == tuple(expected.shape)
    torch.testing.assert_close(
        torch.tensor(found.numbers, dtype=torch.float64).reshape(found.shape),
        expected,
        equal_nan=True,
    )


LINEAR = [seed for seed in range(COUNT) if case(seed)[0].working in ("products", "mean")]


@pytest.mark.parametrize("seed", LINEAR[:100])
def test_its_matrix_is_the_derivative_that_pytorch_finds(seed: int) -> None:
    layer, shape = case(seed)
    torch.manual_seed(seed)
    form = layer.torch(shape)
    module = module_of(form).double().eval()
    state = {name: array(value) for name, value in module.state_dict().items() if value.dim()}
    given = torch.randn(1, *shape, dtype=torch.float64)
    expected = torch.autograd.functional.jacobian(lambda x: applied(form, module, x), given)
    found = as_matrix(layer, shape, Weights(state))
    rows = torch.tensor(found.numbers, dtype=torch.float64).reshape(found.shape)
    torch.testing.assert_close(rows, expected.reshape(rows.shape))


def array(found: torch.Tensor) -> Array:
    return Array(tuple(found.shape), found.double().flatten().tolist())


def test_batch_norm_in_training_takes_what_arrives() -> None:
    given = torch.randn(1, 3, 4, 5, dtype=torch.float64)
    expected = torch.nn.BatchNorm2d(3).double()(given)[0]
    found = work(BatchNorm(), array(given[0]), Weights(training=True)).outputs()
    actual = torch.tensor(found.numbers, dtype=torch.float64).reshape(found.shape)
    torch.testing.assert_close(actual, expected)
