"""The plan of a network: what runs in turn, under which names."""

from __future__ import annotations

import pytest

from cnncalc.network.parts import tree
from cnncalc.network.plan import Loop, Plan, Step, Turn, plan
from tests.analysis.specs import graph_of

SPEC = """
input: 4x6x6
blocks:
  unit:
    args: {skip: }
    layers:
      - subtract: [skip, input]
      - conv: {filters: 4, kernel: 1}
layers:
"""

PLANS = {
    "one after the other": (["relu", "tanh"], ["x = relu(x)", "x = tanh(x)"]),
    "a map that is needed": (
        ["{name: a, relu: }", "{name: b, tanh: }", "multiply: [a, b]"],
        ["a = a(x)", "x = multiply(a, b(a))"],
    ),
    "branches in the place of their names": (
        ["add: {a: [relu], b: [tanh]}"],
        ["x = add(a(x), b(x))"],
    ),
    "branches of a function": (
        ["concat: {a: [relu], b: [tanh]}"],
        ["a = a(x)", "b = b(x)", "x = concat(a, b)"],
    ),
    "what arrives comes before what is given": (
        ["{name: a, relu: }", "tanh", "unit: {skip: a}"],
        ["a = a(x)", "x = tanh(a)", "x = unit(x, a)"],
    ),
    "one value for both": (["unit: {skip: input}"], ["x = unit(x)"]),
    "what does nothing": (
        ["{name: a, identity: }", "{name: b, relu: }", "pad_channels: 0", "concat: [a, b]"],
        ["b = b(x)", "x = concat(x, b)"],
    ),
    "what nothing reads": (["relu", "{tanh: , from: input}"], ["relu(x)", "x = tanh(x)"]),
    "a loop": (
        ["{name: a, relu: }", "tanh", "{unit: {skip: a}, repeat: 3}"],
        ["a = a(x)", "x = tanh(a)", "x = x; for unit: unit(x, a)"],
    ),
    "a loop of two values": (
        ["relu", "{unit: {skip: previous}, repeat: 3}"],
        ["relu = relu(x)", "x, previous = relu, x; for unit: unit(x, previous)"],
    ),
    "a loop beside a map that is needed": (
        ["{name: a, relu: }", "{name: b, unit: {skip: input}, repeat: 3, from: a}", "add: [a, b]"],
        ["a = a(x)", "out = a; for unit: unit(out, x)", "x = add(a, out)"],
    ),
}


def shown(turn: Turn | str) -> str:
    """As Python has it, of layers and parts the last of their names."""
    if isinstance(turn, str):
        return turn
    names = ", ".join(turn.names)
    if isinstance(turn, Loop):
        begin, reads = ", ".join(turn.begin), ", ".join(turn.reads)
        return f"{names} = {begin}; for {turn.run}: {turn.run}({reads})"
    called = f"{turn.part.name}({', '.join(map(shown, turn.reads))})"
    return f"{names} = {called}" if names else called


def planned(*items: str) -> Plan:
    graph = graph_of(SPEC + "\n".join(f"  - {item}" for item in items))
    return plan(tree(graph), graph.inputs, {"output": graph.output})


@pytest.mark.parametrize("case", PLANS)
def test_turns(case: str) -> None:
    items, wanted = PLANS[case]
    assert [shown(turn) for turn in planned(*items).turns] == wanted


def test_a_call_hands_over_what_the_part_takes() -> None:
    """The block reads its argument first, and takes it last."""
    called = planned("relu", "unit: {skip: input}", "unit: {skip: previous}").turns[-1]
    assert isinstance(called, Step)
    own = plan(called.part)
    assert own.takes == ("x", "skip")
    assert own.arriving == called.part.takes
    assert len(called.reads) == len(own.takes)
