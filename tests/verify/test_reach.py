"""What is reached, found by largest positions, against what the gradient reaches.

Both run PyTorch, and neither knows the analysis: random networks, every output of every layer.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from torch import nn

from cnncalc.network.graph import Graph, Node
from cnncalc.runtime.lower import lower, samples
from cnncalc.runtime.verify.channel_reach import Reached, all_of, concatenated, largest, ramp, used
from cnncalc.runtime.verify.matching import matched, modules
from cnncalc.runtime.verify.module_reach import Direction, OpaqueError, through
from cnncalc.runtime.verify.reach import Found, reached
from cnncalc.runtime.verify.threads import one_thread
from cnncalc.runtime.verify.trace import traced
from tests.analysis import drafts
from tests.analysis.oracle import Interval, canvas, fields, steps
from tests.analysis.specs import graph_of

pytestmark = pytest.mark.torch


@pytest.fixture(autouse=True)
def quick() -> Iterator[None]:
    with one_thread():
        yield


def found(graph: Graph, axis: int, margin: int) -> dict[Node, Found]:
    """What each layer of the lowered network reaches."""
    network = lower(graph, device="meta").eval()
    places = modules(graph, network)
    trace = traced(network, samples(graph, 1, "meta"), list(places.values()))
    match = matched(graph, trace, places)
    assert not match.missing
    assert not match.rest
    values = dict(reached(trace, axis, margin))
    return {node: values[seen.makes] for node, seen in match.seen.items()}


def intervals(has: Reached, count: int) -> list[Interval | None]:
    shift = (has.length - count) // 2
    last, first = has.whole[:, 0, shift : shift + count].tolist()
    return [(int(-f), int(n)) if n > -torch.inf else None for f, n in zip(first, last, strict=True)]


@pytest.mark.parametrize("rank", [1, 2])
@pytest.mark.parametrize("seeds", [range(12), range(12, 24)], ids=str)
def test_both_reach_the_same(rank: int, seeds: range) -> None:
    for seed in seeds:
        text = drafts.spec(seed, rank)
        graph = graph_of(text)
        turn = drafts.common(step[0] for step in steps(graph).values())
        margin = -(-300 // turn) * turn
        layers = [n for n in graph.layers if len(n.inputs) > 1 or n is graph.output or rank == 1]
        batch = max((sum(node.shape[1:]) for node in layers), default=1)
        margins = [margin] + [turn] * (rank - 1)  # the other axis needs no room
        wide = canvas(graph, batch, margins)
        ours = found(graph, 0, margin)
        for node in layers:
            has = ours[node]
            here = f"{node.path} of spec({seed}, {rank}):\n{text}"
            assert not isinstance(has, str), here
            assert (has is not None) == wide.has_place(node), here
            if has is not None:
                theirs = fields(wide, node, slice(None))[0]
                assert intervals(has, len(theirs)) == theirs, here


# -- modules by themselves ---------------------------------------------------------------------


def test_groups_keep_what_they_reach_apart() -> None:
    near, far = ramp(0, 9, 2), ramp(-100, -91, 2)
    conv = nn.Conv1d(4, 6, 3, groups=2, device="meta")
    has = through(conv, concatenated([near, far]), Direction(0, (1, 4, 9), (1, 6, 7)))
    assert has
    assert has.each[0, :, 0].tolist() == [2] * 3 + [-98] * 3
    assert has.each[1, :, 0].tolist() == [0] * 3 + [100] * 3


def test_what_is_not_known_is_said() -> None:
    with pytest.raises(OpaqueError, match="CosineSimilarity"):
        through(nn.CosineSimilarity(), ramp(0, 4, 1), Direction(0, (1, 1, 4), (1, 1, 4)))
    conv = nn.Conv1d(1, 1, 3, padding="same")
    with pytest.raises(OpaqueError, match="same"):
        through(conv, ramp(0, 4, 1), Direction(0, (1, 1, 4), (1, 1, 4)))


def test_channels_that_are_alike_are_kept_once() -> None:
    one = ramp(0, 5, 3)
    both = concatenated([one, one])
    assert both.rows.shape == (2, 1, 5)
    assert len(both.of) == 6
    mixed = concatenated([one, ramp(7, 12, 1)])
    assert mixed.rows.shape == (2, 2, 5)
    assert used(Reached(mixed.rows, mixed.of[3:])).rows[0, 0].tolist() == [7, 8, 9, 10, 11]


def test_largest_is_that_of_each_channel() -> None:
    torch.manual_seed(0)
    one, other = (all_of(torch.randn(2, 4, 5)) for _ in range(2))
    twice = Reached(other.rows, torch.tensor([3, 3, 1, 0]))
    assert torch.equal(largest(one, twice).each, torch.maximum(one.each, twice.each))
