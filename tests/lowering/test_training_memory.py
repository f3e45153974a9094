"""The peak of a training step against every tensor that PyTorch makes in one, counted from birth to
death, as the lowered network runs."""

from __future__ import annotations

import pytest

from cnncalc.analysis.memory import Optimizer, training
from cnncalc.language.load import load, loads
from cnncalc.runtime.lower import lower
from cnncalc.runtime.train.averaging import averaged
from cnncalc.zoo import networks
from tests.lowering.alive import computed_and_seen, size, trained_and_seen

pytestmark = pytest.mark.torch

FAIR = 1e-3

NETWORKS = """
alexnet cifar_maxout lenet5 lenet5_1998 mlp neocognitron plain20 resnet20 squeezenet1_0 unet
vgg16 weightnorm_cnn
""".split()  # noqa: SIM905 (a list of words)

ON_A_CPU = """
bert_base coatnet_0 deepspeech2 gpt2 gru lstm lstmp maxvit_t mobilevit_s neuraltalk perceiver
pointnet rnn show_and_tell swin_t vit_b16
""".split()  # noqa: SIM905 (a list of words)
"""Networks of which the meta device takes other kernels: attention keeps its scores there, a
recurrent layer reads step by step, and a batch norm over sequences keeps the order of its input."""


UNTRAINED = ["style_losses"]
"""A loss of fixed weights."""

TRAINED = [name for name in networks() if name not in UNTRAINED]


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam", "adamw"])
@pytest.mark.parametrize("name", ["lenet5", "resnet20"])
def test_the_peak_with_each_optimizer(name: str, optimizer: Optimizer) -> None:
    computed, seen = trained_and_seen(load(name), optimizer)
    assert computed == pytest.approx(seen, rel=FAIR)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_peak_of_a_step(name: str) -> None:
    computed, seen = trained_and_seen(load(name), "sgd")
    assert computed == pytest.approx(seen, rel=FAIR)


@pytest.mark.parametrize("name", ["gru", "lstm", "rnn"])
def test_the_peak_of_recurrent_networks(name: str) -> None:
    computed, seen = trained_and_seen(load(name), "momentum", "cpu")
    assert computed == pytest.approx(seen, rel=FAIR)


@pytest.mark.parametrize("name", ["bert_base", "gpt2"])
def test_the_peak_of_transformers(name: str) -> None:
    small = {"steps": 32, "vocabulary": 11, "width": 24, "depth": 3, "heads": 3}
    computed, seen = trained_and_seen(load(name, args=small), "adam", "cpu")
    assert computed == pytest.approx(seen, rel=FAIR)


@pytest.mark.thorough
@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam", "adamw"])
@pytest.mark.parametrize("name", TRAINED)
def test_the_peak_of_every_network(name: str, optimizer: Optimizer) -> None:
    device = "cpu" if name in ON_A_CPU else "meta"
    computed, seen = trained_and_seen(load(name), optimizer, device)
    assert computed == pytest.approx(seen, rel=FAIR)


GATHERED = [
    "lenet5",
    "mlp",
    "resnet20",
    "squeezenet1_0",
    "unet",
    *(pytest.param(name, marks=pytest.mark.thorough) for name in TRAINED),
]


@pytest.mark.parametrize("name", GATHERED)
def test_the_peak_with_gradients_of_a_batch_before(name: str) -> None:
    device = "cpu" if name in ON_A_CPU else "meta"
    computed, seen = trained_and_seen(load(name), "adam", device, accumulate=True)
    assert computed == pytest.approx(seen, rel=FAIR)


@pytest.mark.parametrize("name", ["lenet5", "resnet20", "weightnorm_cnn"])
def test_running_means_are_all_weights_once_more(name: str) -> None:
    graph = load(name)
    means = averaged(lower(graph), 0.9)
    assert means
    taken = training(graph, ema=True).total(3) - training(graph).total(3)
    assert taken == size([*means.parameters(), *means.buffers()])


def test_a_batch_is_a_line() -> None:
    """The largest batch is found without a search: one more does not fit."""
    step = training(load("resnet20"), "adam")
    for limit in (2**24, 2**28, 2**33):
        batch = step.largest(limit)
        assert step.total(batch) <= limit < step.total(batch + 1)


def test_what_fits_at_no_batch() -> None:
    step = training(load("lenet5"), "sgd")
    assert step.largest(step.base) == 0


@pytest.mark.parametrize("part", ["stage1", "stage3.1"])
def test_a_group_that_runs_again(part: str) -> None:
    computed, seen = trained_and_seen(load("resnet20"), "sgd", recompute=part)
    assert computed == pytest.approx(seen, rel=FAIR)


def test_what_it_saves() -> None:
    graph = load("resnet20")
    whole, again = training(graph), training(graph, recompute=["stage1"])
    assert again.total(64) < 0.8 * whole.total(64)


# -- inference --------------------------------------------------------------------------------

LINES = 2e-3


@pytest.mark.parametrize("name", ["gru", "lstm", "rnn", "lenet5_1998", "neocognitron"])
def test_the_peak_of_inference(name: str) -> None:
    computed, seen = computed_and_seen(load(name), device="cpu")
    assert computed == pytest.approx(seen, rel=LINES)


KINDS = {
    "rnn": "rnn: {units: 8",
    "gru": "gru: {units: 8",
    "lstm": "lstm: {units: 8",
    "projected": "lstm: {units: 8, projection: 3",
}


@pytest.mark.parametrize("steps", [1, 2, 7])
@pytest.mark.parametrize("output", ["sequence", "last"])
@pytest.mark.parametrize("both", ["true", "false"])
@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("kind", KINDS)
def test_the_peak_of_a_recurrent_layer(
    kind: str, layers: int, both: str, output: str, steps: int
) -> None:
    """Behind a norm, to the byte, whichever of steps and features there are more."""
    fields = f"{KINDS[kind]}, layers: {layers}, bidirectional: {both}, output: {output}"
    for features, more in (
        (5, "true"),
        (40, "false"),
        (5, "single"),
        (5, "true, weight_norm: true"),
    ):
        last = f"{fields}, bias: {more}}}"
        text = f"input: [{features}, {steps}]\nlayers: [batch_norm, {{{last}}}]"
        computed, seen = computed_and_seen(loads(text), device="cpu")
        assert computed == seen


@pytest.mark.parametrize("output", ["sequence", "last"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_peak_behind_a_recurrent_layer(kind: str, output: str) -> None:
    """What is held of its states is what they lie in."""
    first = f"{KINDS[kind]}, layers: 2, output: {output}}}"
    text = f"input: [5, 6]\nlayers: [{{{first}}}, {{linear: 64}}]"
    computed, seen = computed_and_seen(loads(text), device="cpu")
    assert computed == seen


def test_the_peak_of_both_ways() -> None:
    small = {"steps": 30, "units": 40, "depth": 3}
    computed, seen = computed_and_seen(load("deepspeech2", args=small), device="cpu")
    assert computed == pytest.approx(seen, rel=LINES)


@pytest.mark.thorough
@pytest.mark.parametrize("name", networks())
def test_the_peak_of_inference_of_every_network(name: str) -> None:
    device = "cpu" if name in ON_A_CPU else "meta"
    computed, seen = computed_and_seen(load(name), device=device)
    assert computed == pytest.approx(seen, rel=LINES)
