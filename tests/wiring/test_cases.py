"""Networks that were wired wrongly once, or nearly: each computes what its layers, run one by one,
do."""

from __future__ import annotations

import pytest

from cnncalc.runtime.lower import lower
from cnncalc.runtime.verify import verify
from tests.analysis.specs import graph_of
from tests.lowering.interpreted import agrees

pytestmark = pytest.mark.torch

CELL = """
input: 4x6x6
blocks:
  cell:
    args: {skip: , other: input, adjusted: true, swapped: false, third: false}
    layers:
      - {name: p, from: skip, layers: [{conv: {filters: 4, kernel: 1}, when: adjusted}]}
      - {name: h, from: input, conv: {filters: 4, kernel: 1}}
      - {name: q, conv: {filters: 4, kernel: 1}, from: other, when: third}
      - {subtract: [p, h], when: not swapped}
      - {subtract: [h, p], when: swapped}
layers:
  - {name: a, conv: {filters: 4, kernel: 1}}
  - {name: b, conv: {filters: 4, kernel: 1}}
"""

CASES = {
    "an argument is read before the input": "- {cell: {skip: a}}",
    "now as it is, now behind a layer": """
  - {cell: {skip: previous, adjusted: false}}
  - {cell: {skip: previous}}""",
    "the two in one order, then in the other": """
  - {cell: {skip: a, swapped: true}}
  - {cell: {skip: a}}
  - {cell: {skip: b}}""",
    "one value twice": """
  - {cell: {skip: a}, from: a}
  - {cell: {skip: a}, from: b}""",
    "an argument that one does not read": """
  - {cell: {skip: a, other: b, third: true}}
  - {cell: {skip: a}}""",
    "a repeat": "- {cell: {skip: previous}, repeat: 4}",
    "a repeat of one skip": "- {cell: {skip: a}, repeat: 3, from: b}",
    "a repeat that begins otherwise": """
  - {cell: {skip: previous}, repeat: 4, first: {adjusted: false, swapped: true}}""",
    "a group that does nothing to several values": """
  - {name: group, layers: [{name: one, identity: , from: a}, {identity: , from: b}]}
  - subtract: [a, group]""",
    "pads without channels": """
  - {name: wide, pad_channels: 0}
  - {name: c, conv: {filters: 4, kernel: 1}}
  - subtract: [wide, c]""",
}


@pytest.mark.parametrize("case", CASES)
def test_each_layer_reads_what_the_spec_says(case: str) -> None:
    graph = graph_of(f"{CELL}  {CASES[case].strip()}\n")
    assert agrees(graph, lower(graph), seed=1)
    assert not [finding for check in verify(graph).checks for finding in check.findings]
