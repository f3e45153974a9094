"""`cnncalc profile` on a CUDA device: where it computes, with which numbers, in which memory."""

from __future__ import annotations

import pytest
import torch

from cnncalc.language.load import load
from cnncalc.runtime.profile.device import device, measuring
from cnncalc.runtime.profile.network import Measured
from cnncalc.runtime.profile.profile import Options, profile

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
        profile(load("lenet5"), device("cuda", "fp32"), SHORT)
        assert torch.cuda.memory_allocated() == before
    finally:
        gc.enable()
