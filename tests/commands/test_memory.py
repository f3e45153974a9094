"""`cnncalc memory`."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

import cnncalc as package
from cnncalc.analysis.memory_use import Setup, again
from cnncalc.network.figures import size_in_bytes
from tests.commands.conftest import Run

SPEC = "specs/cifar/resnet20.yaml"


def document(cnncalc: Run, *options: str) -> dict[str, object]:
    found = json.loads(cnncalc("memory", SPEC, "--format", "json", *options).stdout)
    assert isinstance(found[0], dict)
    return found[0]


def test_the_shares_add_up_to_the_peak(cnncalc: Run) -> None:
    shares = document(cnncalc, "--batch", "8", "--optimizer", "adam", "--devices", "2")["bytes"]
    assert isinstance(shares, dict)
    of_peak = ("weights", "optimizer", "buckets", "gradients", "activations")
    assert sum(shares[name] for name in of_peak) == shares["peak"]


def test_kept_is_what_the_layers_keep(cnncalc: Run) -> None:
    found = document(cnncalc, "--batch", "8")
    layers, shares = found["layers"], found["bytes"]
    assert isinstance(layers, list)
    assert isinstance(shares, dict)
    assert sum(layer["kept"] for layer in layers) == shares["kept"]


def test_adam_keeps_two_numbers_and_a_count() -> None:
    plain, adam = (package.memory("lenet5", optimizer=each).footprint for each in ("sgd", "adam"))
    weights = 61706  # LeCun 1998, with all maps read
    tensors = 10
    assert (plain.optimizer, adam.optimizer) == (0, 2 * 4 * weights + 4 * tensors)


def test_what_fits(cnncalc: Run) -> None:
    for limit in ("20MiB", "1GB"):
        largest = document(cnncalc, "--fits", limit)["largest_batch"]
        assert isinstance(largest, int)
        room = size_in_bytes(limit) or 0
        assert cnncalc_total(largest) <= room < cnncalc_total(largest + 1)


def cnncalc_total(batch: int) -> int:
    return package.memory("resnet20", batch).total


def test_each_remedy_is_one_to_type(cnncalc: Run) -> None:
    options = "--batch", "64", "--fits", "70MiB"
    remedies = document(cnncalc, *options)["remedies"]
    assert isinstance(remedies, list)
    assert len(remedies) == 5
    for remedy in remedies:
        typed = document(cnncalc, *options, *remedy["option"].split())
        shares = typed["bytes"]
        assert isinstance(shares, dict)
        assert (shares["peak"], typed["largest_batch"]) == (remedy["total"], remedy["largest"])
        assert typed["recomputed_macs"] == remedy["macs"]


def test_what_runs_again() -> None:
    graph = package.load("resnet20")
    stage = 6 * 32 * 32 * 16 * 16 * 9  # six convolutions, 16 maps to 16, 3x3
    assert again(graph, ["stage1"]) == stage
    assert again(graph, ["stage1", "stage1.0"]) == stage


def test_it_fits_into_80_columns(cnncalc: Run) -> None:
    for spec in ("nasnet_a_large", "googlenet"):
        text = cnncalc("memory", spec, "--batch", "999", "--fits", "1GB").stdout
        assert max(map(len, text.splitlines())) <= 80


def test_a_line_for_each_layer(cnncalc: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(cnncalc("memory", SPEC, "--format", "csv").stdout)))
    assert len(rows) == 1 + len(cnncalc_layers())
    assert list(rows[0]) == ["spec", "path", "kept", "alive"]


def cnncalc_layers() -> tuple[object, ...]:
    return tuple(package.load("resnet20").layers)


def test_a_file(cnncalc: Run, tmp_path: Path) -> None:
    file = tmp_path / "memory.md"
    command = ("memory", SPEC, "--format", "markdown", "-o", str(file))
    assert cnncalc(*command).returncode == 0
    assert file.read_text().startswith("### ResNet-20: training with sgd")
    assert "--force" in cnncalc(*command).stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--optimizer", "lion"), "there is no `lion`; there are sgd, momentum"),
        (("--dtype", "fp8"), "there is no `fp8`"),
        (("--batch", "0"), "wants a number of at least 1"),
        (("--fits", "much"), "--fits wants a size, `24GiB`"),
        (("--recompute", "stage9"), "there is no group `stage9`"),
        (("--inference", "--recompute", "stage1"), "of training"),
        (("--inference", "--devices", "2"), "of training"),
    ],
)
def test_refusals(options: tuple[str, ...], said: str, cnncalc: Run) -> None:
    run = cnncalc("memory", SPEC, *options)
    assert run.returncode == 2
    assert said in run.stderr


@pytest.mark.parametrize(
    ("text", "size"),
    [("24GiB", 24 * 2**30), ("80 GB", 80 * 10**9), ("1.5kb", 1500), ("512", 512), ("GB", None)],
)
def test_sizes(text: str, size: int | None) -> None:
    assert size_in_bytes(text) == size


def test_numbers_half_as_wide() -> None:
    whole, half = (package.memory("lenet5", dtype=each).footprint for each in ("fp32", "fp16"))
    assert half.weights * 2 == whole.weights


def test_what_a_recipe_keeps_beside_is_counted(tmp_path: Path, cnncalc: Run) -> None:
    text = "input: 1x8x8\nlayers: [flatten, linear: 10]\ntrain: {ema: 0.9, accumulate: 2}\n"
    (tmp_path / "small.yaml").write_text(text)
    path = str(tmp_path / "small.yaml")
    options = ("--no-ema",), ("--no-accumulate",), ()
    for given in options:
        found = json.loads(cnncalc("memory", path, "--format", "json", *given).stdout)[0]
        weights = 4 * (64 * 10 + 10)
        assert found["bytes"].get("averaged", 0) == (0 if "--no-ema" in given else weights + 8)
        assert found["accumulate"] == ("--no-accumulate" not in given)
        assert found["bytes"]["gradients"] == weights or not found["accumulate"]
    assert cnncalc("memory", path, "--inference", "--ema").returncode == 2


def test_conditions_are_values() -> None:
    assert Setup() == Setup(1, "sgd", "fp32", 1, ())


# -- what other tools call memory -----------------------------------------------------------


@pytest.mark.torch
def test_torchinfo_itself_prints_its_figures(cnncalc: Run) -> None:
    torchinfo = pytest.importorskip("torchinfo")
    printed = str(torchinfo.summary(package.lower("resnet50"), (1, 3, 224, 224), verbose=0))
    shown = json.loads(cnncalc("memory", "resnet50", "--definitions", "--format", "json").stdout)
    tools = {each["tool"]: each["figures"] for each in shown[0]["definitions"]}
    for figure in tools["torchinfo"]:
        assert f"{figure['name']} (MB): {figure['bytes'] / 10**6:.2f}" in printed


def test_definitions_of_a_batch_and_several_devices(cnncalc: Run) -> None:
    """lenet5: 61,706 weights, of which 48,120 are C5's."""
    options = ("--batch", "3", "--devices", "2", "--format", "json")
    (found,) = json.loads(cnncalc("memory", "lenet5", "--definitions", *options).stdout)
    sizes = {
        (each["tool"], figure["name"]): figure["bytes"]
        for each in found["definitions"]
        for figure in each["figures"]
    }
    weights, made = 61_706, 6 * 28 * 28 + 16 * 10 * 10 + 120 + 84 + 10
    assert sizes["torchinfo", "Forward/backward pass size"] == 3 * 2 * 4 * made
    assert sizes["accelerate", "Training using Adam"] == 4 * 4 * weights
    assert sizes["deepspeed", "ZeRO 2, per GPU"] == 2 * weights + 18 * weights // 2
    assert sizes["deepspeed", "ZeRO 3, per GPU"] == 4 * (120 * 400 + 120) + 18 * weights // 2
    training = document_of(cnncalc, "--batch", "3", "--devices", "2", "--optimizer", "adam")
    assert sizes["cnncalc", "peak, training with adam"] == training["total"]


def document_of(cnncalc: Run, *options: str) -> dict[str, int]:
    (found,) = json.loads(cnncalc("memory", "lenet5", "--format", "json", *options).stdout)
    return {"total": found["bytes"]["peak"]}


@pytest.mark.parametrize(
    "options", [("--dtype", "bf16"), ("--inference",), ("--optimizer", "adam"), ("--fits", "1GiB")]
)
def test_definitions_are_of_fp32_and_all(cnncalc: Run, options: tuple[str, ...]) -> None:
    run = cnncalc("memory", "lenet5", "--definitions", *options)
    said = "cnncalc: --definitions goes with --batch and --devices, and is of fp32\n"
    assert (run.returncode, run.stdout, run.stderr) == (2, "", said)
