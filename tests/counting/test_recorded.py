"""Our counts by the conventions of other tools are what these print, to the last digit."""

from functools import cache

import pytest

from cnncalc.analysis import analyze
from cnncalc.analysis.conventions import NAMES, convention
from cnncalc.analysis.conventions.called import functions
from cnncalc.analysis.conventions.compared import tally
from cnncalc.analysis.conventions.count import Executed, counted, running
from cnncalc.language.load import load
from cnncalc.network.graph import Graph
from cnncalc.zoo import networks
from tests.counting.recorded import ACTIVATIONS, STOPS, Recorded, published, recorded

ROWS = recorded()
PUBLISHED = published()


@cache
def graph_of(name: str) -> Graph:
    return load(networks()[name])


@cache
def ran(name: str) -> Executed:
    return running(graph_of(name))


def test_every_tool_has_a_record() -> None:
    """But timm, whose figures are published; and the version of each is the one that is said."""
    tools = {name for name in ROWS[0].counts if name != ACTIVATIONS}
    assert tools == set(NAMES) - {"timm"}
    for name in tools:
        assert convention(name).version == ROWS[0].versions[name]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.network)
def test_counts_are_those_of_the_tools(row: Recorded) -> None:
    said = {name: counted(ran(row.network), convention(name)) for name in NAMES if name != "timm"}
    ours = {name: STOPS if each.stopped else str(each.total) for name, each in said.items()}
    assert ours == {name: row.counts[name] for name in ours}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.network)
def test_outputs_of_products_are_those_of_fvcore(row: Recorded) -> None:
    """But for those that attention fuses, of which it sees none."""
    runs = ran(row.network).runs.values()
    every = [call for each in runs for run in each for call in functions(run) if not call.fused]
    assert sum(call.made for call in every) == int(row.counts[ACTIVATIONS])


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: f"{row['network']}-{row['model']}")
def test_timm_publishes_our_figures(row: dict[str, str]) -> None:
    """To the digits that it prints; where attention was fused, its products are not counted."""
    graph, runs = graph_of(row["network"]), ran(row["network"])
    every = [call for each in runs.runs.values() for run in each for call in functions(run)]
    fused = row["attention"] == "fused"
    macs = counted(runs, convention("timm")).total - fused * sum(call.fused for call in every)
    layers = [(node.layer, node.shapes) for node in graph.layers if node.layer]
    outputs = sum(layer.macts(*shapes) for layer, shapes in layers)
    outputs -= fused * sum(call.made for call in every if call.fused)
    params = analyze(graph).totals.params.total
    printed = float(row["gmacs"]), float(row["macts"]), float(row["params"])
    assert (round(macs / 1e9, 2), round(outputs / 1e6, 2), round(params / 1e6, 2)) == printed


@pytest.mark.parametrize("name", ["resnet50", "vit_b16", "lstm", "mobilevit_s", "faster_rcnn"])
def test_sorts_add_up(name: str) -> None:
    """To the totals here, and to those of the tools; what is more here and there, too."""
    found, totals = tally(graph_of(name)), analyze(graph_of(name)).totals.ops
    ours = {"MACs": totals.macs, "FLOPs": totals.flops}
    assert {unit: sum(by.values()) for unit, by in found.ours.items()} == ours
    for tool in found.tools:
        assert sum(tool.by.values()) == tool.total
        assert ours[tool.convention.unit] + sum(found.more(tool).values()) == tool.total
