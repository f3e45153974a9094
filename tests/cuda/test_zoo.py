"""Every network of the zoo on the second CUDA device: forward and a training step."""

from __future__ import annotations

import pytest

from cnncalc.language.load import load
from cnncalc.zoo import networks

pytestmark = [pytest.mark.torch, pytest.mark.cuda(2)]

BATCH = 2
QUICK = set(
    """
    mlp lenet5_1998 lenet5 autoencoder_classifier convolutional_autoencoder neocognitron rnn
    convnetjs gru lstm plain20 resnet20 dcgan_discriminator dcgan_generator shufflenet_v1
    shufflenet_v2 nin dsn audio_m5 all_cnn_c inception_bottleneck inception_naive
    densenet_cifar40_12 mobilenet_v2 weightnorm_cnn squeezenet1_0
    """.split()  # noqa: SIM905 (a list of words)
)
"""On a CPU about a second each; all the others are several minutes."""


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[] if name in QUICK else [pytest.mark.thorough])
        for name in networks()
    ],
)
def test_a_step_on_the_second_device(name: str) -> None:
    import torch

    from cnncalc.runtime.exhaustion import release
    from cnncalc.runtime.profile.device import device
    from cnncalc.runtime.profile.network import measured

    release()
    before = torch.cuda.memory_allocated(0)
    place = device("cuda:1", "fp32")
    network = measured(load(name), place, BATCH, channels_last=False, compiled=False)
    torch.cuda.set_device(0)  # what is made without a device would land there
    given = network.forward()
    network.step()
    outputs = given.values() if isinstance(given, dict) else [given]
    gradients = [p.grad for p in network.module.parameters() if p.grad is not None]
    states = [value for state in network.optimizer.state.values() for value in state.values()]
    tensors = [*outputs, *gradients, *(each for each in states if isinstance(each, torch.Tensor))]
    assert {tensor.device for tensor in tensors} == {torch.device("cuda", 1)}
    assert torch.cuda.memory_allocated(0) == before
