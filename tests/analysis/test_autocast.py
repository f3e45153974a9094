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


UNITS, FEATURES, STEPS = 256, 128, 16  # of the zoo's


def test_a_recurrent_layer_is_one_call() -> None:
    """It keeps its weights, what it reads, its first states and those of every step, in fp16; the
    network its input and output."""
    weights = 4 * UNITS * (FEATURES + UNITS + 2)
    states = UNITS * STEPS + 2 * UNITS
    halves = weights + states + FEATURES * STEPS
    assert retained(load("lstm"), 1, 4, "bf16") == 2 * halves + 4 * FEATURES * STEPS


def test_what_cudnn_keeps_is_not_counted() -> None:
    found = cnncalc.memory("lstm", autocast="bf16", fits="1GiB")
    assert found.to_dict()["not_counted"] == ["lstm"]
    assert "without the space that cuDNN keeps for lstm" in str(found)
    assert "may fit into 1 GiB: the largest batch is at most" in str(found)
    assert cnncalc.memory("lstm").to_dict()["not_counted"] == []


def test_weights_are_fp32() -> None:
    with pytest.raises(ConditionError, match="weights of fp32"):
        cnncalc.memory("lenet5", autocast="bf16", dtype="bf16")
