"""Systems that lectures name once more, from their papers: StackGAN, style transfer, FaceNet,
OverFeat, Farabet's parser, NeuralTalk, Deep Speech; functions over a list of tensors."""

from __future__ import annotations

from collections.abc import Iterator

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from tests.lowering.independent import Tensors
from tests.lowering.independent_normed import by_itself, mirrored


def doubled(x: Tensor) -> Tensor:
    """Each pixel four times."""
    return x.repeat_interleave(2, 2).repeat_interleave(2, 3)


# -- DCGAN, for digits -------------------------------------------------------------------------


def digits_generator(t: Tensors, noise: Tensor) -> Tensor:
    """Radford et al. 2016, section 3: no linear layers, norms but for the last, tanh there."""
    x = noise
    for stride, padding in ((1, 0), (2, 1)):
        x = t.norm(F.conv_transpose2d(x, next(t.left), None, stride, padding)).relu()
    return F.conv_transpose2d(x, next(t.left), None, 2, 1).tanh()


def digits_discriminator(t: Tensors, image: Tensor) -> Tensor:
    """Likewise: no norm in the first, slopes of 0.2 throughout."""
    x = F.leaky_relu(t.conv(image, 2, 1), 0.2)
    return t.conv(F.leaky_relu(halved(t, x), 0.2)).flatten(1)


# -- StackGAN ----------------------------------------------------------------------------------


def caption(t: Tensors, text: Tensor, epsilon: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Zhang et al. 2017, section 3.2: a sample, the mean, the logarithm of the variance."""
    mean, log_variance = t.linear(text).relu().chunk(2, 1)
    return mean + torch.sqrt(log_variance.exp()) * epsilon, mean, log_variance


def drawn(t: Tensors, x: Tensor) -> Tensor:
    """A map enlarged four times, then an image."""
    for _ in range(4):
        x = t.norm(t.conv(doubled(x), padding=1)).relu()
    return t.conv(x, padding=1).tanh()


def stage1_generator(
    t: Tensors, text: Tensor, epsilon: Tensor, noise: Tensor
) -> tuple[Tensor, ...]:
    """Section 3.3, as in the authors' code."""
    said, *given = caption(t, text, epsilon)
    x = torch.cat([noise, said], 1) @ next(t.left).T
    x = t.norm(x).relu()
    return drawn(t, x.unflatten(1, (-1, 4, 4))), *given


def halved(t: Tensors, x: Tensor) -> Tensor:
    """A convolution of 4x4 at every second place, normalised."""
    return t.norm(t.conv(x, 2, 1))


def stage1_discriminator(t: Tensors, image: Tensor, text: Tensor) -> Tensor:
    """Section 3.3, as in the authors' code."""
    x = F.leaky_relu(t.conv(image, 2, 1), 0.2)
    for _ in range(3):
        x = F.leaky_relu(halved(t, x), 0.2)
    x = torch.cat([x, text[:, :, None, None].expand(-1, -1, 4, 4)], 1)
    x = F.leaky_relu(t.norm(t.conv(x, padding=1)), 0.2)
    return t.biased(x, 0, 4).flatten(1).sigmoid()


def stage2_generator(
    t: Tensors, image: Tensor, text: Tensor, epsilon: Tensor
) -> tuple[Tensor, ...]:
    """Section 3.4, as in the authors' code."""
    x = t.conv(image, padding=1).relu()
    for _ in range(2):
        x = halved(t, x).relu()
    said, *given = caption(t, text, epsilon)
    x = torch.cat([x, said[:, :, None, None].expand(-1, -1, 16, 16)], 1)
    x = t.norm(t.conv(x, padding=1)).relu()
    for _ in range(2):
        y = t.norm(t.conv(x, padding=1)).relu()
        x = (x + t.norm(t.conv(y, padding=1))).relu()
    return drawn(t, x), *given


# -- style -------------------------------------------------------------------------------------


def style_network(t: Tensors, x: Tensor) -> Tensor:
    """Johnson et al. 2016, with instance norm, as in PyTorch's examples."""

    def unit(x: Tensor, margin: int, stride: int = 1) -> Tensor:
        weight, bias, scale, shift = (next(t.left) for _ in range(4))
        x = by_itself(F.conv2d(mirrored(x, margin), weight, bias, stride))
        return x * scale[:, None, None] + shift[:, None, None]

    x = unit(x, 4).relu()
    for _ in range(2):
        x = unit(x, 1, 2).relu()
    for _ in range(5):
        x = x + unit(unit(x, 1).relu(), 1)
    for _ in range(2):
        x = unit(doubled(x), 1).relu()
    return t.biased(mirrored(x, 4), 0)


def style_losses(
    t: Tensors, image: Tensor, photograph: Tensor, painting: Tensor
) -> tuple[Tensor, ...]:
    """Gatys et al. 2016, section 2: all, of the content, of the style."""
    tensors = list(t.left)

    def maps(x: Tensor) -> Iterator[Tensor]:
        left = Tensors(tensors)
        for depth in (2, 2, 4, 4, 1):
            for _ in range(depth):
                yield (x := left.biased(x, 1).relu())
            x = F.avg_pool2d(x, 2)
        assert left.done()

    seen, kept, painted = (list(maps(x)) for x in (image, photograph, painting))
    content = (seen[9] - kept[9]).square().sum((1, 2, 3)) / 2
    style = torch.zeros_like(content)
    for layer in (0, 2, 4, 8, 12):
        size = seen[layer][0].numel()
        grams = [torch.einsum("nihw,njhw->nij", x, x) for x in (seen[layer], painted[layer])]
        style += (grams[0] - grams[1]).square().sum((1, 2)) / (4 * size**2) / 5
    return (content + 1000 * style)[:, None], content[:, None], style[:, None]


# -- images ------------------------------------------------------------------------------------

NN2 = ["max", "l2", "half", "l2", "l2", "l2", "l2", "half", "l2", "max"]
"""What the modules of FaceNet's NN2 pool (Schroff et al. 2015, Table 2); `half` is as large."""


def module(t: Tensors, x: Tensor, pool: str) -> Tensor:
    """One of them."""
    stride = 2 if pool == "half" else 1
    found = [t.biased(x, 0).relu()] if pool != "half" else []
    found += [t.biased(t.biased(x, 0).relu(), margin, stride).relu() for margin in (1, 2)]
    if pool == "l2":
        found.append((9 * F.avg_pool2d(x.square(), 3, 1, 1)).sqrt())
    else:
        found.append(F.max_pool2d(x, 3, stride, 1))
    if pool != "half":
        found[-1] = t.biased(found[-1], 0).relu()
    return torch.cat(found, 1)


def facenet_nn2(t: Tensors, x: Tensor) -> Tensor:
    """Schroff et al. 2015, Table 2; its normalisation as in GoogLeNet."""
    x = F.max_pool2d(t.biased(x, 3, 2).relu(), 3, 2, 1)
    x = F.local_response_norm(x, 5)
    x = t.biased(t.biased(x, 0).relu(), 1).relu()
    x = F.max_pool2d(F.local_response_norm(x, 5), 3, 2, 1)
    for pool in NN2:
        x = module(t, x, pool)
    x = t.linear(x.mean((2, 3)))
    return x / x.norm(dim=1, keepdim=True)


def own_filters(t: Tensors, x: Tensor, kernel: int, stride: int = 1) -> Tensor:
    """At each place a small linear layer of its own."""
    weight, bias = next(t.left), next(t.left)
    y = bias.expand(len(x), *bias.shape).clone()
    for place, own in enumerate(weight):
        row, column = divmod(place, bias.shape[2])
        top, left = row * stride, column * stride
        seen = x[:, :, top : top + kernel, left : left + kernel].flatten(1)
        y[:, :, row, column] += seen @ own
    return y.relu()


def deepface(t: Tensors, x: Tensor) -> Tensor:
    """Taigman et al. 2014, Figure 2, in inference."""
    x = F.max_pool2d(t.biased(x, 0).relu(), 3, 2, ceil_mode=True)
    x = t.biased(x, 0).relu()
    for kernel, stride in ((9, 1), (7, 2), (5, 1)):
        x = own_filters(t, x, kernel, stride)
    return t.linear(t.linear(x.flatten(1)).relu())


def head(t: Tensors, x: Tensor) -> Tensor:
    """Three fully connected layers, in inference."""
    return t.linear(t.linear(t.linear(x.flatten(1)).relu()).relu())


def overfeat_fast(t: Tensors, x: Tensor) -> Tensor:
    """Sermanet et al. 2014, Table 1."""
    x = F.max_pool2d(t.biased(x, 0, 4).relu(), 2)
    x = F.max_pool2d(t.biased(x, 0).relu(), 2)
    for _ in range(3):
        x = t.biased(x, 1).relu()
    return head(t, F.max_pool2d(x, 2))


def overfeat_accurate(t: Tensors, x: Tensor) -> Tensor:
    """Sermanet et al. 2014, Table 3."""
    x = F.max_pool2d(t.biased(x, 0, 2).relu(), 3)
    x = F.max_pool2d(t.biased(x, 0).relu(), 2)
    for _ in range(4):
        x = t.biased(x, 1).relu()
    return head(t, F.max_pool2d(x, 3))


def farabet(t: Tensors, *scales: Tensor) -> Tensor:
    """Farabet et al. 2013, section 5.1: one network at three sizes, then two layers."""
    y_weight, y_bias, uv_weight, uv_bias, *rest = (next(t.left) for _ in range(8))

    def features(x: Tensor) -> Tensor:
        bright = F.conv2d(x[:, :1], y_weight, y_bias, padding=3)
        colour = F.conv2d(x[:, 1:], uv_weight, uv_bias, padding=3)
        x = torch.cat([bright, colour], 1)
        for weight, bias in (rest[:2], rest[2:]):
            x = F.conv2d(F.max_pool2d(x.tanh(), 2), weight, bias, padding=3, groups=2)
        return x

    found = [features(x) for x in scales]
    x = torch.cat([found[0], doubled(found[1]), doubled(doubled(found[2]))], 1)
    return t.biased(t.biased(x, 0).tanh(), 0)


# -- sequences ---------------------------------------------------------------------------------


def neuraltalk(t: Tensors, image: Tensor, words: Tensor) -> Tensor:
    """Karpathy & Fei-Fei 2015, equations 13 to 15: the image at the first step alone."""
    table, read, kept, read_bias, kept_bias = (next(t.left) for _ in range(5))
    weight, bias = next(t.left), next(t.left)
    features = table.shape[1]
    state = image.new_zeros(len(image), len(kept))
    scores = []
    for step, word in enumerate(words[:, 0].long().T):
        given = table[word] @ read[:, :features].T + read_bias
        given += image @ read[:, features:].T if step == 0 else 0
        state = (given + state @ kept.T + kept_bias).tanh()
        scores.append(state @ weight.T + bias)
    return torch.stack(scores, 2)


def deepspeech(t: Tensors, x: Tensor) -> Tensor:
    """Hannun et al. 2014, equations 1 to 5, reading every second frame."""
    weight, bias = next(t.left), next(t.left)
    x = F.conv1d(x, weight, bias, 2, 9).clamp(0, 20).transpose(1, 2)
    for _ in range(2):
        x = t.linear(x).clamp(0, 20)
    x = t.linear(x)
    forwards, backwards = next(t.left), next(t.left)
    x = recurrence(x, forwards) + recurrence(x.flip(1), backwards).flip(1)
    return t.linear(t.linear(x).clamp(0, 20)).transpose(1, 2)


def recurrence(given: Tensor, weight: Tensor) -> Tensor:
    """What each step makes of what is given to it and of the step before."""
    state = torch.zeros_like(given[:, 0])
    states = []
    for now in given.unbind(1):
        state = (now + state @ weight.T).clamp(0, 20)
        states.append(state)
    return torch.stack(states, 1)
