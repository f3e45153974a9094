"""A model's own numbers, as PyTorch counts them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from cnncalc.importing.program import ModelCounts


def counted(module: nn.Module, samples: Sequence[Tensor]) -> ModelCounts:
    """Its parameters, each tensor once, and the MACs of one forward pass of these samples: half of
    what FlopCounterMode counts. Nothing is computed."""
    params = sum(weight.numel() for weight in module.parameters())
    return ModelCounts(params, _macs(module, samples))


def _macs(module: nn.Module, samples: Sequence[Tensor]) -> int | None:
    trained = [part for part in module.modules() if part.training]
    module.eval()
    try:
        with torch.no_grad(), FakeTensorMode(allow_non_fake_inputs=True):
            with FlopCounterMode(display=False) as counter, sdpa_kernel(SDPBackend.MATH):
                module(*(torch.empty(each.shape, dtype=each.dtype) for each in samples))
        return int(counter.get_total_flops()) // 2
    except Exception:  # a model that computes in Python what no fake tensor has
        return None
    finally:
        for part in trained:
            part.training = True
