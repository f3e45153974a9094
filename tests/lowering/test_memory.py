"""Memory against the lowered network as it runs: the most tensors alive at once in inference, and
what a training pass keeps for its backward."""

from __future__ import annotations

import pytest

from cnncalc.analysis.memory import retained
from cnncalc.language.load import load
from tests.analysis import drafts
from tests.analysis.specs import graph_of
from tests.lowering.alive import BATCH, computed_and_seen
from tests.lowering.packed import packed
from tests.lowering.test_lower import written
from tests.sampled import sampled

pytestmark = pytest.mark.torch

NETWORKS = """
alexnet c3d cifar_maxout convolutional_autoencoder dcgan_generator densenet121 faster_rcnn fcn8s
inception_bottleneck inception_v4 lenet5 mixer_b16 mlp mobilenet_v2 nasnet_a_large
nasnet_a_mobile nin plain20 resnet20 resnet50 resnext50_32x4d se_resnet50 shufflenet_v1
shufflenet_v2 squeezenet1_0 unet vgg16 wrn16_8 xception
""".split()  # noqa: SIM905 (a list of words)


@pytest.mark.parametrize("name", sampled(NETWORKS, 2))
def test_the_most_alive_at_once(name: str) -> None:
    """But for the statistics that a batch norm makes, a few numbers for each channel."""
    computed, seen = computed_and_seen(load(name))
    assert seen == pytest.approx(computed, rel=2e-3)


@pytest.mark.parametrize("kind", ["add", "maximum", "average", "concat"])
def test_a_join_in_the_middle(kind: str) -> None:
    """The branches of an operator are let go; those of a function have names, and stay."""
    text = f"""
input: 8x16x16
layers:
  - {kind}: {{a: [{{conv: {{filters: 8, kernel: 1}}}}], b: [{{conv: {{filters: 8, kernel: 1}}}}]}}
  - {{conv: {{filters: 32, kernel: 1}}}}
"""
    computed, seen = computed_and_seen(written(text))
    assert seen == computed


HELD = {
    "a join of three": "- add: [[relu], [tanh], [sigmoid]]",
    "a function of three": "- maximum: [[relu], [tanh], [{global_avg_pool: {keep: true}}]]",
    "a padded copy": "- conv: {filters: 8, kernel: 4, padding: same}",
    "padding that pools leave out": "- max_pool: {kernel: 4, stride: 1, padding: same}",
    "a map cut into windows": "- {to_windows: {size: 4}}\n  - {from_windows: {size: 4}}",
    "a map rolled": "- {to_windows: {size: 4, shift: 2}}\n  - {from_windows: {size: 4, shift: 2}}",
    "a name that stands for another map": "- {name: a, tanh: }\n  - relu\n  - add: [a, [relu]]",
    "a name that stays": "- {name: a, tanh: }\n  - {conv: {filters: 16, kernel: 1}, from: a}",
    "what a group was called with": "- layers: [relu, {pad_channels: 8}, tanh, {slice: {stop: 1}}]",
    "a loop": "- relu\n  - {name: u, unit: {skip: previous}, repeat: 3}\n  - add: [u, [relu]]",
    "a name that a loop takes": "- {name: unit, relu: }\n  - {unit: {skip: input}, repeat: 3}",
    "what nothing reads": "- relu\n  - {pad_channels: 24}\n  - {tanh: , from: input}",
    "what does nothing": "- {name: a, pad_channels: 0}\n  - identity\n  - multiply: [a, [relu]]",
}


@pytest.mark.parametrize("case", HELD)
def test_what_the_source_holds(case: str) -> None:
    text = f"""
input: 8x16x16
blocks:
  unit:
    args: {{skip: }}
    layers:
      - concat: [skip, input]
      - conv: {{filters: 8, kernel: 1}}
layers:
  - {{conv: {{filters: 8, kernel: 1}}}}
  {HELD[case]}
"""
    computed, seen = computed_and_seen(written(text))
    assert seen == computed


# -- training -------------------------------------------------------------------------------

WIDTH = 4
TRAINED = """
dsn gru inception_resnet_v2 lenet5_1998 lstm neocognitron resnet50_v1 rnn show_and_tell vit_b16
weightnorm_cnn
""".split()  # noqa: SIM905 (a list of words)
ON_A_CPU = ("gru", "lstm", "rnn", "vit_b16")
"""On the meta device attention keeps its scores, and a sequence of one sample is no copy."""


@pytest.mark.parametrize("name", sampled([*NETWORKS, *TRAINED], 2))
def test_what_is_kept_for_the_backward(name: str) -> None:
    graph = load(name)
    assert retained(graph, BATCH, WIDTH) == packed(graph, "cpu" if name in ON_A_CPU else "meta")


@pytest.mark.parametrize("name", ["bert_base", "gpt2"])
def test_what_transformers_keep(name: str) -> None:
    small = {"steps": 9, "vocabulary": 11, "width": 12, "depth": 3, "heads": 3}
    graph = load(name, args=small)
    assert retained(graph, BATCH, WIDTH) == packed(graph, "cpu")


@pytest.mark.parametrize(("name", "args"), [("mobilevit_s", {}), ("maxvit_t", {"window": 2})])
def test_what_attention_among_windows_takes(name: str, args: dict[str, int]) -> None:
    graph = load(name, args=args, input=(3, 64, 64))
    assert retained(graph, BATCH, WIDTH) == packed(graph, "cpu")
    computed, seen = computed_and_seen(graph)
    assert seen == pytest.approx(computed, rel=2e-3)


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("seed", range(10))
def test_what_random_networks_keep(rank: int, seed: int) -> None:
    graph = graph_of(drafts.spec(seed, rank))
    assert retained(graph, BATCH, WIDTH) == packed(graph, "cpu")


FROZEN = """
input: 3x8x8
layers:
  - {s_cells: {planes: 4, kernel: 3}, freeze: true}
  - {subsample: 2, freeze: true}
  - batch_norm
  - {multiply: {map: [identity], gate: [{global_avg_pool: true}, sigmoid]}}
  - {conv: {filters: 4, kernel: 1}, freeze: true}
"""


def test_what_is_frozen_first_keeps_nothing() -> None:
    graph = written(FROZEN)
    assert retained(graph, BATCH, WIDTH) == packed(graph, "cpu")
