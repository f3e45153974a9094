"""Columns that are counted only when they are asked for."""

from pathlib import Path

import pytest

from cnncalc.analysis import Summary, analyze
from cnncalc.language.load import load
from cnncalc.report.table.columns import COLUMNS
from cnncalc.report.table.outline import depths
from cnncalc.report.table.table import part_table, table

SPECS = Path(__file__).parents[2] / "specs"
CONNECTIONS = COLUMNS["connections"]


@pytest.fixture(scope="module")
def network() -> Summary:
    return analyze(load(SPECS / "resnet" / "resnet18.yaml"))


def test_connections_add_up_at_every_depth(network: Summary) -> None:
    for depth in (None, *range(1, depths(network) + 1)):
        shown = table(network, ("connections",), depth)
        parts = [CONNECTIONS.value(line.row, shown.numbers) for line in shown.lines if line.row]
        assert sum(parts) == CONNECTIONS.value(shown.whole, shown.numbers)  # type: ignore[arg-type]


def test_connections_of_a_part(network: Summary) -> None:
    for path in network.graph.groups:
        shown = part_table(network, ("connections",), path)
        parts = [CONNECTIONS.value(line.row, shown.numbers) for line in shown.lines if line.row]
        assert sum(parts) == CONNECTIONS.value(shown.whole, shown.numbers)  # type: ignore[arg-type]


def test_connections_are_of_one_sample(network: Summary) -> None:
    whole = table(network, ("connections",), None).whole
    batch = table(analyze(network.graph, 8), ("connections",), None).whole
    assert whole.connections == batch.connections
    norms = [row for row in network.rows if row.node.kind == "batch_norm"]
    biases = 1000 + 2 * sum(row.activations for row in norms)
    assert whole.connections == whole.ops.macs + biases
