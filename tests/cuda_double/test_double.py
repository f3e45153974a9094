"""A CUDA device as the code meets it. All of it holds of a real one, too."""

from __future__ import annotations

import copy
import io
from collections.abc import Callable

import pytest
import torch
from torch import nn

pytestmark = [pytest.mark.torch, pytest.mark.cuda]

MIB = 2**20


def network(device: str) -> nn.Module:
    layers = [nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 36, 10)]
    return nn.Sequential(*layers).to(device)


def test_a_step_stays_on_its_device() -> None:
    made = network("cuda")
    optimizer = torch.optim.SGD(made.parameters(), lr=0.1, momentum=0.9)
    output = made(torch.randn(2, 3, 8, 8, device="cuda"))
    output.sum().backward()
    optimizer.step()
    tensors = [output, *made.state_dict().values(), *(p.grad for p in made.parameters())]
    tensors += [state["momentum_buffer"] for state in optimizer.state.values()]
    assert {tensor.device for tensor in tensors} == {torch.device("cuda", 0)}


@pytest.mark.parametrize("kind", [torch.bfloat16, torch.float16])
def test_autocast(kind: torch.dtype) -> None:
    with torch.autocast("cuda", kind):
        output = network("cuda")(torch.randn(2, 3, 8, 8, device="cuda"))
    assert output.dtype == kind


def test_running_statistics() -> None:
    torch.manual_seed(0)
    given, norms = torch.randn(4, 3, 5, 5), [nn.BatchNorm2d(3), nn.BatchNorm2d(3).to("cuda")]
    for norm in norms:
        norm(given.to(norm.weight.device))
    for one, other in zip(norms[0].buffers(), norms[1].buffers(), strict=True):
        torch.testing.assert_close(one, other.cpu())


MIXED = {
    "product": lambda x, y: x @ y,
    "sum": lambda x, y: x + y,
    "in place": lambda x, y: x.add_(y),
    "joined": lambda x, y: torch.cat([x, y]),
    "convolved": lambda x, y: nn.functional.conv1d(x, y[None]),
    "several at once": lambda x, y: torch._foreach_add([x, x], [y, y]),
}


@pytest.mark.parametrize("other", ["cpu", pytest.param("cuda:1", marks=pytest.mark.cuda(2))])
@pytest.mark.parametrize("mix", MIXED.values(), ids=MIXED)
def test_devices_are_not_mixed(mix: Callable[..., object], other: str) -> None:
    with pytest.raises(RuntimeError, match=r"same device|same type"):
        mix(torch.ones(3, 3, device="cuda:0"), torch.ones(3, 3, device=other))


def test_a_number_and_indices_may_be_the_hosts() -> None:
    x = torch.arange(6.0, device="cuda")
    assert (x * torch.tensor(2.0)).sum().item() == 2 * 15
    assert x[torch.tensor([1, 5])].tolist() == [1, 5]


@pytest.mark.cuda(2)
def test_each_device_has_its_own_memory() -> None:
    before = [torch.cuda.memory_allocated(number) for number in (0, 1)]
    kept = torch.empty(MIB, device="cuda:1")
    after = [torch.cuda.memory_allocated(number) for number in (0, 1)]
    assert [now - then for now, then in zip(after, before, strict=True)] == [0, 4 * MIB]
    del kept
    with torch.cuda.device(1):
        assert torch.empty(1, device="cuda").device.index == torch.cuda.current_device() == 1
    assert torch.cuda.current_device() == 0


def test_memory_has_a_limit(device_memory: Callable[..., None]) -> None:
    torch.cuda.reset_peak_memory_stats()
    device_memory(64 * MIB)
    before = torch.cuda.memory_allocated()
    with pytest.raises(torch.OutOfMemoryError, match="CUDA out of memory"):
        torch.empty(65 * MIB, dtype=torch.uint8, device="cuda")
    kept = torch.empty(32 * MIB, dtype=torch.uint8, device="cuda")
    assert torch.cuda.memory_allocated() - before == len(kept)


def test_what_was_asked_for_taken_and_reserved() -> None:
    torch.cuda.empty_cache()
    before = torch.cuda.memory_stats()
    kept = torch.empty(1000, dtype=torch.uint8, device="cuda")
    after = torch.cuda.memory_stats()
    names = [f"{sort}_bytes.all.current" for sort in ("requested", "allocated")]
    assert [after[name] - before[name] for name in names] == [1000, 1024]  # blocks of 512
    assert torch.cuda.memory_reserved() >= torch.cuda.memory_allocated() >= len(kept)


WAITS = {
    "a number": lambda x: x.sum().item(),
    "to the host": lambda x: x.cpu(),
    "from the host": lambda x: torch.tensor([1.0, 2.0], device="cuda"),
    "of any number": lambda x: x.nonzero(),
}
GOES_ON = {
    "arithmetic": lambda x: (x * 2).relu_().sum(),
    "drawn": lambda x: torch.randn(3, device="cuda"),
    "filled": lambda x: torch.zeros(3, device="cuda"),
    "pinned": lambda x: torch.ones(3).pin_memory().to("cuda", non_blocking=True),
}


@pytest.mark.parametrize(
    ("action", "waits"),
    [*((each, True) for each in WAITS.values()), *((each, False) for each in GOES_ON.values())],
    ids=[*WAITS, *GOES_ON],
)
def test_what_the_host_waits_for(action: Callable[..., object], waits: bool) -> None:
    x = torch.ones(4, device="cuda")
    torch.cuda.set_sync_debug_mode("error")
    try:
        if waits:
            with pytest.raises(RuntimeError, match="called a synchronizing CUDA operation"):
                action(x)
        else:
            action(x)
    finally:
        torch.cuda.set_sync_debug_mode("default")


def test_an_event_is_known_once_it_was_waited_for() -> None:
    start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    start.record()
    network("cuda")
    torch.cuda._sleep(10_000_000)
    end.record()
    with pytest.raises(RuntimeError, match="not ready"):
        start.elapsed_time(end)
    torch.cuda.synchronize()
    assert start.elapsed_time(end) > 0


def test_the_device_draws_numbers_of_its_own() -> None:
    torch.manual_seed(0)
    first = torch.rand(3, device="cuda"), torch.rand(3)
    torch.manual_seed(0)
    alone = torch.rand(3)
    state = torch.cuda.get_rng_state()
    again = torch.rand(3, device="cuda")
    assert torch.equal(first[0], again)
    assert torch.equal(first[1], alone)
    torch.cuda.set_rng_state(state)
    assert torch.equal(torch.rand(3, device="cuda"), again)


def test_weights_are_copied_and_stored() -> None:
    made = network("cuda")
    twin = copy.deepcopy(made)
    assert {p.device.type for p in twin.parameters()} == {"cuda"}
    stored = io.BytesIO()
    torch.save(made.state_dict(), stored)
    for place in ("cpu", "cuda"):
        stored.seek(0)
        found = torch.load(stored, map_location=place, weights_only=True)
        assert all(torch.equal(found[n], t.to(place)) for n, t in made.state_dict().items())


def test_pinned_memory() -> None:
    assert not torch.ones(3).is_pinned()
    assert torch.ones(3).pin_memory().is_pinned()


@pytest.mark.parametrize("kind", [nn.RNN, nn.LSTM, nn.GRU])
def test_recurrent_layers_as_on_a_cpu(kind: type[nn.RNNBase]) -> None:
    """The outputs, and the gradients of all weights and the input."""
    torch.manual_seed(0)
    made, given = kind(3, 5, num_layers=2, batch_first=True), torch.randn(2, 4, 3)

    def differentiated(place: str) -> list[torch.Tensor]:
        twin = copy.deepcopy(made).to(place)
        x = given.detach().to(place).requires_grad_()
        output, _ = twin(x)
        output.square().sum().backward()
        return [output, x.grad, *(p.grad for p in twin.parameters())]

    for one, other in zip(differentiated("cpu"), differentiated("cuda"), strict=True):
        torch.testing.assert_close(one, other.cpu(), rtol=1e-4, atol=1e-5)
