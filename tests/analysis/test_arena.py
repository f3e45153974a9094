"""Memory of small devices: the arena of activations, and flash."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest

from cnncalc import load, loads
from cnncalc.analysis import analyze
from cnncalc.analysis.arena import Arena, least_arena, lite_arena
from cnncalc.analysis.flash import count_flash
from tests.inside import inside
from tests.test_networks import FOLDER, SPECS

TABLE = Path(__file__).parent.parent / "reference" / "tflite_micro.csv"
with TABLE.open(newline="", encoding="utf-8") as file:
    ROWS = list(csv.DictReader(file))
MODELS = [row["spec"] for row in ROWS]

with (TABLE.parent / "mcunet.csv").open(newline="", encoding="utf-8") as file:
    MCUNETS = list(csv.DictReader(file))


def network(layers: str, shape: str = "4x8x8") -> str:
    return f"input: {shape}\nlayers:\n{layers}"


# -- what TensorFlow Lite Micro reports -----------------------------------------------------


@pytest.mark.parametrize("row", ROWS, ids=MODELS)
def test_the_arena_is_that_of_tflite_micro(row: dict[str, str]) -> None:
    assert lite_arena(load(FOLDER / f"{row['spec']}.yaml")).planned == int(row["head"])


@pytest.mark.parametrize("row", ROWS, ids=MODELS)
def test_flash_is_what_the_tensors_of_the_model_hold(row: dict[str, str]) -> None:
    flash = count_flash(load(FOLDER / f"{row['spec']}.yaml"))
    assert sum(flash.values()) == int(row["weights"]) < int(row["file_bytes"])


def test_the_printed_memory_of_mcunet_is_its_arena_there() -> None:
    (row,) = [row for row in ROWS if row["published_memory"]]
    printed, unit = row["published_memory"].split()
    assert unit == "kB"
    arena = lite_arena(load(FOLDER / f"{row['spec']}.yaml"))
    assert 0 <= int(printed) * 1000 - arena.planned < 1000


@pytest.mark.parametrize("row", MCUNETS, ids=lambda row: row["spec"])
def test_the_printed_activations_of_mcunets_are_the_least(row: dict[str, str]) -> None:
    """In kB of 1,024 bytes, rounded; so are their MACs and parameters."""
    graph = load(FOLDER / f"{row['spec']}.yaml")
    printed, unit = row["activations"].split()
    assert unit == "kB"
    assert abs(least_arena(graph).peak / 1024 - int(printed)) <= 0.5
    totals = analyze(graph).totals
    assert row["macs"] == f"{totals.ops.macs / 1e6:.1f}M"
    assert row["params"] == f"{totals.params.total / 1e6:.2f}M"


# -- what stands in place, and what beside --------------------------------------------------

MAP = 4 * 8 * 8
CONV = "conv: {filters: 4, kernel: 3, padding: 1}"
PLACES = {
    "chain": (f"- {CONV}\n- batch_norm\n- relu", 2 * MAP, 2 * MAP),
    "activation": ("- relu\n- sigmoid", MAP, 2 * MAP),
    "kept for a sum": (f"- add: {{a: [{CONV}, relu], b: [identity]}}", 2 * MAP, 3 * MAP),
    "read again": (f"- relu\n- add: {{a: [sigmoid, {CONV}], b: [identity]}}", 3 * MAP, 3 * MAP),
    "behind a view": ("- flatten\n- {linear: 8}", MAP + 8, 2 * MAP),
    "of two shapes": ("- conv: {filters: 8, kernel: 1}\n- relu", 3 * MAP, 3 * MAP),
    "softmax": ("- flatten\n- softmax", 2 * MAP, 2 * MAP),
    "padded as no word says": (
        "- conv: {filters: 4, kernel: 3, stride: 2, padding: 1}",
        MAP + MAP // 4,
        MAP + 4 * 10 * 10,
    ),
    "same": (
        "- conv: {filters: 4, kernel: 3, stride: 2, padding: same}",
        MAP + MAP // 4,
        MAP + MAP // 4,
    ),
    "joined": (f"- concat: {{a: [{CONV}], b: [identity]}}", 4 * MAP, 4 * MAP),
}


@pytest.mark.parametrize(("layers", "least", "lite"), PLACES.values(), ids=PLACES)
def test_peaks(layers: str, least: int, lite: int) -> None:
    graph = loads(network("\n".join(f"  {line}" for line in layers.split("\n"))))
    assert (least_arena(graph).peak, lite_arena(graph).peak) == (least, lite)
    assert least_arena(graph, width=4).peak == 4 * least


def test_where_the_peak_is() -> None:
    arena = least_arena(
        loads(network(f"  - {CONV}\n  - relu\n  - conv: {{filters: 8, kernel: 1}}"))
    )
    assert arena.at is not None
    assert arena.steps[arena.at][0].path == "conv_2"
    assert [(each.node.path, each.size) for each in arena.held] == [
        ("conv_2", 8 * 8 * 8),
        ("conv", MAP),
    ]


def test_outputs_stay() -> None:
    spec = network("  - {name: early, relu: }\n  - conv: {filters: 4, kernel: 1}\n  - sigmoid")
    graph = loads(f"{spec}\noutputs: {{early: early}}\n")
    assert least_arena(graph).peak == 2 * MAP
    assert {each.last for each in least_arena(graph).tensors} == {2}


def overlapping(arena: Arena) -> Iterator[str]:
    """Tensors that are there at the same time and share a byte."""
    for one, other in combinations(arena.tensors, 2):
        together = one.first <= other.last and other.first <= one.last
        apart = one.offset + one.size <= other.offset or other.offset + other.size <= one.offset
        if together and not apart:
            yield f"{one.node.path} and {other.node.path}"


SMALL = [spec for spec in SPECS if "resnet1202" not in spec]


@pytest.mark.parametrize("spec", SMALL[::4])
def test_no_two_tensors_share_a_byte(spec: str) -> None:
    graph = load(FOLDER / f"{spec}.yaml")
    for arena in (least_arena(graph), lite_arena(graph)):
        assert list(overlapping(arena)) == []
        assert arena.planned >= arena.peak == sum(each.size for each in arena.held) + scratch(arena)
    assert least_arena(graph).peak <= lite_arena(graph).peak


def scratch(arena: Arena) -> int:
    """What the layer at the peak takes beside its tensors."""
    node, _ = arena.steps[arena.at or 0]
    return node.layer.scratch(*node.shapes) if node.layer else 0


# -- flash ----------------------------------------------------------------------------------

FLASH = {
    "a weight has a byte, a bias four": ("- linear: 8", "16", 16 * 8 + 4 * 8),
    "a norm leaves a bias": (
        "- conv: {filters: 8, kernel: 1, bias: false}\n- batch_norm",
        "4x8x8",
        4 * 8 + 4 * 8,
    ),
    "or none more": ("- conv: {filters: 8, kernel: 1}\n- batch_norm", "4x8x8", 4 * 8 + 4 * 8),
    "that cannot be folded": ("- relu\n- batch_norm", "4x8x8", (1 + 4) * 4),
    "weight norm": (
        "- conv: {filters: 8, kernel: 3, bias: false, weight_norm: true}",
        "4x8x8",
        8 * 4 * 3 * 3,
    ),
    "spectral norm": ("- linear: {units: 8, spectral_norm: true}", "16", 16 * 8 + 4 * 8),
    "several matrices, weight norm": (
        "- rnn: {units: 8, weight_norm: true}",
        "3x5",
        8 * 3 + 8 * 8 + 2 * 4 * 8,
    ),
    "recurrent": ("- lstm: {units: 8}", "4x10", 4 * 8 * (4 + 8) + 4 * (2 * 4 * 8)),
}


@pytest.mark.parametrize(("layers", "shape", "size"), FLASH.values(), ids=FLASH)
def test_flash(layers: str, shape: str, size: int) -> None:
    graph = loads(network("\n".join(f"  {line}" for line in layers.split("\n")), shape))
    assert sum(count_flash(graph).values()) == size


def test_flash_is_expected_and_shown(tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    layers = "  - {name: wide, linear: 8}\n  - {name: last, linear: 2}\n"
    expect = "expect: {flash: at most 100, layers: {wide: {flash: 161}}}\n"
    spec.write_text(network(layers, "16") + expect)
    told = inside("check", str(spec)).stdout
    size = 16 * 8 + 4 * 8 + 8 * 2 + 4 * 2
    assert f"`flash` is {size}, expected at most 100: {size - 100} more" in told
    assert f"`flash` of `wide` is {16 * 8 + 4 * 8}, expected 161" in told
    found = json.loads(inside("analyze", str(spec), "--format", "json").stdout)
    assert found["totals"]["flash"] == size
    assert [layer["flash"] for layer in found["layers"]] == [16 * 8 + 4 * 8, 8 * 2 + 4 * 2]


# -- the command ----------------------------------------------------------------------------


@pytest.mark.parametrize("row", ROWS, ids=MODELS)
def test_memory_of_a_small_device(row: dict[str, str]) -> None:
    name = row["spec"].partition("/")[2]
    run = inside("memory", name, "--dtype", "int8", "--inference", "--format", "json")
    (found,) = json.loads(run.stdout)
    assert (found["flash"], found["lite"]["planned"]) == (int(row["weights"]), int(row["head"]))
    tensors = found["lite"]["tensors"]
    assert max(each["offset"] + each["size"] for each in tensors) <= found["lite"]["planned"]
    assert max(step["alive"] for step in found["least"]["steps"]) == found["least"]["peak"]


def test_memory_of_a_small_device_as_text() -> None:
    shown = inside("memory", "ds_cnn", "resnet8", "--dtype", "int8", "--inference").stdout
    assert "arena: 15.62 KiB at once while `separable.0.conv_bn_relu.conv` runs" in shown
    assert "ResNet-8 (MLPerf Tiny)   int8, one sample" in shown


@pytest.mark.parametrize(
    "options", [[], ["--inference", "--batch", "2"], ["--inference", "--fits", "1MiB"]]
)
def test_a_small_device_infers_one_sample(options: list[str]) -> None:
    run = inside("memory", "ds_cnn", "--dtype", "int8", *options)
    assert run.returncode == 2
    assert "--dtype int8 is inference of one sample" in run.stderr
