"""Memory under autocast on a CUDA device against every tensor that PyTorch makes there, of networks
of tensors without numbers."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from cnncalc.analysis.memory import Optimizer, inference, retained, training
from cnncalc.analysis.memory_use import not_known_cast
from cnncalc.language.load import load
from cnncalc.network.graph import Graph
from cnncalc.zoo import networks

pytestmark = [pytest.mark.torch, pytest.mark.cuda]

FAIR = 1e-3
"""What a peak may be beside the one that was counted; most are equal."""

FEW = 8
"""Bytes of the numbers of a loss, of which the smallest networks have a thousandth."""

BATCH = 3
RECORD = Path(__file__).parents[1] / "reference" / "autocast.csv"

QUICK = """
alexnet bert_base deepface lenet5 lenet5_1998 mobilenet_v2 neocognitron resnet20 squeezenet1_0 unet
""".split()  # noqa: SIM905 (a list of words)

LAID_OTHERWISE = ["pointnet"]
"""A batch norm of tensors without numbers does not keep their order."""

RECURRENT = "deepspeech2 gru lstm lstmp neuraltalk rnn show_and_tell".split()  # noqa: SIM905
"""Networks whose layers keep a workspace of cuDNN's."""

KNOWN = [name for name in networks() if name not in ("style_losses", *LAID_OTHERWISE, *RECURRENT)]


def seen(graph: Graph, optimizer: Optimizer, autocast: str) -> int:
    from tests.lowering.faked import Faked

    return Faked(graph).trained(optimizer, autocast)


def fair(name: str, optimizer: Optimizer = "sgd", autocast: str = "bf16") -> None:
    graph = load(name)
    computed = training(graph, optimizer, autocast=autocast).total(BATCH)
    assert computed == pytest.approx(seen(graph, optimizer, autocast), rel=FAIR, abs=FEW)


@pytest.mark.parametrize("name", QUICK)
def test_the_peak_of_a_step(name: str) -> None:
    fair(name)


@pytest.mark.parametrize("optimizer", ["momentum", "adam", "adamw"])
def test_the_peak_with_each_optimizer(optimizer: Optimizer) -> None:
    fair("resnet20", optimizer)


@pytest.mark.parametrize("name", ["swin_t", "vit_b16"])
def test_the_peak_in_fp16(name: str) -> None:
    """Of which a softmax is taken without a cast."""
    fair(name, autocast="fp16")


@pytest.mark.parametrize("name", QUICK)
def test_what_is_kept(name: str) -> None:
    from tests.lowering.faked import Faked

    graph = load(name)
    assert retained(graph, BATCH, 4, "bf16") == Faked(graph).packed("bf16")


@pytest.mark.parametrize("name", ["lenet5", "mobilenet_v2", "resnet20", "unet", "vgg16"])
def test_the_peak_of_inference(name: str) -> None:
    from tests.lowering.faked import Faked

    graph = load(name)
    computed = inference(graph, autocast="bf16").total(BATCH)
    assert computed == pytest.approx(Faked(graph).rested("bf16"), rel=2e-3)


def test_inference_keeps_no_casts() -> None:
    """Under `torch.inference_mode`, as `profile` has it: a weight is cast each time it is read."""
    import torch
    from torch.utils._python_dispatch import TorchDispatchMode

    casts = []

    class Seeing(TorchDispatchMode):
        def __torch_dispatch__(self, function, types, arguments=(), named=None):  # type: ignore
            casts.extend(
                each for each in arguments[:1] if each is linear.weight and "to" in str(function)
            )
            return function(*arguments, **(named or {}))

    linear, given = torch.nn.Linear(8, 8, device="cuda"), torch.rand(2, 8, device="cuda")
    for mode, count in ((torch.no_grad, 1), (torch.inference_mode, 2)):
        casts.clear()
        with mode(), torch.autocast("cuda", torch.bfloat16), Seeing():
            linear(linear(given))
        assert len(casts) == count


@pytest.mark.parametrize("name", RECURRENT)
def test_what_nobody_knows(name: str) -> None:
    assert not_known_cast(load(name))


@pytest.mark.thorough
@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam", "adamw"])
@pytest.mark.parametrize("name", KNOWN)
def test_the_peak_of_every_network(name: str, optimizer: Optimizer) -> None:
    fair(name, optimizer)


ROWS = list(csv.reader(RECORD.read_text().splitlines()))[1:]


@pytest.mark.parametrize("row", [row for row in ROWS if row[0] in QUICK], ids=lambda row: row[0])
def test_what_is_recorded(row: list[str]) -> None:
    """What is tested without such a device is what it was here."""
    from tests.lowering.faked import Faked

    name, kept, peak = row
    graph = load(name)
    assert (Faked(graph).packed("bf16"), seen(graph, "sgd", "bf16")) == (int(kept), int(peak))
