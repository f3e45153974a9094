"""What tests marked `cuda` need: a device, a real one or the double's, and bounds of its memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from tests import cuda_double

REASON = f"no CUDA device; {cuda_double.SWITCH}=1 takes the double's"

if cuda_double.wanted():  # before any test imports torch
    REASON = cuda_double.install() or REASON
    os.environ["PYTHONPATH"] = os.pathsep.join(
        filter(None, [str(cuda_double.SITE), os.environ.get("PYTHONPATH")])
    )


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Those marked `cuda` need a device; `cuda(2)` needs two."""
    marker = item.get_closest_marker("cuda")
    if marker is None:
        return
    torch = pytest.importorskip("torch")
    wanted = marker.args[0] if marker.args else 1
    if not torch.cuda.is_available():
        pytest.skip(REASON)
    if torch.cuda.device_count() < wanted:
        pytest.skip(f"needs {wanted} CUDA devices")


@pytest.fixture
def workspaces() -> None:
    """cuBLAS keeps one for each thread that multiplies, 32 MiB on a large card: this thread's, and
    that of the backward pass. They are there before a test looks at memory, and stay."""
    import torch

    layer = torch.nn.Linear(8, 8, device="cuda")
    layer(torch.ones(8, 8, device="cuda", requires_grad=True)).sum().backward()
    torch.cuda.synchronize()


@pytest.fixture
def device_memory(workspaces: None) -> Iterator[Callable[..., None]]:
    """`device_memory(size, number)`: tensors have so many bytes of a device in this test."""
    import torch

    def limit(size: int, number: int = 0) -> None:
        torch.cuda.empty_cache()
        total = torch.cuda.get_device_properties(number).total_memory
        torch.cuda.set_per_process_memory_fraction(size / total, number)

    yield limit
    for number in range(torch.cuda.device_count()):
        torch.cuda.set_per_process_memory_fraction(1.0, number)
