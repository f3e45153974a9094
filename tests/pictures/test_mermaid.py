"""Graphs in Mermaid: every box has a name and is reached, and the ways are those of the network."""

from __future__ import annotations

import re

import pytest

from cnncalc import zoo
from cnncalc.analysis import analyze
from cnncalc.language.load import load
from cnncalc.report.picture.to_mermaid import to_mermaid
from cnncalc.report.picture.wish import Wish
from tests.analysis.specs import graph_of
from tests.output.hostile import check_mermaid

SKIP = """
input: 3x8x8
layers:
  - {name: first, conv: {filters: 3, kernel: 3, padding: half}}
  - {name: body, add: [[{conv: {filters: 3, kernel: 1}}, relu], [identity]]}
  - flatten
  - linear: 10
"""


def parts(text: str) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The labels of boxes by name, and the ways."""
    boxes = dict(re.findall(r'^ *(n\d+)\(?\["(.*)"\]', text, re.MULTILINE))
    return boxes, re.findall(r"^(n\d+) --> (n\d+)$", text, re.MULTILINE)


@pytest.mark.parametrize("name", list(zoo.networks()))
def test_ways_are_those_of_the_graph(name: str) -> None:
    """Unfolded there is a box for each layer, in their order."""
    graph = load(name)
    text = to_mermaid(analyze(graph), Wish(depth=99, unfold=True))
    check_mermaid(text)
    boxes, ways = parts(text)
    inside, ends = [*boxes][len(graph.inputs) : -len(graph.heads)], [*boxes][-len(graph.heads) :]
    called = {label.split()[0]: box for box, label in boxes.items() if box not in inside}
    named = dict(zip(graph.layers, inside, strict=True))
    named |= {node: called[name] for name, node in graph.inputs.items()}
    read = {(named[one], named[node]) for node in graph.layers for one in node.inputs}
    by_output = {boxes[box].split()[0]: box for box in ends}
    left = {(named[node], by_output[name]) for name, node in graph.heads.items()}
    assert sorted(ways) == sorted(read | left)


@pytest.mark.parametrize("name", list(zoo.networks()))
def test_folded_boxes_are_reached(name: str) -> None:
    """All ways end at boxes, and all but what arrives reads something."""
    graph = load(name)
    text = to_mermaid(analyze(graph))
    check_mermaid(text)
    boxes, ways = parts(text)
    assert {end for way in ways for end in way} <= boxes.keys()
    sources = len(graph.inputs) + sum(not node.inputs for node in graph.layers)
    assert len(boxes) - len({target for _, target in ways}) <= sources
    assert len(set(ways)) == len(ways)


def test_labels() -> None:
    boxes, _ = parts(to_mermaid(analyze(graph_of(SKIP)), Wish(show="params")))
    assert f"first<br/>conv 3x3, 3<br/>3x8x8 {3 * 3 * 3 * 3 + 3}" in boxes.values()
    assert "input 3x8x8" in boxes.values()
