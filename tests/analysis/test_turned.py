"""Maps that were sequences: what is not known of their places, and whether they see everything."""

from __future__ import annotations

import pytest
import torch

from cnncalc.analysis import analyze
from cnncalc.analysis.receptive import Receptive
from cnncalc.runtime.lower import lower
from tests.analysis.specs import network

pytestmark = pytest.mark.torch

THREE = "conv: {filters: 1, kernel: 3, padding: 1}"
TO_STEPS = ["to_sequence", "permute: [1, 0]"]
BACK = ["permute: [1, 0]", "unflatten: {sizes: [4, 4], axis: steps}"]


@pytest.mark.parametrize(
    ("items", "everything"),
    [
        (["to_sequence", "attention: 1", BACK[1], THREE], True),
        ([*TO_STEPS, "linear: 16", *BACK, THREE], True),
        ([*TO_STEPS, "gelu", "conv: {filters: 16, kernel: 1}", *BACK], True),
        ([*TO_STEPS, "channel_shuffle: 4", "linear: 16", *BACK], True),
        ([*TO_STEPS, "gelu", *BACK], False),
        ([*TO_STEPS, *TO_STEPS[1:], "linear: 2", BACK[1]], False),
        ([*TO_STEPS, "slice: {stop: 8}", "linear: 16", *BACK], False),
        ([*TO_STEPS, "conv: {filters: 16, kernel: 1, groups: 2}", *BACK], False),
        ([*TO_STEPS, "to_sequence: channels", "linear: 16", BACK[1]], False),
        (["learned: {features: 2, steps: 16}", *TO_STEPS[1:], "linear: 16", *BACK], False),
    ],
    ids=str,
)
def test_a_map_that_was_a_sequence(items: list[str], everything: bool) -> None:
    """Its places cannot be told; whether it sees the whole input, gradients do."""
    graph = network("2x4x4", *items)
    last = analyze(graph).totals.receptive
    assert (last, everything) in ((Receptive(None, everything), everything), (None, False))
    module = lower(graph).eval()
    x = torch.rand(1, 2, 4, 4, requires_grad=True)
    (seen,) = torch.autograd.grad(module(x)[0, :, 0, 0].square().sum(), x, allow_unused=True)
    assert (seen is not None and bool((seen != 0).any(1).all())) == everything
