"""`cnncalc profile` on a CUDA device: where it computes, with which numbers, in which memory."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import ClassVar

import pytest
import torch

from cnncalc.analysis.measured import Condition
from cnncalc.commands.options import UsageError
from cnncalc.commands.profile import profile as command
from cnncalc.language.load import load
from cnncalc.runtime.exhaustion import release
from cnncalc.runtime.profile.best import BEST_OF
from cnncalc.runtime.profile.ceilings import STARTS, started
from cnncalc.runtime.profile.conditions import condition
from cnncalc.runtime.profile.device import Clock, device, measuring
from cnncalc.runtime.profile.network import Measured
from cnncalc.runtime.profile.profile import (
    DoesNotFitError,
    Options,
    UncompiledError,
    profile,
    warmed,
)
from tests import cuda_double

pytestmark = [pytest.mark.torch, pytest.mark.cuda]

MIB = 2**20
SHORT = Options(batch=2, rounds=1, training=False)


def flags() -> tuple[bool, bool]:
    return torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32


# -- the moment of measuring -------------------------------------------------------------------


def test_each_number_is_multiplied_as_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Though all devices are made before any is measured with."""
    seen = []
    forward = Measured.forward

    def watched(self: Measured) -> object:
        seen.append(flags())
        return forward(self)

    monkeypatch.setattr(Measured, "forward", watched)
    before = flags()
    for place in [device("cuda", dtype) for dtype in ("tf32", "fp32")]:
        profile(load("lenet5"), place, SHORT)
        assert set(seen) == {(place.dtype == "tf32",) * 2}
        assert flags() == before
        seen.clear()


@pytest.mark.cuda(2)
def test_each_device_is_in_use_while_it_is_measured() -> None:
    places = [device(name, "fp32") for name in ("cuda:0", "cuda:1")]
    for number, place in enumerate(places):
        with measuring(place):
            assert torch.cuda.current_device() == number
    assert torch.cuda.current_device() == 0


@pytest.mark.usefixtures("workspaces")
def test_nothing_stays_behind() -> None:
    """The command line collects no garbage by itself."""
    import gc

    gc.collect()
    before = torch.cuda.memory_allocated()
    gc.disable()
    try:
        profile(load("lenet5"), device("cuda", "fp32"), SHORT._replace(training=True))
        assert torch.cuda.memory_allocated() == before
    finally:
        gc.enable()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the compiler's own
def test_the_compiler_gives_no_advice() -> None:
    """To multiply as TF32, where fp32 was asked for."""
    options = SHORT._replace(compiled=True)
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        with suppress(UncompiledError):  # the double has no Triton
            profile(load("mlp"), device("cuda", "fp32"), options)
    assert not [each for each in seen if "TensorFloat32" in str(each.message)]


@pytest.mark.skipif(not cuda_double.wanted(), reason="a real device has graphs")
def test_without_graphs() -> None:
    with pytest.raises(UsageError, match=r"MLP: no CUDA graph can be made of it: .*; leave"):
        command(["mlp"], [], device="cuda", rounds=1, graphed=True)


class Graph:
    """On the double: one that was recorded does nothing, and counts how often."""

    replayed: ClassVar[list[int]] = []

    def replay(self) -> None:
        self.replayed.append(1)


def test_graphed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A pass and a step, each some rounds until it is warm and one that counts."""
    if cuda_double.wanted():
        monkeypatch.setattr(torch.cuda, "CUDAGraph", Graph)
        monkeypatch.setattr(torch.cuda, "graph", nullcontext)
    assert command(["mlp"], [], device="cuda", rounds=1, graphed=True, form="json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["setting"]["graphed"]
    assert found["layers"] == []
    assert found["step"]["median"] > 0
    assert found["memory"]["step"]["measured"] > 0
    assert command(["mlp"], [], device="cuda", rounds=1, graphed=True) == 0
    assert "graphed: a graph is started whole" in capsys.readouterr().out
    assert not cuda_double.wanted() or len(Graph.replayed) >= 2 * 2 * (3 + 1)


def test_a_trace(tmp_path: Path) -> None:
    profile(load("mlp"), device("cuda", "fp32"), SHORT._replace(trace=tmp_path / "trace.json"))
    assert json.loads((tmp_path / "trace.json").read_text())["traceEvents"]


# -- ceilings ----------------------------------------------------------------------------------


def test_ceilings_take_what_is_free(device_memory: Callable[..., None]) -> None:
    """A network that fits is measured, though the largest copy and matrices do not."""
    release()
    device_memory(torch.cuda.memory_reserved() + 32 * MIB)
    found = profile(load("lenet5"), device("cuda", "fp32"), SHORT)
    assert min(found.ceilings[:3]) > 0


def test_others_hold_all_memory(device_memory: Callable[..., None]) -> None:
    """It is not the network that is too large."""
    device_memory(1)
    with pytest.raises(UsageError, match="has no memory free: others hold it"):
        command(["lenet5"], [], device="cuda", rounds=1)


def test_the_network_is_too_large(device_memory: Callable[..., None]) -> None:
    """ResNet-18 of 2 images: 11.7 M params of 4 bytes are 45 MiB."""
    release()
    device_memory(torch.cuda.memory_reserved() + 40 * MIB)
    with pytest.raises(UsageError, match="batch of 2; not even one sample fits"):
        command(["resnet18"], [], device="cuda", rounds=1, batch=2, training=False)


TALL = """
input: 1x8x8
layers: [{conv: {filters: 64, kernel: 3}}, flatten, {linear: 600}, relu, {linear: 10}]
"""


def test_the_batch_that_fits_is_measured(
    tmp_path: Path, device_memory: Callable[..., None]
) -> None:
    """Weights, gradients and momenta are 64 * 36 * 600 numbers of 4 bytes each, 5.3 MiB; the map of
    an image is 64 * 36 of them, 9 KiB."""
    (tmp_path / "tall.yaml").write_text(TALL)
    graph, place = load(str(tmp_path / "tall.yaml")), device("cuda", "fp32")
    release()
    device_memory(torch.cuda.memory_reserved() + 28 * MIB)
    options = Options(batch=1024, rounds=1)
    with pytest.raises(DoesNotFitError) as error:
        profile(graph, place, options)
    assert 0 < error.value.fits < 1024
    assert profile(graph, place, options._replace(batch=error.value.fits)).training_peak


# -- channels last -----------------------------------------------------------------------------

VIDEO = """
input: 3x8x16x16
layers: [{conv: {filters: 4, kernel: 3}}, batch_norm, relu, {max_pool: 2}, flatten, {linear: 10}]
"""


@pytest.mark.parametrize("training", [False, True], ids=["forward", "step"])
def test_channels_last_in_three_dimensions(training: bool, tmp_path: Path) -> None:
    (tmp_path / "video.yaml").write_text(VIDEO)
    options = SHORT._replace(channels_last=True, training=training)
    found = profile(load(str(tmp_path / "video.yaml")), device("cuda", "fp32"), options)
    assert found.forward.median > 0


# -- memory ------------------------------------------------------------------------------------


@pytest.mark.parametrize("spec", ["lenet5", "resnet20"])
def test_memory_is_told_in_two_ways(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What tensors asked for, and what the allocator held for it, which is more."""
    assert command([spec], [], device="cuda", rounds=1, batch=4, form="json") == 0
    found = json.loads(capsys.readouterr().out)["memory"]
    for part in found.values():
        assert part["measured"] == part["requested"]
        assert part["requested"] < part["reserved"]
    assert command([spec], [], device="cuda", rounds=1, batch=4) == 0
    text = capsys.readouterr().out
    assert text.count("what tensors asked for, at the peak") == 2
    assert text.count("what the allocator held for them") == 2


@pytest.mark.parametrize("spec", ["resnet18", "densenet121"])
def test_computed_memory_is_what_tensors_ask_for(spec: str) -> None:
    """To a tenth, on the double: on a GPU, libraries add their workspace."""
    found = profile(load(spec), device("cuda", "fp32"), Options(batch=2, rounds=1))
    pairs = [
        (found.predicted.inference, found.inference_peak),
        (found.predicted.training, found.training_peak),
    ]
    for computed, peak in pairs:
        assert peak
        assert 0.9 < peak.requested / computed < (1.1 if cuda_double.wanted() else 2)


# -- method ------------------------------------------------------------------------------------


def found_in(capsys: pytest.CaptureFixture[str], spec: str, **options: object) -> dict:
    assert command([spec], [], device="cuda", rounds=1, form="json", **options) == 0  # type: ignore[arg-type]
    return json.loads(capsys.readouterr().out)


def test_a_pass_is_timed_with_its_queue_filled_before(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Layers and the whole: the device sleeps before each, once it was warm."""
    slept = []
    sleep = torch.cuda._sleep
    monkeypatch.setattr(torch.cuda, "_sleep", lambda cycles: slept.append(cycles) or sleep(cycles))
    found = found_in(capsys, "lenet5")
    assert min(slept) > 0
    assert len(slept) >= 2 + 2  # to see how long a cycle is, twice; a round each
    assert all(layer["device"] is not None for layer in found["layers"])
    assert found["forward_device"]["median"] > 0


def test_starts_are_measured_in_a_filled_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every round sleeps first, and begins as many operations meanwhile: what one takes to put
    there is no part of it."""
    done: list[str] = []
    sleep = torch.cuda._sleep
    monkeypatch.setattr(torch.cuda, "_sleep", lambda cycles: done.append("|") or sleep(cycles))
    assert started(device("cuda", "fp32"), lambda: done.append(".")) >= 0
    rounds = "".join(done).split("|")[-BEST_OF:]
    assert set(rounds) == {"." * STARTS}


def test_events_are_used_again() -> None:
    clock = Clock(device("cuda", "fp32"))
    for _ in range(3):
        assert clock.seconds(lambda: None) >= 0
    assert len(clock.events) == 2


def test_warm_is_when_rounds_are_alike() -> None:
    """Of the seconds 9, 5, 3, 3, 3.1 the last three are; it ends after 20 that never are."""

    class Told(Clock):
        def seconds(self, action: object, hold: object = None) -> float:
            return next(told)

    clock = Told(device("cuda", "fp32"))
    told = iter([0.09, 0.05, 0.03, 0.03, 0.031])
    assert warmed(clock, lambda: None) == 5
    told = iter([0.01, 0.02] * 20)
    assert warmed(clock, lambda: None) == 20


def test_cudnn_benchmark_is_recorded(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for chosen in (False, True):
        monkeypatch.setattr(torch.backends.cudnn, "benchmark", chosen)
        assert found_in(capsys, "mlp", training=False)["setting"]["cudnn_benchmark"] is chosen


def test_a_copy_in_the_cache_has_a_ceiling(capsys: pytest.CaptureFixture[str]) -> None:
    assert found_in(capsys, "mlp", training=False)["ceilings"]["cache_bandwidth"] > 0


# -- autocast ----------------------------------------------------------------------------------


def test_autocast_keeps_weights_and_computes_in_less(monkeypatch: pytest.MonkeyPatch) -> None:
    """A linear layer's outputs are bf16, its weights and their gradients fp32."""
    seen = set()
    step = Measured.step

    def watched(self: Measured) -> None:
        hook = self.module.linear.register_forward_hook(  # type: ignore[union-attr,operator]
            lambda module, inputs, output: seen.add(output.dtype)
        )
        step(self)
        hook.remove()
        seen.update((p.dtype, p.grad.dtype) for p in self.module.parameters() if p.grad is not None)

    monkeypatch.setattr(Measured, "step", watched)
    options = SHORT._replace(training=True, autocast="bf16")
    found = profile(load("mlp"), device("cuda", "fp32"), options)
    assert seen == {torch.bfloat16, (torch.float32, torch.float32)}
    assert found.setting.autocast == "bf16"
    first = next(layer for node, layer in found.layers.items() if node.layer.kind == "linear")
    # numbers of 2 bytes: 784 in of each of 2 samples, 300 out, the weights
    assert first.traffic == 2 * (2 * (784 + 300) + 784 * 300 + 300)


def test_autocast_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    how = {"device": "cuda", "rounds": 1, "autocast": "bf16"}
    assert command(["mlp"], [], **how) == 0  # type: ignore[arg-type]
    assert "fp32, autocast to bf16" in capsys.readouterr().out
    assert command(["mlp", "lenet5"], [], compare=True, **how) == 0  # type: ignore[arg-type]
    assert "fp32, autocast to bf16" in capsys.readouterr().out


# -- clocks and power --------------------------------------------------------------------------

TOLD = "1755, 1980, 350.25, 700.00, 45, 0x0000000000000024"


def smi(folder: Path, line: str, code: int = 0) -> None:
    """An `nvidia-smi` that says so."""
    program = folder / "nvidia-smi"
    program.write_text(f"#!/bin/sh\necho '{line}'\nexit {code}\n")
    program.chmod(0o755)


@pytest.mark.parametrize(
    ("line", "code", "expected"),
    [
        (TOLD, 0, Condition(1755, 1980, 350.25, 700, 45, ("power cap", "heat"))),
        ("210, [N/A], [N/A], 70, 40, 0x1", 0, Condition(210, None, None, 70, 40, ())),
        ("210, 1980, 9, 70, 40, [N/A]", 0, Condition(210, 1980, 9, 70, 40, None)),
        (TOLD, 6, None),
        ("Field is not a valid field to query.", 0, None),
    ],
    ids=["throttled", "not told", "no reasons", "failed", "no numbers"],
)
def test_conditions_are_read(
    line: str,
    code: int,
    expected: Condition | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    smi(tmp_path, line, code)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    ran = []
    assert condition(device("cuda", "fp32"), lambda: ran.append(1)) == expected


def test_throttling_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    smi(tmp_path, TOLD)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert command(["mlp"], [], device="cuda", rounds=1, training=False) == 0
    text = capsys.readouterr().out
    said = "1,755 of 1,980 MHz, 350 of 700 W, 45 C, throttled: power cap, heat"
    assert f"before: {said}\nbehind: {said}" in text
    after = found_in(capsys, "mlp", training=False)["conditions"]["after"]
    assert after["throttled"] == ["power cap", "heat"]


def test_without_nvidia_smi_nothing_is_made_up(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = found_in(capsys, "mlp", training=False)
    assert found["conditions"] == {"before": None, "after": None}
