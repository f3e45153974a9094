"""Networks that were wired wrongly once, or nearly: each computes what its layers, run one by one,
do."""

from __future__ import annotations

import pytest

from tests.analysis.specs import graph_of
from tests.wiring.held import faults

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
    "one value twice in a join": "- average: [a, a, b]",
    "a group that is shared, on one value and on two": """
  - {name: once, layers: [{name: t, tanh: }, {subtract: [t, input]}], from: input}
  - {name: twice, share: once, from: a}
  - subtract: [once, twice]""",
    "a repeat in rows, of which the last but one is read": """
  - {name: table, each: [k], rows: [1, 3], repeat: 2, conv: {filters: 4, kernel: k, padding: half}}
  - subtract: [table, previous]""",
    "a loop beside a value that is called `x`": """
  - {name: c, cell: {skip: input}, repeat: 3, from: a}
  - {subtract: [c, input]}""",
    "a row that is called as a branch and as a kind": """
  - {each: [row, k], rows: [[conv, 1], [p, 3]], name: row,
     conv: {filters: 4, kernel: k, padding: half}}
  - conv: {filters: 4, kernel: 1}
  - subtract: {p: [tanh], conv: [relu]}""",
    "maps that keep their places beside some that lose theirs": """
  - {name: c, conv: {filters: 4, kernel: 3, padding: half}}
  - concat: [c, [{maximum: [c, [{roll: {shift: 1, axis: width}}]]}]]
  - max_pool: 2""",
    "squares of several channels": """
  - {conv: {filters: 4, kernel: 3, padding: half}}
  - {pixel_unshuffle: 2}
  - {pixel_shuffle: 2}""",
    "pads without channels": """
  - {name: wide, pad_channels: 0}
  - {name: c, conv: {filters: 4, kernel: 1}}
  - subtract: [wide, c]""",
}


def test_each_layer_reads_what_the_spec_says() -> None:
    graphs = {case: graph_of(f"{CELL}  {items.strip()}\n") for case, items in CASES.items()}
    assert not [*faults(graphs)]
