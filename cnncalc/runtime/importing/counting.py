"""A model's own numbers, as PyTorch counts them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from cnncalc.importing.program import ModelCounts
from cnncalc.runtime.importing.traced import inference, quietly


def counted(module: nn.Module, samples: Sequence[Tensor]) -> ModelCounts:
    """Its parameters, each tensor once, and the MACs of one forward pass of these samples. Nothing
    is computed."""
    params = sum(weight.numel() for weight in module.parameters())
    with inference(module):
        return ModelCounts(params, macs_of(module, samples))


def macs_of(module: nn.Module, samples: Sequence[Tensor]) -> int | None:
    """Half of what FlopCounterMode counts; None where a model computes in Python what tensors
    without numbers do not have."""
    try:
        with quietly(), torch.no_grad(), FakeTensorMode(allow_non_fake_inputs=True):
            plain = sdpa_kernel(SDPBackend.MATH), torch.backends.mkldnn.flags(enabled=False)
            with FlopCounterMode(display=False) as counter, plain[0], plain[1]:
                module(*(torch.empty(each.shape, dtype=each.dtype) for each in samples))
        return int(counter.get_total_flops()) // 2
    except Exception:
        return None
