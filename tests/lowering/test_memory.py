"""The most memory of inference, against the tensors that live while the lowered network runs."""

from __future__ import annotations

import pytest

from cnncalc.spec.load import load
from tests.lowering.alive import computed_and_seen
from tests.lowering.test_lower import written

pytestmark = pytest.mark.torch

NETWORKS = """
bottleneck c3d convolutional dcgan_generator densenet121 faster_rcnn fcn8s inception_v4 lenet5
maxout mlp mobilenet_v2 nasnet_a_large nasnet_a_mobile nin plain20 resnet20 resnet50 resnext50_32x4d
se_resnet50 shufflenet_v1 shufflenet_v2 squeezenet1_0 unet vgg16 wrn16_8 xception
""".split()  # noqa: SIM905 (a list of words)
LESS = {
    "alexnet": "local response normalisation takes several operations",
    "lstm": "an output for each step, before they are stacked",
    "vit_b16": "scores of attention, as the meta device computes them",
}
"""Networks that take more than is computed, and why."""


@pytest.mark.parametrize("name", NETWORKS)
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


@pytest.mark.parametrize("name", LESS)
def test_what_else_takes_memory(name: str) -> None:
    computed, seen = computed_and_seen(load(name))
    assert 1.05 * computed < seen < 2 * computed
