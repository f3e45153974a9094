"""Layers, graphs and summaries can be pickled and copied, and say the same afterwards."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from cnncalc.analysis import Summary, analyze
from cnncalc.language.load import load
from cnncalc.layers import LAYERS
from cnncalc.layers.pointwise.activation import Activation
from cnncalc.lowering.source import source
from cnncalc.network.graph import Graph
from cnncalc.report.table.table import table
from cnncalc.report.table.to_json import document
from cnncalc.zoo import networks
from tests.layers.cases import Case, of_each_kind
from tests.lowering.test_lower import written
from tests.sampled import of_the_zoo

BYTES = 250
"""Of a pickle, for each layer; besides the spec's text, and what every pickle has."""

BESIDES = 6000


def pickled(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))


AGAIN: tuple[Callable[[Any], Any], ...] = (pickled, copy.deepcopy, copy.copy)
WAYS = pytest.mark.parametrize("again", AGAIN)


@of_each_kind()
def test_layers(case: Case) -> None:
    layer, _ = case
    for again in AGAIN:
        found = again(layer)
        assert found == layer
        assert type(found) is type(layer) is LAYERS[layer.kind]


@WAYS
def test_an_alias(again: Callable[[Any], Any]) -> None:
    assert type(again(Activation("relu"))) is Activation
    assert again(Activation("relu")).resolve() == LAYERS["relu"]()


def said(summary: Summary) -> dict[str, Any]:
    """All numbers of a network, as JSON has them."""
    return document(summary, table(summary, ("kind",), None).lines)


@pytest.mark.parametrize("name", of_the_zoo(networks()))
def test_networks(name: str) -> None:
    graph = load(name)
    stored = pickle.dumps(graph)
    found = pickle.loads(stored)
    assert len(stored) < BYTES * len(graph.layers) + len(graph.span.source.text) + BESIDES
    assert said(analyze(found)) == said(analyze(graph))
    assert source(found) == source(graph)
    assert found.unused() == graph.unused() == ()
    assert [node.path for node in found.nodes] == [node.path for node in graph.nodes]
    assert found.groups.keys() == graph.groups.keys()


@WAYS
@pytest.mark.parametrize("name", ["googlenet", "faster_rcnn", "show_and_tell", "vit_b16"])
def test_summaries(name: str, again: Callable[[Summary], Summary]) -> None:
    summary = analyze(load(name), 3)
    found = again(summary)
    assert said(found) == said(summary)
    assert [row.node for row in found.rows] == list(found.graph.layers)


@WAYS
def test_copies_export_the_same(again: Callable[[Graph], Graph]) -> None:
    graph = load("se_resnet50")
    assert source(again(graph)) == source(graph)


def test_what_is_unused_comes_along() -> None:
    graph = written("input: 3x8x8\nargs: {spare: 1}\nlayers: [relu]")
    (definition,) = pickled(graph).unused()
    assert (definition.text, definition.span.line) == ("the argument `spare`", 2)


@WAYS
def test_a_deep_network(again: Callable[[Summary], Summary]) -> None:
    """Deeper than Python's stack."""
    graph = written(
        "input: 8x8x8\nlayers: [{conv: {filters: 8, kernel: 1}, repeat: 5_000}]",
    )
    found = again(analyze(graph))
    assert found.totals == analyze(graph).totals
    assert len(found.graph.layers) == 5_000
