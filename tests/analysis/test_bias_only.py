"""Outputs of a transposed convolution that no input reaches: counted in PyTorch."""

from __future__ import annotations

from itertools import product

import pytest
import torch

from cnncalc.analysis import analyze
from cnncalc.analysis.lint import advise
from tests.language.reading import graph, spec

GRID = [
    (kernel, stride, dilation, padding)
    for kernel, stride, dilation, padding in product((1, 2, 3), (1, 2, 3, 4), (1, 2, 3), (0, 1))
    if dilation * (kernel - 1) + 1 > 2 * padding
]


@pytest.mark.parametrize(("kernel", "stride", "dilation", "padding"), GRID)
def test_as_many_as_pytorch_leaves(kernel: int, stride: int, dilation: int, padding: int) -> None:
    """Of a map so long that its ends do not tell; what is left is 0, without a bias."""
    item = f"kernel: {kernel}, stride: {stride}, dilation: {dilation}, padding: {padding}"
    text = spec(f"conv_transpose: {{filters: 1, {item}}}", head="input: 1x40")
    told = [found for found in advise(analyze(graph(text))) if found.code == "CNN924"]
    layer = torch.nn.ConvTranspose1d(1, 1, kernel, stride, padding, bias=False, dilation=dilation)
    torch.nn.init.ones_(layer.weight)
    values = layer(torch.ones(1, 1, 40)).flatten()
    reach = dilation * (kernel - 1) + stride
    unmet = int((values[reach:-reach] == 0).sum())
    assert bool(told) == bool(unmet)


def test_counted() -> None:
    """Stride 2, dilation 2: of 19 rows 10 are met."""
    item = "conv_transpose: {filters: 1, kernel: 3, stride: 2, dilation: 2}"
    (told,) = advise(analyze(graph(spec(item, head="input: 1x8x8"))))
    assert told.message.startswith(f"{19 * 19 - 10 * 10} of {19 * 19} positions of 1x19x19 are the")


CAUSAL = {
    "a causal convolution and its input": (
        "{concat: {left: [{pad: [[2, 0]]}, {conv: {filters: 4, kernel: 3}}], right: [identity]}}",
        0,
    ),
    "dilated": (
        "{concat: {left: [{pad: [[8, 0]]}, {conv: {filters: 4, kernel: 3, dilation: 4}}], "
        "right: [identity]}}",
        0,
    ),
    "cut at the end instead": (
        "{concat: {left: [{conv: {filters: 4, kernel: 3, padding: 2}}, {crop: [[0, 2]]}], "
        "right: [identity]}}",
        0,
    ),
    "two of them": (
        "{concat: {left: [{pad: [[2, 0]]}, {conv: {filters: 4, kernel: 3}}], "
        "right: [{pad: [[4, 0]]}, {conv: {filters: 4, kernel: 5}}]}}",
        0,
    ),
    "moved by one": (
        "{concat: {left: [{pad: [[3, 0]]}, {conv: {filters: 4, kernel: 3}}, {crop: [[0, 1]]}], "
        "right: [identity]}}",
        2,
    ),
    "an even kernel": (
        "{concat: {left: [{conv: {filters: 4, kernel: 2, padding: same}}], right: [identity]}}",
        0.5,
    ),
}


@pytest.mark.parametrize(("item", "apart"), CAUSAL.values(), ids=CAUSAL)
def test_causal_branches_are_not_apart(item: str, apart: float) -> None:
    summary = analyze(graph(spec(item, head="input: 4x32")))
    assert summary.rows[-1].receptive.misaligned == apart
    assert ("CNN910" in [found.code for found in advise(summary)]) == (apart > 0.5)
