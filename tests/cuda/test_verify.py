"""`cnncalc verify` on a CUDA device: the one that was named, and the network left as it was."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn

from cnncalc.commands.options import UsageError
from cnncalc.commands.verify import verify as command
from cnncalc.language.load import load
from cnncalc.runtime.exhaustion import release
from cnncalc.runtime.lower import lower
from cnncalc.runtime.verify import verify

pytestmark = [pytest.mark.torch, pytest.mark.cuda]


@pytest.mark.cuda(2)
@pytest.mark.parametrize("device", ["cuda", "cuda:0", "cuda:1"])
def test_the_device_is_the_one_that_was_named(
    device: str, capsys: pytest.CaptureFixture[str]
) -> None:
    other = 0 if device == "cuda:1" else 1
    torch.cuda.reset_peak_memory_stats(other)
    before = torch.cuda.memory_allocated(other)
    assert command(["lenet5"], [], device=device, field=False) == 0
    text = capsys.readouterr().out
    assert f"on {device}\n" in text.splitlines(keepends=True)[0]
    assert f"backward of a batch of 2, on {device}" in text
    assert torch.cuda.max_memory_allocated(other) == before


def test_there_is_no_such_device() -> None:
    with pytest.raises(UsageError, match=r"--device cuda:99: PyTorch finds \d+ CUDA device"):
        command(["lenet5"], [], device="cuda:99")


def state(network: nn.Module) -> dict[str, object]:
    """All that a caller can see of a network."""
    return {
        name: (tensor.device, tensor.dtype, tensor.data_ptr(), tensor.grad)
        for name, tensor in [*network.named_parameters(), *network.named_buffers()]
    }


@pytest.mark.parametrize(
    "place", ["cpu", "cuda:0", pytest.param("cuda:1", marks=pytest.mark.cuda(2))]
)
def test_a_callers_network_stays_as_it_was(place: str) -> None:
    """Where it is, what it computes with, its gradients, and that it trains."""
    network = lower(load("lenet5"), device=place).train()
    network(torch.randn(2, 1, 32, 32, device=place)).sum().backward()
    before = state(network)
    found = verify(load("lenet5"), network)
    assert found.sound
    assert found.device == place
    after = state(network)
    assert after.keys() == before.keys()
    for name, (*seen, gradient) in before.items():
        assert seen == list(after[name][:3])
        assert gradient is after[name][3]
    assert network.training


def test_out_of_memory(device_memory: Callable[..., None]) -> None:
    """Its weights, 61.1 M of 4 bytes, are 233 MiB: that says nothing of the network."""
    device_memory(64 * 2**20)
    with pytest.raises(UsageError, match="AlexNet: out of memory; `--device meta` takes none"):
        command(["alexnet"], [], device="cuda", field=False)


def test_out_of_memory_in_the_forward_pass(device_memory: Callable[..., None]) -> None:
    """SqueezeNet's weights are 5 MiB, its first maps, 96x111x111, of two images, 9 MiB each."""
    release()
    device_memory(torch.cuda.memory_reserved() + 10 * 2**20)
    with pytest.raises(UsageError, match="out of memory"):
        command(["squeezenet1_0"], [], device="cuda", field=False)
