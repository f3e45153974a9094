"""Runs of a repeat that are copies of one, against the same runs made one by one."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from cnncalc.analysis import Summary, analyze
from cnncalc.language.load import loads
from cnncalc.network.copied import Copied, Copies, pieces
from cnncalc.network.graph import Graph, Node
from cnncalc.report.shown import text
from tests.wiring.specs import flow

SAME = {"padding": "same"}
PLAIN: tuple[dict[str, Any], ...] = (
    *({"relu": None}, {"batch_norm": None}, {"channel_shuffle": 2}, {"roll": 1}),
    *({"conv": {"filters": 4, "kernel": kernel, **SAME}} for kernel in (1, 2, 3)),
    {"conv": {"filters": 4, "kernel": 3, "dilation": 2, **SAME}},
    {"conv": {"filters": 4, "kernel": 3, "groups": 2, **SAME}},
    {"max_pool": {"kernel": 2, "stride": 1, **SAME}},
    {"layers": [{"upsample": 2}, {"avg_pool": 2}]},
    {"layers": [{"pad": 2}, {"conv": {"filters": 4, "kernel": 5}}]},
    {"layers": [{"slice": {"stop": 2}}, {"pad_channels": 2}]},
)
GATE = [
    {"global_avg_pool": {"keep": True}},
    {"conv": {"filters": 4, "kernel": 1}},
    {"sigmoid": None},
]


def part(draw: Random, depth: int) -> list[dict[str, Any]]:
    """Layers that keep the shape of what they read."""
    return [item(draw, depth) for _ in range(draw.choice((1, 1, 2)))]


def item(draw: Random, depth: int) -> dict[str, Any]:
    if depth == 0 or draw.random() < 0.5:
        return draw.choice(PLAIN)
    if draw.random() < 0.2:
        return {"multiply": {"map": [{"identity": None}], "gate": GATE}}
    if draw.random() < 0.2:
        return {"layers": part(draw, depth - 1), "repeat": draw.choice((2, 5))}
    return {"add": {"a": [{"identity": None}], "b": part(draw, depth - 1)}}


def spec(seed: int) -> str:
    """A network with repeats."""
    draw = Random(f"copies {seed}")
    lines = ["input: 4x12x12", "layers:", "  - conv: {filters: 4, kernel: 3, padding: same}"]
    for number in range(draw.choice((1, 2))):
        inner = flow(part(draw, 2))
        times = draw.choice((4, 5, 9))
        lines.append(f"  - {{name: s{number}, layers: {inner}, repeat: {times}}}")
        read = draw.choice((0, 1, 2, -1, -2))
        lines.append(f'  - add: ["all(s{number})[0]", "all(s{number})[{read}]"]')
    return "\n".join([*lines, *["  - global_avg_pool", "  - linear: 10"][: draw.choice((0, 2))]])


def placed(node: Node) -> tuple[object, ...]:
    """What can be said of a node, without any other."""
    reads = [source.path for source in node.inputs]
    return node.path, node.layer, reads, node.shape, node.calls, node.frozen, node.weights


def said(graph: Graph, summary: Summary) -> list[object]:
    """All that is said of a network: first what asks for the whole, then of each layer."""
    return [
        summary.totals,
        text(summary).split("\n")[1:],
        [
            (row.node.path, row.params, row.ops, row.receptive, row.lost, row.weight_layers)
            for row in summary.rows
        ],
        [summary.receptive[node] for node in graph.nodes],
        [placed(node) for node in graph.layers],
        [(*group[:5], *map(list, group[5:])) for group in graph.groups.values()],
        [node.path for node in graph.unread()],
    ]


def copies(graph: Graph) -> list[Copies]:
    return [piece for piece in pieces(graph.layers) if isinstance(piece, Copies)]


@pytest.mark.parametrize("first", [0, pytest.param(40, marks=pytest.mark.thorough)])
def test_copies_are_like_what_runs(first: int) -> None:
    """A condition that depends on the number of the run has each of them run."""
    found = 0
    for seed in range(first, first + 40):
        graph = loads(spec(seed))
        run = loads(spec(seed).replace("repeat:", 'when: "i >= 0", repeat:'))
        assert not copies(run)
        found += len(copies(graph))
        assert said(graph, analyze(graph)) == said(run, analyze(run)), spec(seed)
    assert found > 40


CHAIN = (
    "input: 8x32x32\nlayers:\n  - {conv: {filters: 8, kernel: 3, padding: 1}, repeat: 1_000_000}"
)


def test_none_of_a_million_copies_is_made() -> None:
    summary = analyze(loads(CHAIN))
    assert summary.totals.params.total == 1_000_000 * (8 * 8 * 9 + 8)
    assert summary.totals.ops.macs == 1_000_000 * 8 * 32 * 32 * 8 * 9
    assert summary.totals.weight_layers == 1_000_000
    assert summary.totals.receptive
    assert [axis.size for axis in summary.totals.receptive.axes or ()] == [2_000_001] * 2
    assert "conv x1000000" in text(summary)
    node = summary.graph.layers[500_000]
    assert summary.rows[500_000].receptive == summary.receptive[node]
    assert node.inputs[0].path == "conv.499999"
    made = summary.graph.layers
    assert isinstance(made, Copied)
    assert sum(item is not None for item in made._items) < 20


def test_slices_are_views() -> None:
    items: Copied[int] = Copied([0, 1])
    items.copy(2, 3, lambda number: 10 + number)
    items.append(99)
    assert list(items) == [0, 1, 10, 11, 12, 13, 14, 15, 99]
    assert list(items[1:8:2]) == [1, 11, 13, 15]
    assert items[2:5] == [10, 11, 12]
    assert items[-2] == 15
    assert list(pieces(items)) == [0, 1, Copies(2, 2, 3), 99]
    assert list(pieces(items[1:])) == [1, 10, 11, 12, 13, 14, 15, 99]
