"""Deep Speech 2 against the same layers of PyTorch's, put together by hand."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from torch import Tensor, nn

from cnncalc.language.load import load
from cnncalc.runtime.lower import lower

pytestmark = pytest.mark.torch

UNITS, DEPTH, LETTERS = 800, 5, 29


class DeepSpeech2(nn.Module):
    """Amodei et al. 2016, section 3; its tensors stand in the order in which they are used."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, (41, 11), (2, 2), (20, 5))
        self.norm1 = nn.BatchNorm2d(32)
        self.conv2 = nn.Conv2d(32, 32, (21, 11), (2, 1), (10, 5))
        self.norm2 = nn.BatchNorm2d(32)
        sizes = [32 * 41] + [UNITS] * DEPTH
        self.layers = nn.ModuleList()
        for number, (read, made) in enumerate(pairwise(sizes)):
            norm = [nn.BatchNorm1d(read)] if number else []
            self.layers.extend([*norm, nn.GRU(read, made, bidirectional=True)])
        self.norm = nn.BatchNorm1d(UNITS)
        self.scores = nn.Linear(UNITS, LETTERS, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """N x 1 x frequencies x time to N x letters x steps."""
        x = nn.functional.hardtanh(self.norm1(self.conv1(x)), 0, 20)
        x = nn.functional.hardtanh(self.norm2(self.conv2(x)), 0, 20)
        x = x.flatten(1, 2)  # N x features x steps
        for layer in self.layers:
            if isinstance(layer, nn.GRU):
                both, _ = layer(x.permute(2, 0, 1))
                x = (both[..., :UNITS] + both[..., UNITS:]).permute(1, 2, 0)
            else:
                x = layer(x)
        return self.scores(self.norm(x).transpose(1, 2)).transpose(1, 2)


def test_deep_speech_2() -> None:
    torch.manual_seed(0)
    made = lower(load("deepspeech2", args={"steps": 24})).double().eval()
    for name, tensor in made.state_dict().items():
        if name.endswith(("bias", "running_mean")):
            tensor.normal_(0, 0.1)
        elif name.endswith("running_var"):
            tensor.uniform_(0.5, 2)
    other = DeepSpeech2().double().eval()
    tensors = made.state_dict().values()
    other.load_state_dict(dict(zip(other.state_dict(), tensors, strict=True)))
    x = torch.randn(2, 1, 161, 24, dtype=torch.double)
    with torch.no_grad():
        torch.testing.assert_close(made(x), other(x))
    count = sum(parameter.numel() for parameter in other.parameters())
    assert count == sum(parameter.numel() for parameter in made.parameters()) == 41_187_968
