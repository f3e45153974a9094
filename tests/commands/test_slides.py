"""What slides print wrong, or round, is said by the command that one would ask."""

from __future__ import annotations

import pytest

from cnncalc import analyze
from tests.commands.conftest import Run


def params(network: str) -> int:
    return analyze(network).totals.params.total


def times_fewer(network: str) -> str:
    """Three digits of how many times fewer parameters GoogLeNet has."""
    return f"{params(network) / params('googlenet'):.3g}"


SLIDES = {
    "12 times fewer than AlexNet": (
        ("explain", "googlenet"),
        lambda: (
            f"12 times fewer parameters than AlexNet and 27 times fewer than VGG-16; it is "
            f"{times_fewer('alexnet')} and {times_fewer('vgg16')} times"
        ),
    ),
    "and in the table": (("compare", "googlenet", "alexnet"), lambda: f"x{times_fewer('alexnet')}"),
    "no fully connected layers": (
        ("analyze", "googlenet"),
        lambda: f"there is one, of {1000 * 1024 + 1000:,} parameters",
    ),
    "the backward pass of batch norm": (
        ("explain", "batch norm gradient"),
        lambda: "A slide prints (x_i - mean)^2 in the last term",
    ),
    "layer norm's statistics": (
        ("explain", "layer norm"),
        lambda: (
            "Slides print N x C x 1 x 1 for the layer norm of images: those are the statistics "
            "of an instance norm"
        ),
    ),
    "and of a layer": (
        ("calc", "layer_norm: all", "--input", "64x28x28"),
        lambda: "statistics Nx1x1x1 of Nx64x28x28",
    ),
    "2.33 places": (
        ("calc", "conv: {filters: 1, kernel: 3, stride: 3}", "--input", "1x7x7"),
        lambda: (
            f"does not fit: room for {(7 - 3) / 3 + 1:.2f} windows; the last row and column of "
            "the input are never read"
        ),
    ),
    "forbidden or rounded": (
        ("explain", "does not fit"),
        lambda: (
            "Of the 2.33 places below one lecture says that they do not fit, another rounds "
            "them down"
        ),
    ),
    "one bias": (
        ("calc", "rnn: {units: 128, bias: single}", "--input", "64x10"),
        lambda: f"= {128 * 64 + 128 * 128 + 128:,}",
    ),
    "or two": (("explain", "rnn"), lambda: "two for each unit and gate, as in PyTorch, or the one"),
    "358M": (
        ("explain", "inception_bottleneck"),
        lambda: (
            "the six terms they add up there give "
            f"{28 * 28 * (128 * 256 + 3 * 64 * 256 + 192 * 9 * 64 + 96 * 25 * 64):,}"
        ),
    ),
    "a stride of ResNet's own": (
        ("calc", "conv: {filters: 128, kernel: 3, stride: 2, padding: 1}", "--input", "64x56x56"),
        lambda: "rounded down from 28.50: the last row and column of padding are not read",
    ),
}


@pytest.mark.parametrize("slide", SLIDES)
def test_a_slide_is_corrected(slide: str, cnncalc: Run) -> None:
    command, says = SLIDES[slide]
    assert says() in " ".join(cnncalc(*command).stdout.split())


@pytest.mark.torch
def test_the_gradient_of_batch_norm_is_pytorchs(cnncalc: Run) -> None:
    import torch

    x = torch.tensor([[1.0], [2], [3], [6]], dtype=torch.float64, requires_grad=True)
    upstream = torch.tensor([[1.0], [0], [0], [0]], dtype=torch.float64)
    torch.nn.functional.batch_norm(x, None, None, training=True, eps=1e-12).backward(upstream)
    assert x.grad is not None
    shown = " ".join(f"{value:.4f}".rstrip("0") for value in x.grad.flatten().tolist())
    assert f"gamma 1, eps 0: {shown}\n" in cnncalc("explain", "batch norm gradient").stdout
    assert abs(x.grad.sum().item()) < 1e-12, "a shift of all changes nothing"

    normed = (x - x.mean()) / x.var(unbiased=False).sqrt()
    squared = (upstream - upstream.mean() - normed**2 * upstream.mean()).detach()
    assert abs(squared.sum().item()) > 0.1, "the slide's, up to a factor"
