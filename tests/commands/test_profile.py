"""`cnncalc profile`: what it measures holds together, and what goes wrong is said."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from cnncalc.analysis import analyze
from cnncalc.analysis.measured import LayerTime, Timing
from cnncalc.analysis.roofline import Work
from cnncalc.commands.options import UsageError
from cnncalc.commands.profile import profile
from cnncalc.language.load import load
from cnncalc.machine import Ceilings
from cnncalc.runtime.profile import profile as measuring
from cnncalc.runtime.profile.device import device
from cnncalc.runtime.profile.network import Measured
from cnncalc.runtime.profile.profile import DoesNotFitError, Options
from tests.little_memory import run_with_little
from tests.sampled import sampled
from tests.small_ceilings import small_ceilings

__all__ = ["small_ceilings"]

pytestmark = [pytest.mark.torch, pytest.mark.usefixtures("small_ceilings")]

ALONE = [sys.executable, "-m", "cnncalc", "profile"]
SHORT = ["--inference", "--device", "cpu", "--rounds", "1"]
DEVICES = ["cpu", pytest.param("cuda", marks=pytest.mark.cuda)]


def run(capsys: pytest.CaptureFixture[str], *specs: str, **options: object) -> dict:
    """The JSON of a short run."""
    given = {"device": "cpu", "rounds": 3, "form": "json", **options}
    assert profile(list(specs), [], **given) == 0  # type: ignore[arg-type]
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("place", DEVICES)
@pytest.mark.parametrize("spec", ["resnet20", "lenet5", "dcgan_digits_generator"])
def test_layers_add_up(spec: str, place: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = run(capsys, spec, batch=4, device=place, rounds=1)
    totals = analyze(load(spec), batch=4).totals
    assert sum(layer["macs"] for layer in found["layers"]) == totals.ops.macs
    assert sum(layer["flops"] for layer in found["layers"]) == totals.ops.flops
    assert found["macs"]["measured"] == found["macs"]["computed"] == totals.ops.macs // 4
    assert found["params"]["measured"] == found["params"]["computed"]
    assert all(layer["forward"] >= 0 for layer in found["layers"])
    assert found["between_layers"] >= 0


@pytest.mark.parametrize("place", DEVICES)
def test_times_of_layers_make_up_the_whole(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Within 30 %, on a machine that does other things as well: one of a few runs."""

    def gap() -> float:
        found = run(capsys, "resnet18", device=place, rounds=3, training=False)
        assert all(layer["forward"] > 0 for layer in found["layers"] if layer["bytes"])
        layers = sum(layer["forward"] for layer in found["layers"])
        return abs((layers + found["between_layers"]) / found["forward"]["median"] - 1)

    assert any(gap() < 0.3 for _ in range(5))


def test_backward_is_measured_by_layer(capsys: pytest.CaptureFixture[str]) -> None:
    found = run(capsys, "resnet20", batch=8, rounds=1)
    backward = {layer["path"]: layer["backward"] for layer in found["layers"]}
    assert all(seconds > 0 for path, seconds in backward.items() if "conv" in path)
    assert sum(backward.values()) < found["step"]["high"] * 1.5


def test_inference_alone(capsys: pytest.CaptureFixture[str]) -> None:
    found = run(capsys, "lenet5", training=False)
    assert found["step"] is None
    assert found["memory"]["step"]["measured"] is None
    assert all(layer["backward"] is None for layer in found["layers"])


@pytest.mark.parametrize("spec", sampled(["resnet18", "vgg11", "densenet121"], 3))
def test_predicted_memory_is_near_the_measured(
    spec: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Tensors alone are computed; libraries add workspace."""
    found = run(capsys, spec, batch=1, rounds=1)["memory"]
    for kind in ("forward", "step"):
        ratio = found[kind]["measured"] / found[kind]["computed"]
        assert 0.85 < ratio < 1.25, (kind, ratio)


def test_memory_of_a_chain_is_exact() -> None:
    """Two maps of 8x32x32 are alive at once, beside the weights; the batch is 3, numbers have 4
    bytes."""
    from cnncalc.analysis.memory import memory
    from tests.lowering.test_lower import written

    graph = written(
        "input: 8x32x32\nlayers: [{conv: {filters: 8, kernel: 3, padding: 1}}, relu, sigmoid]"
    )
    found = memory(graph, 3)
    weights = 8 * 8 * 9 + 8
    assert found.weights == 4 * weights
    # the input stays: it is the caller's
    assert found.inference == 4 * (weights + 3 * 3 * 8 * 32 * 32)
    # weights, momentum, the loss and its gradient; the input for the convolution, the outputs of
    # relu and sigmoid, and the gradient of the one before these
    assert found.training == 4 * (2 * weights + 2 + 4 * 3 * 8 * 32 * 32)


def test_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert profile(["resnet20"], [], device="cpu", rounds=2, depth="1") == 0
    text = capsys.readouterr().out
    for word in ("ResNet-20", "ceilings", "stage1", "between layers", "equal", "binds", "backward"):
        assert word in text


def test_csv(capsys: pytest.CaptureFixture[str]) -> None:
    assert profile(["lenet5", "mlp"], [], device="cpu", rounds=1, form="csv") == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert {Path(row["spec"]).stem for row in rows} == {"lenet5", "mlp"}
    assert len(rows) == len(load("lenet5").layers) + len(load("mlp").layers)


def test_trace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "trace.json"
    assert profile(["lenet5"], [], device="cpu", rounds=1, trace=str(file)) == 0
    assert any(
        "conv" in event.get("name", "") for event in json.loads(file.read_text())["traceEvents"]
    )


def test_compare(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        profile(
            ["inception_naive", "inception_bottleneck"], [], device="cpu", rounds=3, compare=True
        )
        == 0
    )
    text = capsys.readouterr().out
    assert f"x{271_351_808 / 854_196_224:.3f}" in text
    assert "forward, backward, step" in text
    found = run(capsys, "inception_naive", "inception_bottleneck", compare=True)
    assert found["macs"] == [854_196_224, 271_351_808]
    assert found["forward"]["ratio"]["low"] <= found["forward"]["ratio"]["high"]


@pytest.mark.thorough
@pytest.mark.skipif(shutil.which("g++") is None, reason="torch.compile needs a compiler")
@pytest.mark.filterwarnings("ignore")
def test_compiled_layers_have_no_times(capsys: pytest.CaptureFixture[str]) -> None:
    found = run(capsys, "one_hidden_layer", compiled=True, training=False, rounds=1)
    assert found["layers"] == []
    assert found["forward"]["median"] > 0


def test_without_a_compiler() -> None:
    done = subprocess.run(
        [*ALONE, "lenet5", "--compile", *SHORT],
        capture_output=True,
        text=True,
        env={**os.environ, "CXX": "/nowhere", "TORCHINDUCTOR_FORCE_DISABLE_CACHES": "1"},
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "torch.compile cannot do it: InvalidCxxCompiler: No working C++ compiler" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("dtype", ["bf16", "fp32"])
def test_kinds_of_numbers(dtype: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = run(capsys, "lenet5", dtype=dtype, rounds=1)
    assert found["setting"]["dtype"] == dtype
    width = {"bf16": 2, "fp32": 4}[dtype]
    first = found["layers"][0]  # 6 filters of 5x5 and their biases; 32x32 in, 6x28x28 out
    assert first["bytes"] == width * (6 * 25 + 6 + 32 * 32 + 6 * 28 * 28)


def test_channels_last(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "resnet20", channels_last=True, rounds=1)["setting"]["channels_last"]


def test_shared_layers_are_timed_one_by_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "twice.yaml").write_text(
        "input: 8x16x16\nlayers:\n"
        "  - {name: one, conv: {filters: 8, kernel: 3, padding: 1}}\n"
        "  - relu\n"
        "  - share: one\n"
    )
    found = run(capsys, str(tmp_path / "twice.yaml"), rounds=2)
    convs = [layer for layer in found["layers"] if layer["kind"] == "conv"]
    assert len(convs) == 2
    assert all(layer["forward"] > 0 for layer in convs)


# -- values ------------------------------------------------------------------------------------


def test_timing() -> None:
    assert Timing.of([3.0]) == (3.0, 3.0, 3.0)
    assert Timing.of([1.0, 2.0, 3.0, 4.0, 5.0]) == (3.0, 2.0, 4.0)


@pytest.mark.parametrize(
    ("flops", "traffic", "binds"),
    [(10**9, 10**6, "compute"), (10**6, 10**9, "memory"), (10, 10, "start")],
)
def test_what_binds(flops: int, traffic: int, binds: str) -> None:
    ceilings = Ceilings(flops=1e12, bandwidth=1e11, launch=1e-6)
    work = Work("conv", flops, flops, traffic)
    assert LayerTime(1e-3, None, flops, traffic, None, work).least(ceilings).binds == binds


# -- what goes wrong ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"form": "yaml"}, "--format wants"),
        ({"dtype": "int8"}, "--dtype wants"),
        ({"batch": 0}, "--batch wants"),
        ({"rounds": 0}, "--rounds wants"),
        ({"compare": True}, "two specs"),
        ({"autocast": "fp32"}, "--autocast wants"),
        ({"autocast": "bf16", "dtype": "bf16"}, "--autocast wants weights of fp32 or tf32"),
        ({"graphed": True, "compiled": True}, "--graphed goes without"),
        ({"graphed": True, "device": "cpu", "rounds": 1}, "only a CUDA device has graphs"),
        ({"device": "tpu"}, "no device|only cpu"),
        ({"device": "meta"}, "only cpu and cuda"),
        ({"dtype": "tf32", "device": "cpu"}, "tf32"),
        ({"trace": "no/such/folder/trace.json", "device": "cpu", "rounds": 1}, "cannot write"),
        ({"depth": "deep"}, "--depth"),
    ],
)
def test_wrong_usage(options: dict[str, object], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        profile(["lenet5"], [], **options)  # type: ignore[arg-type]


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_no_cuda() -> None:
    with pytest.raises(UsageError, match="no CUDA device here"):
        profile(["lenet5"], [], device="cuda")


def test_out_of_memory_says_what_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a batch above 10 did not fit."""
    forward = Measured.forward

    def limited(self: Measured) -> object:
        if len(self.inputs[0]) > 10:
            raise torch.OutOfMemoryError
        return forward(self)

    monkeypatch.setattr(Measured, "forward", limited)
    options = Options(batch=64, rounds=1, training=False)
    with pytest.raises(DoesNotFitError) as error:
        measuring.profile(load("lenet5"), device("cpu", "fp32"), options)
    assert error.value.fits == 8
    with pytest.raises(UsageError, match="a batch of 8 fits"):
        profile(["lenet5"], [], device="cpu", batch=64, rounds=1, training=False)


WIDE = """
input: 1x8x8
layers: [{conv: {filters: 64, kernel: 1}}, {upsample: 8}, global_avg_pool]
"""


@pytest.mark.skipif(sys.platform != "linux", reason="bounds the memory as Linux counts it")
@pytest.mark.parametrize("other", sampled([[], ["mlp", "--compare"]]), ids=["alone", "compared"])
def test_no_memory_on_a_cpu(other: list[str], tmp_path: Path) -> None:
    """64x64x64 floats are a MiB an image, and there is 1 GiB."""
    (tmp_path / "wide.yaml").write_text(WIDE)
    words = ["profile", "wide.yaml", *other, "--batch", "1600", *SHORT]
    done = run_with_little("cnncalc.runtime.profile.profile", 1024, *words, folder=tmp_path)
    assert done.returncode == 2, done.stderr
    found = re.search(r"out of memory with a batch of 1600; a batch of (\d+) fits", done.stderr)
    assert found, done.stderr
    assert int(found[1]) in (800, 400, 200, 100)


def test_a_spec_with_errors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.yaml").write_text("input: 3x8x8\nlayers: [rellu]\n")
    assert profile([str(tmp_path / "bad.yaml")], []) == 1
    assert "did you mean `relu`" in capsys.readouterr().err
