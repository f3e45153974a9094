"""What is no kind of its own, written with matrix products: non-local blocks, attention."""

from __future__ import annotations

import pytest
import torch

from cnncalc.analysis import analyze
from cnncalc.language.load import loads
from cnncalc.runtime.lower import lower
from cnncalc.runtime.verify import verify

pytestmark = pytest.mark.torch

NON_LOCAL = """
input: 8x6x5
layers:
  - add:
      seen:
        - matmul:
            values: [{name: g, conv: {filters: 4, kernel: 1}}, to_sequence]
            weights:
              - matmul:
                  keys: [{name: phi, conv: {filters: 4, kernel: 1}}, to_sequence, {permute: [1, 0]}]
                  queries: [{name: theta, conv: {filters: 4, kernel: 1}}, to_sequence]
              - softmax
        - unflatten: 6x5
        - {name: z, conv: {filters: 8, kernel: 1}}
      was: [identity]
"""

ATTENTION = """
input: 8x5
layers:
  - {name: all, linear: 24}
  - matmul:
      values:
        - {from: all, slice: {start: 16}}
        - unflatten: {sizes: [2, 4], axis: channels}
        - permute: [1, 0, 2]
      weights:
        - matmul:
            keys:
              - {from: all, slice: {start: 8, stop: 16}}
              - unflatten: {sizes: [2, 4], axis: channels}
              - permute: [2, 0, 1]
            queries:
              - {from: all, slice: {stop: 8}}
              - scale: 0.5
              - unflatten: {sizes: [2, 4], axis: channels}
              - permute: [1, 0, 2]
        - softmax
  - permute: [1, 0, 2]
  - reshape: [8, -1]
  - linear: 8
"""


@torch.no_grad()
def test_a_non_local_block() -> None:
    """Wang et al. 2018, equations 2, 4 and 6, place by place."""
    graph = loads(NON_LOCAL)
    network = lower(graph, seed=1)
    x = torch.randn(2, 8, 6, 5)
    state = {
        name.split(".")[-2]: w[..., 0, 0] for name, w in network.state_dict().items() if w.dim() > 1
    }
    places = x.flatten(2)
    theta, phi, g = (
        torch.einsum("oi,nip->nop", state[name], places) for name in ("theta", "phi", "g")
    )
    seen = torch.zeros_like(g)
    for i in range(6 * 5):
        likeness = torch.exp((theta[:, :, i, None] * phi).sum(1))
        seen[:, :, i] = (likeness[:, None] * g).sum(2) / likeness.sum(1, keepdim=True)
    expected = torch.einsum("oi,nip->nop", state["z"], seen).view_as(x) + x
    torch.testing.assert_close(network(x), expected)
    macs = 30 * (3 * 8 * 4 + 4 * 8) + 2 * 30 * 30 * 4
    assert analyze(graph).totals.ops.macs == macs


@torch.no_grad()
def test_attention() -> None:
    """The kind, and what it stands for."""
    written = loads(ATTENTION)
    whole = loads("input: 8x5\nlayers: [{name: kind, attention: 2}]")
    totals = [analyze(graph).totals for graph in (written, whole)]
    assert totals[0].params == totals[1].params
    assert totals[0].ops == totals[1].ops
    networks = [lower(graph, seed=1) for graph in (written, whole)]
    networks[0].load_state_dict(
        dict(zip(networks[0].state_dict(), networks[1].state_dict().values(), strict=True))
    )
    x = torch.randn(2, 8, 5)
    torch.testing.assert_close(networks[0](x), networks[1](x))


@pytest.mark.parametrize("text", [NON_LOCAL, ATTENTION], ids=["non-local", "attention"])
def test_they_are_verified(text: str) -> None:
    assert verify(loads(text)).sound
