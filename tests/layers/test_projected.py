"""An LSTM with a projection, step by step as ONNX has it, is PyTorch's."""

from itertools import product

import pytest
import torch

from cnncalc.layers.sequences.recurrent import Lstm
from tests.torch_form import module_of

pytestmark = pytest.mark.torch


@pytest.mark.parametrize(
    ("layers", "both", "bias", "output"),
    [*product((1, 3), (False, True), (False, True), ("sequence", "last"))],
)
def test_step_by_step(
    layers: int, both: bool, bias: bool, output: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(0)
    layer = Lstm(5, layers, both, bias, output, projection=3)
    module, x = module_of(layer.torch((4, 7))).eval().double(), torch.randn(2, 4, 7).double()
    with torch.no_grad():
        expected = module(x)
        monkeypatch.setattr(torch.compiler, "is_exporting", lambda: True)
        torch.testing.assert_close(module(x), expected)
