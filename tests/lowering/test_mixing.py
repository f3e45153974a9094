"""Networks that mix far places, against implementations of their papers that share nothing with
ours: functions over a list of tensors."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from cnncalc.language.load import load
from cnncalc.runtime.lower import lower
from tests.lowering.independent import Tensors
from tests.lowering.test_independent import difference, image

pytestmark = pytest.mark.torch


class Steps(Tensors):
    """Layers over sequences as others have them, N x steps x features."""

    def layer_norm(self, x: Tensor, eps: float) -> Tensor:
        """Of each step."""
        scale, shift = next(self.left), next(self.left)
        mean, variance = x.mean(-1, keepdim=True), x.var(-1, unbiased=False, keepdim=True)
        return (x - mean) / torch.sqrt(variance + eps) * scale + shift

    def attention(self, x: Tensor, heads: int) -> Tensor:
        """Vaswani 2017, equation 1, for each head."""
        stacked, biases = next(self.left), next(self.left)
        parts = (x @ stacked.T + biases).chunk(3, -1)
        q, k, v = (part.unflatten(-1, (heads, -1)).transpose(-2, -3) for part in parts)  # type: ignore[no-untyped-call]
        weights = (q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5).softmax(-1)
        return self.linear((weights @ v).transpose(-2, -3).flatten(-2))

    def offset_attention(self, x: Tensor, size: int) -> Tensor:
        """Heads of 32 features over size x size places, each with a number for every offset."""
        table, _ = next(self.left), next(self.left)
        q, k, v = (self.linear(x) for _ in range(3))
        places = list(product(range(size), repeat=2))
        mixed = torch.empty_like(q)
        for head in range(table.shape[1]):
            own = slice(32 * head, 32 * head + 32)
            scores = q[..., own] @ k[..., own].transpose(1, 2) / 32**0.5
            for (i, one), (j, other) in product(enumerate(places), repeat=2):
                down, right = (a - b + size - 1 for a, b in zip(one, other, strict=True))
                scores[:, i, j] += table[down * (2 * size - 1) + right, head]
            mixed[..., own] = scores.softmax(-1) @ v[..., own]
        return self.linear(mixed)

    def folded(self, x: Tensor, stride: int = 1, padding: int = 0, groups: int = 1) -> Tensor:
        """A convolution, normalised, and SiLU."""
        x = self.norm(self.conv(x, stride, padding, groups))
        return x * x.sigmoid()


def mixer(t: Steps, x: Tensor) -> Tensor:
    """Tolstikhin et al. 2021, Figure 1 and section 2."""
    weight, bias = next(t.left), next(t.left)
    x = F.conv2d(x, weight, bias, weight.shape[-1]).flatten(2).transpose(1, 2)
    for _ in range(3):
        y = t.layer_norm(x, 1e-6).transpose(1, 2)
        x = x + t.linear(F.gelu(t.linear(y))).transpose(1, 2)
        x = x + t.linear(F.gelu(t.linear(t.layer_norm(x, 1e-6))))
    return t.linear(t.layer_norm(x, 1e-6).mean(1))


def inverted(t: Steps, x: Tensor, stride: int) -> Tensor:
    """Sandler et al. 2018, with SiLU: four times as wide within."""
    y = t.folded(x)
    y = t.folded(y, stride, 1, y.shape[1])
    y = t.norm(t.conv(y))
    return x + y if y.shape == x.shape else y


def far(t: Steps, x: Tensor, depth: int) -> Tensor:
    """Mehta & Rastegari 2022, section 3.1: patches of 2x2, as PyTorch unfolds them."""
    y = t.conv(t.folded(x, 1, 1))
    width, sizes = y.shape[1], y.shape[2:]
    patches = F.unfold(y, 2, stride=2).unflatten(1, (width, 4))  # type: ignore[no-untyped-call]
    steps = patches.permute(0, 2, 3, 1)  # N x pixels of a patch x patches x features
    for _ in range(depth):
        steps = steps + t.attention(t.layer_norm(steps, 1e-5), 4)
        inner = t.linear(t.layer_norm(steps, 1e-5))
        steps = steps + t.linear(inner * inner.sigmoid())
    patches = t.layer_norm(steps, 1e-5).permute(0, 3, 1, 2).flatten(1, 2)
    y = t.folded(F.fold(patches, sizes, 2, stride=2))
    return t.folded(torch.cat([x, y], 1), 1, 1)


def mobilevit(t: Steps, x: Tensor) -> Tensor:
    """Table 4, MobileViT-S."""
    x = inverted(t, t.folded(x, 2, 1), 1)
    for stride in (2, 1, 1):
        x = inverted(t, x, stride)
    for depth in (2, 4, 3):
        x = far(t, inverted(t, x, 2), depth)
    return t.linear(t.folded(x).mean((2, 3)))


def squeezed(t: Steps, x: Tensor, stride: int, width: int) -> Tensor:
    """Tu et al. 2022, appendix A: MBConv with its norm in front, and squeeze-and-excite."""
    if stride == 2 or x.shape[1] != width:
        pooled = F.avg_pool2d(x, 3, stride, 1) if stride == 2 else x
        shortcut = t.biased(pooled, 0)
    else:
        shortcut = x
    y = F.gelu(t.norm(t.conv(t.norm(x))))
    y = F.gelu(t.norm(t.conv(y, stride, 1, y.shape[1])))
    gate = t.biased(y.mean((2, 3), keepdim=True), 0)
    y = y * t.biased(gate * gate.sigmoid(), 0).sigmoid()
    return shortcut + t.biased(y, 0)


def within(t: Steps, x: Tensor, size: int, apart: int) -> Tensor:
    """Section 3.2: attention among size x size places that lie so far apart, window by window."""
    side, y = x.shape[2], torch.empty_like(x)
    extent = size * apart
    firsts = [a + b for a in range(0, side, extent) for b in range(apart)]
    starts = [slice(first, first + extent - apart + 1, apart) for first in firsts]
    tensors = [next(t.left) for _ in range(18)]
    for rows, columns in product(starts, starts):
        own = Steps(tensors)
        steps = x[:, :, rows, columns].flatten(2).transpose(1, 2)
        steps = steps + own.offset_attention(own.layer_norm(steps, 1e-5), size)
        steps = steps + own.linear(F.gelu(own.linear(own.layer_norm(steps, 1e-5))))
        y[:, :, rows, columns] = steps.transpose(1, 2).unflatten(2, (size, size))  # type: ignore[no-untyped-call]
    return y


def maxvit(t: Steps, x: Tensor) -> Tensor:
    """Table 1, MaxViT-T, with windows of 2x2."""
    t.eps = 1e-3
    x = t.biased(F.gelu(t.norm(t.conv(x, 2, 1))), 1)
    for width, depth in ((64, 2), (128, 2), (256, 5), (512, 2)):
        for layer in range(depth):
            x = squeezed(t, x, 1 if layer else 2, width)
            x = within(t, x, 2, 1)
            x = within(t, x, 2, x.shape[2] // 2)
    y = t.linear(t.layer_norm(x.mean((2, 3)), 1e-5)).tanh()
    return y @ next(t.left).T


NETWORKS: dict[str, tuple[Callable[[Steps, Tensor], Tensor], int, dict[str, object]]] = {
    "mixer_b16": (mixer, 32, {"width": 24, "depth": 3, "patch": 8, "tokens": 10, "channels": 40}),
    "mobilevit_s": (mobilevit, 64, {"classes": 10}),
    "maxvit_t": (maxvit, 64, {"classes": 10, "window": 2}),
}


@pytest.mark.parametrize("spec", NETWORKS)
def test_inference(spec: str) -> None:
    """Small ones, in doubles, whose tensors are all drawn."""
    function, side, args = NETWORKS[spec]
    graph = load(spec, args=args, input=(3, side, side))  # type: ignore[arg-type]
    network = lower(graph, seed=1).double().eval()
    generator = torch.Generator().manual_seed(2)
    for name, tensor in network.state_dict().items():
        if name.endswith(("running_var", "norm.weight")):
            tensor.uniform_(0.5, 1.5, generator=generator)
        elif name.endswith(("bias", "running_mean")):
            tensor.normal_(0.0, 0.2, generator=generator)
    tensors = Steps(network.state_dict().values())
    with torch.no_grad():
        x = image(side, 2)
        expected = function(tensors, x)
        assert tensors.done()
        assert difference(network(x), expected) < 1e-12
    assert expected.std() > 1e-3, "what early layers do must not be lost in later ones"
