"""Memory under autocast on a CUDA device against every tensor that PyTorch makes there, of networks
of tensors without numbers."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from cnncalc.analysis.memory import Optimizer, inference, retained, training
from cnncalc.analysis.memory_use import Setup, use
from cnncalc.language.load import load, loads
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
"""Networks whose layers cuDNN keeps a space of its own for, of 0 bytes here."""

KNOWN = [name for name in networks() if name not in ("style_losses", *LAID_OTHERWISE)]


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


def fair_at_rest(name: str) -> None:
    from tests.lowering.faked import Faked

    graph = load(name)
    computed = inference(graph, autocast="bf16").total(BATCH)
    assert computed == pytest.approx(Faked(graph).rested("bf16"), rel=2e-3)


@pytest.mark.parametrize("name", ["lenet5", "neuraltalk", "resnet20", "unet", "vgg16"])
def test_the_peak_of_inference(name: str) -> None:
    fair_at_rest(name)


@pytest.mark.thorough
@pytest.mark.parametrize("name", networks())
def test_the_peak_of_inference_of_every_network(name: str) -> None:
    fair_at_rest(name)


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
def test_what_cudnn_keeps_is_not_counted(name: str) -> None:
    assert use(load(name), Setup(autocast="bf16")).reserves
    assert not use(load(name), Setup()).reserves


KINDS = {
    "rnn": "rnn: {units: 8",
    "gru": "gru: {units: 8",
    "lstm": "lstm: {units: 8",
    "projected": "lstm: {units: 8, projection: 3",
}
WAYS = [
    "bias: true, output: sequence",
    "layers: 2, bidirectional: true, bias: single, output: last",
]


@pytest.mark.parametrize("kind", KINDS)
def test_a_recurrent_layer(kind: str) -> None:
    """Behind what trains, and before what reads its states otherwise, to the byte."""
    from tests.lowering.faked import Faked

    for way in WAYS:
        layers = f"[{{conv: {{filters: 5, kernel: 1}}}}, {{{KINDS[kind]}, {way}}}}}, {{linear: 4}}]"
        graph = loads(f"input: [5, 6]\nlayers: {layers}")
        faked = Faked(graph)
        found = (
            retained(graph, BATCH, 4, "bf16"),
            training(graph, autocast="bf16").total(BATCH),
            inference(graph, autocast="bf16").total(BATCH),
        )
        counted = faked.packed("bf16"), faked.trained("sgd", "bf16"), faked.rested("bf16")
        assert found == counted, layers


@pytest.mark.parametrize("gates", [1, 4])
def test_what_is_kept_is_what_pytorch_keeps_of_its_call(gates: int) -> None:
    """Of `torch._cudnn_rnn`, as it knows its own derivative, of tensors of fp16 without numbers."""
    import torch
    from torch._subclasses.fake_tensor import FakeTensorMode

    from tests.lowering.alive import size
    from tests.lowering.at_once import AtOnce, Call
    from tests.lowering.packed import Packing

    steps, features, units = 6, 5, 8
    with FakeTensorMode(allow_non_fake_inputs=True):

        def some(*shape: int) -> torch.Tensor:
            return torch.empty(shape, dtype=torch.float16, device="cuda:0")

        read, state = some(BATCH, steps, features), some(1, BATCH, units)
        rows = gates * units
        own = [some(rows, features), some(rows, units), some(rows), some(rows)]
        own = [each.requires_grad_() for each in own]
        piece = some(sum(each.numel() for each in own))
        cell = state.clone() if gates == 4 else None
        mode = {1: 1, 4: 2}[gates]  # PyTorch's numbers of a tanh and an LSTM
        with Packing() as theirs:
            fields = mode, units, 0, 1, True, 0.0, True, False, [], None
            made = torch._cudnn_rnn(read, own, 4, piece, state, cell, *fields)
            theirs_kept = size([*theirs.tensors(), *made[:1]])
        with Packing() as ours:
            given = read, piece, state, state.new_empty(0) if cell is None else cell
            found = AtOnce.apply(*given, Call(1, 1, True, gates), *own)
            ours_kept = size([*ours.tensors(), *found[:1]])
    assert ours_kept == theirs_kept


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
