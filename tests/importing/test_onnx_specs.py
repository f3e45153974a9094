"""Small ONNX files as specs: what these say, and what none can."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("onnx")

from cnncalc.importing.checked import ImportingError
from cnncalc.importing.whole_program import of_program
from cnncalc.runtime.importing.onnx.from_onnx import program_of_onnx
from tests.importing.small_onnx import CASES, MAP, onnx_model, saved


@pytest.mark.parametrize(
    ("case", "operator", "said"),
    [
        (
            ("y = Conv<group=2>(x, w)", MAP, {"w": (6, 4, 3, 3)}),
            "conv2d",
            "its `weight` is of 216 numbers, and a layer's of 108",
        ),
        (
            ("y = Conv(x, w, b)", MAP, {"w": (6, 4, 3, 3), "b": (5,)}),
            "conv2d",
            "its `bias` is of 5 numbers, and a layer's of 6",
        ),
        (
            ("y = GlobalLpPool<p=9000000000000000000>(x)", MAP),
            "norm",
            "`9e18` has no value: it is beyond 1,000,000,000,000,000",
        ),
        (
            ("y = Relu(x)", "float[N,4,9,2000000000] x"),
            "model",
            "`input` wants channels and up to three sizes, got `[4, 9, 2000000000]`",
        ),
        (
            ("y = Reshape(x, to)", "float[N,30000,4,40000] x", {"to": [0, 2, -1]}),
            "output",
            "the output `y`: `sizes` wants a whole number of at most 1,000,000,000,"
            " got 2,400,000,000",
        ),
    ],
)
def test_what_no_spec_says_is_told_by_its_node(
    case: Any, operator: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(ImportingError) as caught:
        of_program(program_of_onnx(saved(onnx_model(*case), tmp_path)))
    (found,) = caught.value.blockers
    assert (found.operator, found.what) == (operator, said)


def test_a_network_that_gives_what_it_reads(tmp_path: Path) -> None:
    found = of_program(program_of_onnx(saved(onnx_model("y = Identity(x)", MAP), tmp_path)))
    assert [node.kind for node in found.graph.layers] == ["identity"]


def test_a_tensor_that_is_a_weight_and_a_statistic(tmp_path: Path) -> None:
    weights = {"one": (4,), "zero": (4,)}
    model = onnx_model("y = BatchNormalization(x, one, zero, zero, one)", MAP, weights)
    found = of_program(program_of_onnx(saved(model, tmp_path)))
    (draft,) = found.sketch.layers
    assert found.sketch.program.counted.params == 8
    assert {name: origin.tensors for name, origin in draft.weights.items()} == {
        "weight": ("one",),
        "bias": ("zero",),
        "running_mean": ("zero~buffer",),
        "running_var": ("one~buffer",),
    }


def test_directions_and_lengths_are_a_field(tmp_path: Path) -> None:
    found = of_program(
        program_of_onnx(saved(onnx_model(*CASES["conv, directions and lengths"]), tmp_path))
    )
    assert "weight_norm: true" in found.text


def test_nodes_without_names_repeat(tmp_path: Path) -> None:
    nodes, weights, last = [], {}, "x"
    for number in range(6):
        nodes.append(f"a{number} = Conv({last}, w{number}) b{number} = Relu(a{number})")
        nodes.append(f"c{number} = Add(b{number}, {last})")
        weights[f"w{number}"], last = (4, 4, 1, 1), f"c{number}"
    model = onnx_model(" ".join(nodes), MAP, weights, f"float[] {last}")
    found = of_program(program_of_onnx(saved(model, tmp_path)))
    assert found.text.count("repeat: 6") == 1
    assert found.text.count("conv") == 1
