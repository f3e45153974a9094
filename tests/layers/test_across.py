"""Which channels each channel of an output reads, against what changes when one of them does."""

import pytest
import torch
from torch import Tensor, nn

from cnncalc.layers.base import STATISTICS, Across, Layer, Shape
from tests.layers.cases import Case, of_each_kind
from tests.torch_form import applied, module_of

pytestmark = pytest.mark.torch

Pairs = set[tuple[int, int, int]]
"""A channel of the output, the number of an input, a channel of it."""

DRAWS, BATCH = 2, 12
"""A rectifier that is off, or a window's maximum elsewhere, hides a channel: seldom so often."""


def told(across: Across, filters: int, *inputs: Shape) -> Pairs:
    """What a layer says it reads."""
    part = filters // across.turns
    return {
        (output % part * across.turns + output // part, number, channel)
        for reads in across.reads
        for number, shape in enumerate(inputs)
        if reads.number in (None, number)
        for k, output in enumerate(range(filters) if reads.outputs is None else reads.outputs)
        for tap in (range(shape[0]) if reads.taps is None else reads.taps)
        if 0 <= (channel := tap + reads.step * (k // reads.repeat)) < shape[0]
    }


def changed(layer: Layer, *inputs: Shape) -> Pairs:
    """What changes: one channel after the other is drawn anew."""
    form = layer.torch(*inputs)
    found: Pairs = set()
    for seed in range(DRAWS):
        torch.manual_seed(seed)
        module = positive(module_of(form).eval().double())
        given = [drawn(layer, shape) for shape in inputs]
        still = applied(form, module, *given).nan_to_num()
        for number, shape in enumerate(inputs):
            for channel in range(shape[0]):
                moved = [each.clone() for each in given]
                moved[number][:, channel] = drawn(layer, shape)[:, channel]
                differs = applied(form, module, *moved).nan_to_num() != still
                outputs = differs.transpose(0, 1).flatten(1).any(1).nonzero().flatten()
                found |= {(output, number, channel) for output in outputs.tolist()}
    return found


def positive(module: nn.Module) -> nn.Module:
    """The module, its weights drawn."""
    for tensor in (*module.parameters(), *module.buffers()):
        if tensor.is_floating_point():
            tensor.data.uniform_(0.1, 0.5)
    return module


def drawn(layer: Layer, shape: Shape) -> Tensor:
    """A batch."""
    if layer.indices:
        return torch.randint(layer.values()["vocabulary"], (BATCH, *shape)).double()
    return 2 * torch.randn(BATCH, *shape, dtype=torch.double)


@of_each_kind()
@torch.no_grad()
def test_channels_read(case: Case) -> None:
    layer, shapes = case
    across = layer.across(*shapes)
    if across is None or layer.values().get("vocabulary") == 1:
        return
    said = told(across, layer.output_shape(*shapes)[0], *shapes)
    found = changed(layer, *shapes)
    if layer.window(*shapes) == STATISTICS:
        assert said <= found
    else:
        assert said == found
