"""Recurrent layers as PyTorch has cuDNN run them on a GPU, every tensor that it makes around the
call, for tensors without numbers: after PyTorch's `native/cudnn/RNN.cpp`, and under autocast
`cudnn/AutocastRNN.cpp`. cuDNN's reserve space and workspaces have 0 bytes, as in PyTorch's own
`_meta_registrations.py`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from types import SimpleNamespace
from typing import Any, NamedTuple
from unittest.mock import patch

import torch
from torch import Tensor, nn

GATES = {"rnn": 1, "gru": 3, "lstm": 4}


class Call(NamedTuple):
    """layers, ways: of a layer; biases: whether it has them; gates: of a state"""

    layers: int
    ways: int
    biases: bool
    gates: int


class AtOnce(torch.autograd.Function):
    """The call itself, and its backward."""

    @staticmethod
    def forward(  # type: ignore[override]
        context: Any,
        read: Tensor,
        piece: Tensor,
        hidden: Tensor,
        cell: Tensor,
        call: Call,
        *own: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """States of all steps, the last ones, and their cells."""
        laid = read.transpose(0, 1).contiguous()
        steps, batch, _ = laid.shape
        states = read.new_empty(steps, batch, call.ways * hidden.shape[2]).transpose(0, 1)
        last, cells = torch.empty_like(hidden), torch.empty_like(cell)
        context.call = call
        context.save_for_backward(read, piece, hidden, cell, states, *own)
        return states, last, cells

    @staticmethod
    def backward(context: Any, *arrived: Tensor) -> Any:  # type: ignore[override]
        """Zeros arrive for what nothing reads."""
        read, piece, hidden, cell, _, *own = context.saved_tensors
        given, *_ = arrived
        of_read, _zeros = of_inputs(read, given, hidden, cell)
        wanted = any(context.needs_input_grad[5:])
        of_own = of_weights(read, piece, own, context.call) if wanted else [None] * len(own)
        return of_read if context.needs_input_grad[0] else None, None, None, None, None, *of_own


def of_inputs(read: Tensor, given: Tensor, *states: Tensor) -> tuple[Tensor, list[Tensor]]:
    """`_cudnn_rnn_backward_input`."""
    seen = read.transpose(0, 1)
    _laid, _arrived = seen.contiguous(), given.transpose(0, 1).contiguous()
    found = torch.empty(seen.shape, dtype=read.dtype, device=read.device)
    return found.transpose(0, 1), [torch.empty_like(each) for each in states]


def of_weights(read: Tensor, piece: Tensor, own: Sequence[Tensor], call: Call) -> list[Tensor]:
    """`_cudnn_rnn_backward_weight`: in one piece; without biases these are others, copied."""
    _laid = read.transpose(0, 1).contiguous()
    whole = torch.zeros_like(piece)
    if call.biases:
        return parts(whole, own)
    return [torch.empty_like(each) for each in own]


def parts(whole: Tensor, like: Sequence[Tensor]) -> list[Tensor]:
    """Where each lies in one piece; none is a view to autograd."""
    found, begin = [], 0
    for each in like:
        found.append(whole[begin : begin + each.numel()].view(each.shape).detach())
        begin += each.numel()
    return found


def in_fp16(own: Sequence[Tensor], call: Call, states: int) -> tuple[Tensor, list[Tensor]]:
    """`_cudnn_rnn_cast_reflatten`: all weights in one piece, with two biases of all gates."""
    matrices = sum(each.numel() for each in own if each.dim() > 1)
    count = matrices + 2 * call.gates * states * call.layers * call.ways
    whole = torch.zeros(count, dtype=torch.float16, device=own[0].device)
    copies = parts(whole, own)
    for copy, each in zip(copies, own, strict=True):
        copy.copy_(each.view_as(copy))
    return whole, copies


def called(
    kind: str,
    read: Tensor,
    state: Any,
    own: list[Tensor],
    biases: bool,
    layers: int,
    dropout: float,
    train: bool,
    both: bool,
    batch_first: bool,
) -> tuple[Tensor, ...]:
    """In place of PyTorch's `rnn_tanh`, `gru` and `lstm`."""
    assert batch_first
    assert not dropout
    hidden, cell = state if kind == "lstm" else (state, state.new_empty(0))
    units = (cell if kind == "lstm" else hidden).shape[2]
    call = Call(layers, 1 + both, biases, GATES[kind])
    with torch.autocast("cuda", enabled=False):
        piece, copies = in_fp16(own, call, units)
        cell, hidden, read = cell.half(), hidden.half(), read.half()
        states, last, cells = AtOnce.apply(read, piece, hidden, cell, call, *copies)
    return (states, last, cells) if kind == "lstm" else (states, last)


@contextmanager
def run_at_once() -> Iterator[None]:
    """Whatever PyTorch would choose for want of a GPU."""
    calls = {name: partial(called, name.partition("_")[0]) for name in ("rnn_tanh", "gru", "lstm")}
    with patch.object(nn.modules.rnn, "_VF", SimpleNamespace(**calls)):
        yield
