"""`cnncalc profile` on a CUDA device: where it computes, with which numbers, in which memory."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
import torch

from cnncalc.commands.options import UsageError
from cnncalc.commands.profile import profile as command
from cnncalc.language.load import load
from cnncalc.runtime.exhaustion import release
from cnncalc.runtime.profile.device import device, measuring
from cnncalc.runtime.profile.network import Measured
from cnncalc.runtime.profile.profile import DoesNotFitError, Options, UncompiledError, profile
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


@pytest.mark.skipif(cuda_double.wanted(), reason="the double has no graphs")
def test_graphed(capsys: pytest.CaptureFixture[str]) -> None:
    assert command(["mlp"], [], device="cuda", rounds=1, graphed=True, form="json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["setting"]["graphed"]
    assert found["layers"] == []
    assert found["step"]["median"] > 0


def test_a_trace(tmp_path: Path) -> None:
    profile(load("mlp"), device("cuda", "fp32"), SHORT._replace(trace=tmp_path / "trace.json"))
    assert json.loads((tmp_path / "trace.json").read_text())["traceEvents"]


# -- ceilings ----------------------------------------------------------------------------------


def test_ceilings_take_what_is_free(device_memory: Callable[..., None]) -> None:
    """A network that fits is measured, though the largest copy and matrices do not."""
    release()
    device_memory(torch.cuda.memory_reserved() + 32 * MIB)  # cuBLAS has some of it
    found = profile(load("lenet5"), device("cuda", "fp32"), SHORT)
    assert min(found.ceilings) > 0


def test_others_hold_all_memory(device_memory: Callable[..., None]) -> None:
    """It is not the network that is too large."""
    device_memory(1)
    with pytest.raises(UsageError, match="has no memory free: others hold it"):
        command(["lenet5"], [], device="cuda", rounds=1)


def test_the_network_is_too_large(device_memory: Callable[..., None]) -> None:
    """ResNet-18 of 2 images: 11.7 M params of 4 bytes are 45 MiB."""
    device_memory(40 * MIB)
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
