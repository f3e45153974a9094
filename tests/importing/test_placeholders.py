"""What cannot be said of a model, in numbers that PyTorch counts of the module around it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from cnncalc.importing.checked import Imported, ImportingError
from cnncalc.importing.placeholders import of_program_with_placeholders
from cnncalc.layers.foreign import ForeignModule
from cnncalc.runtime.importing.imported_model import of_module
from tests.importing.small_models import Does


class Sorting(nn.Module):
    """What no layer does, behind what one does."""

    def __init__(self, channels: int = 8) -> None:
        super().__init__()
        self.score = nn.Conv2d(channels, channels, 1)
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(self.score(x)).sort(1)[0] + x


class Several(Sorting):
    """Two inputs, two outputs."""

    def forward(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        return super().forward(x), (x * y).sort(1)[0].mean((2, 3))


class Ungrouped(nn.Module):
    """It gives what has no batch, to the module around it."""

    def forward(self, x: Tensor) -> Tensor:
        return x.sort(1)[0].sum(0)


class Around(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inner = Ungrouped()

    def forward(self, x: Tensor) -> Tensor:
        return x + self.inner(x)


def stated(
    module: nn.Module, shapes: Sequence[Sequence[int]]
) -> tuple[Imported, list[ForeignModule]]:
    found = of_module(module, shapes, read=of_program_with_placeholders)
    layers = [node.layer for node in found.graph.layers if isinstance(node.layer, ForeignModule)]
    return found, layers


def counted(module: nn.Module, *inputs: Tensor) -> int:
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        module.eval()(*inputs)
    return int(counter.get_total_flops()) // 2


def params(module: nn.Module) -> int:
    return sum(each.numel() for each in module.parameters())


def test_the_smallest_module_around_it_is_stated_by_pytorchs_count() -> None:
    odd = Sorting()
    module = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Sequential(odd, nn.ReLU()))
    found, (layer,) = stated(module, [(3, 10, 10)])
    assert layer.module == f"{__name__}:Sorting"
    assert (layer.params, layer.buffers) == (params(odd), 2 * 8 + 1)
    assert layer.macs == counted(odd, torch.zeros(1, 8, 8, 8)) == 8 * 8 * 8 * 8
    assert layer.output == (8, 8, 8)
    assert [node.kind for node in found.graph.layers] == ["conv", "foreign", "relu"]
    assert "no layer does what `sort` does" in found.notes[0]


def test_a_module_that_is_called_twice_shares_its_numbers() -> None:
    def does(self: Does, x: Tensor) -> Tensor:
        return self.odd(torch.relu(self.odd(x)))

    odd = Sorting(3)
    found, layers = stated(Does(does, odd=odd), [(3, 6, 6)])
    assert [layer.macs for layer in layers] == [3 * 3 * 36, 3 * 3 * 36]
    assert found.graph.stated[1].shares is found.graph.stated[0]
    assert f"params: {params(odd)}" in found.text


def test_several_inputs_and_outputs() -> None:
    def does(self: Does, x: Tensor, y: Tensor) -> Tensor:
        whole, vector = self.odd(self.stem(x), y)
        return whole.mean((2, 3)) + vector

    odd = Several()
    module = Does(does, stem=nn.Conv2d(3, 8, 1), odd=odd)
    found, (first, second) = stated(module, [(3, 6, 6), (8, 6, 6)])
    assert (first.output, second.output, second.number) == ((8, 6, 6), (8,), 2)
    assert (first.params, second.params, second.macs) == (params(odd), 0, 0)
    assert [node.kind for node in found.graph.stated[0].inputs] == ["conv", "input"]


def test_what_has_no_batch_is_stated_with_the_module_around_it() -> None:
    _, (layer,) = stated(nn.Sequential(nn.Conv2d(3, 8, 1), Around()), [(3, 6, 6)])
    assert layer.module == f"{__name__}:Around"


def test_what_the_model_itself_does_is_stated_alone() -> None:
    def does(self: Does, x: Tensor) -> Tensor:
        return self.head(self.stem(x).sort(1)[0].mean((2, 3)))

    _, (layer,) = stated(Does(does, stem=nn.Conv2d(3, 8, 1), head=nn.Linear(8, 2)), [(3, 6, 6)])
    assert (layer.module, layer.params, layer.macs) == ("sort", 0, 0)


def test_what_inference_reads_inside_a_module_is_one_of_its_outputs() -> None:
    def does(self: Does, x: Tensor) -> Tensor:
        y = self.odd(x)
        return y.mean((2, 3)) + self.odd.score(x).mean((2, 3))

    odd = Sorting(3)
    found, layers = stated(Does(does, odd=odd), [(3, 6, 6)])
    assert sum(layer.params for layer in layers) + 3 * 3 + 3 == params(odd)
    assert "conv" in [node.kind for node in found.graph.layers]


def test_without_a_module_that_can_be_stated_the_reason_is_told() -> None:
    def does(self: Does, x: Tensor) -> Tensor:
        return x.sort(1)[0].sum(0)

    with pytest.raises(ImportingError) as caught:
        stated(Does(does), [(3, 6, 6)])
    assert "no module around it but the model" in caught.value.blockers[0].what


def test_a_model_that_can_be_said_is_said() -> None:
    module = nn.Sequential(nn.Conv2d(3, 8, 1), nn.ReLU())
    plain = of_module(module, [(3, 6, 6)])
    assert of_module(module, [(3, 6, 6)], read=of_program_with_placeholders).text == plain.text
