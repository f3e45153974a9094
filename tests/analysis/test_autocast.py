"""Memory under autocast against what was counted of PyTorch's tensors on a CUDA device, as
`tests/cuda/test_autocast.py` counts them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import cnncalc
from cnncalc.analysis.memory import retained, training
from cnncalc.analysis.memory_use import ConditionError
from cnncalc.language.load import load, loads

RECORD = Path(__file__).parents[1] / "reference" / "autocast.csv"
BATCH = 3

ROWS = list(csv.reader(RECORD.read_text().splitlines()))[1:]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_step(row: list[str]) -> None:
    name, kept, peak = row
    graph = load(name)
    assert retained(graph, BATCH, 4, "bf16") == int(kept)
    assert training(graph, autocast="bf16").total(BATCH) == int(peak)


def kept(layers: str) -> int:
    """By a network of one sample of 8x4x4, in bytes of a number of 16 bits."""
    return retained(loads(f"input: 8x4x4\nlayers: {layers}"), 1, 4, "bf16") // 2


INPUT = 2 * 8 * 4 * 4  # fp32, in halves
MAP = 8 * 4 * 4
CONV = "{conv: {filters: 8, kernel: 1, bias: false}}"
WEIGHT = 8 * 8


@pytest.mark.parametrize(
    ("layers", "halves"),
    [
        pytest.param(f"[{CONV}]", INPUT + MAP + WEIGHT + MAP, id="casts of input and weight"),
        pytest.param(
            f"[{CONV}, relu, {CONV}]",
            INPUT + 3 * MAP + 2 * WEIGHT,
            id="a map of 16 bits is kept as it is",
        ),
        pytest.param(
            f"[{CONV}, {{layer_norm: {{affine: false}}}}]",
            INPUT + MAP + WEIGHT + 2 * MAP + 2 * MAP + 2 * 2 * 16,
            id="a norm of each position is in fp32",
        ),
        pytest.param(
            f"[{CONV}, batch_norm]",
            INPUT + MAP + WEIGHT + MAP + 2 * 2 * 8 + MAP,
            id="statistics of the batch are in fp32, its maps are not",
        ),
        pytest.param(
            f"[{CONV}, {{dropout: 0.5}}]", INPUT + MAP + WEIGHT + MAP // 2 + MAP, id="a byte masks"
        ),
        pytest.param(
            f"[{CONV}, softmax]", INPUT + MAP + WEIGHT + 2 * MAP, id="a softmax is in fp32"
        ),
    ],
)
def test_what_an_operation_keeps(layers: str, halves: int) -> None:
    assert kept(layers) == halves


def test_a_shared_weight_is_cast_once() -> None:
    once = "[{name: a, conv: {filters: 8, kernel: 1, bias: false}}, relu]"
    twice = once[:-1] + ", {conv: {filters: 8, kernel: 1, bias: false}, share: a}]"
    assert kept(twice) - kept(once) == MAP


def test_what_nobody_knows() -> None:
    with pytest.raises(ConditionError, match="`lstm` keeps a workspace"):
        cnncalc.memory("lstm", autocast="bf16")


def test_weights_are_fp32() -> None:
    with pytest.raises(ConditionError, match="weights of fp32"):
        cnncalc.memory("lenet5", autocast="bf16", dtype="bf16")
