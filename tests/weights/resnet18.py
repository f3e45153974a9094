"""ResNet-18 with torchvision's names, as functions: made weights, and what it makes of a batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor
from torch.nn import functional

WIDTHS = (64, 128, 256, 512)


def _norm(name: str, width: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    for each in ("weight", "bias", "running_mean", "running_var"):
        yield f"{name}.{each}", (width,)
    yield f"{name}.num_batches_tracked", ()


def shapes(classes: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    """In the order of torchvision's state_dict."""
    yield "conv1.weight", (64, 3, 7, 7)
    yield from _norm("bn1", 64)
    before = 64
    for stage, width in enumerate(WIDTHS, start=1):
        for block in range(2):
            name = f"layer{stage}.{block}"
            yield f"{name}.conv1.weight", (width, before, 3, 3)
            yield from _norm(f"{name}.bn1", width)
            yield f"{name}.conv2.weight", (width, width, 3, 3)
            yield from _norm(f"{name}.bn2", width)
            if before != width:
                yield f"{name}.downsample.0.weight", (width, before, 1, 1)
                yield from _norm(f"{name}.downsample.1", width)
            before = width
    yield "fc.weight", (classes, 512)
    yield "fc.bias", (classes,)


def made(classes: int) -> dict[str, Tensor]:
    drawn = torch.Generator().manual_seed(3)
    state = {}
    for name, shape in shapes(classes):
        values = torch.randn(shape, generator=drawn) * 0.05
        if name.endswith("running_var") or (".bn" in name and name.endswith("weight")):
            values = 1 + values.abs()
        state[name] = values if shape or "fc" in name else torch.tensor(5)
    return state


def run(state: Mapping[str, Tensor], x: Tensor) -> Tensor:
    def norm(name: str, x: Tensor) -> Tensor:
        mean, variance = state[f"{name}.running_mean"], state[f"{name}.running_var"]
        return functional.batch_norm(
            x, mean, variance, state[f"{name}.weight"], state[f"{name}.bias"]
        )

    def conv(name: str, x: Tensor, stride: int, padding: int) -> Tensor:
        return functional.conv2d(x, state[f"{name}.weight"], stride=stride, padding=padding)

    x = functional.relu(norm("bn1", conv("conv1", x, 2, 3)))
    x = functional.max_pool2d(x, 3, 2, 1)
    for stage in range(1, 5):
        for block in range(2):
            name, stride = f"layer{stage}.{block}", 2 if stage > 1 and block == 0 else 1
            y = functional.relu(norm(f"{name}.bn1", conv(f"{name}.conv1", x, stride, 1)))
            y = norm(f"{name}.bn2", conv(f"{name}.conv2", y, 1, 1))
            if stride == 2:
                x = norm(f"{name}.downsample.1", conv(f"{name}.downsample.0", x, 2, 0))
            x = functional.relu(x + y)
    return functional.linear(x.mean((2, 3)), state["fc.weight"], state["fc.bias"])
