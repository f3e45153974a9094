"""What a GPU is told to do, recorded once as a CUDA graph and then started whole."""

from __future__ import annotations

from collections.abc import Callable

import torch

from cnncalc.runtime.exhaustion import ran_out
from cnncalc.runtime.profile.device import Device

WARM_UP = 3
"""Runs beside the main stream, as PyTorch asks for before it records: libraries choose kernels and
take their workspace, an optimizer makes its momenta."""


class UngraphedError(Exception):
    """No CUDA graph can be made of it here; the message is PyTorch's own."""


def graphed(device: Device, action: Callable[[], object]) -> Callable[[], object]:
    """The action, started as one graph. Raises UngraphedError."""
    if not device.cuda:
        raise UngraphedError("only a CUDA device has graphs")
    try:
        graph = torch.cuda.CUDAGraph()
        _beside(action)
        with torch.cuda.graph(graph):
            action()
    except RuntimeError as error:
        if ran_out(error):
            raise
        raise UngraphedError(str(error).partition("\n")[0]) from None
    return graph.replay


def _beside(action: Callable[[], object]) -> None:
    stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(WARM_UP):
            action()
    torch.cuda.current_stream().wait_stream(stream)
