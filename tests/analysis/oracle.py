"""Which inputs each output of a network reaches, found by PyTorch.

Every layer runs in its PyTorch form, made linear and positive: ones as weights, no bias; the
largest value of a window and its p-norm are sums, and so are joins; activations and norms pass
their input on. The gradient of an output is made binary behind every layer: it is then positive
exactly at the inputs that the output reaches, however deep the network.

The local field leaves gates out: nothing passes back through a global pool.

A field is that of an unbounded input. So the network runs on a canvas: its input with a margin
around it, a multiple of every stride, that no field leaves. Every layer keeps its phase and its
`same` padding there, and an output is found again behind its share of the margin.
"""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import product
from typing import NamedTuple

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from cnncalc.layers.base import Layer, TorchModule
from cnncalc.layers.pooling.adaptive import AdaptivePool, GlobalPool
from cnncalc.network.graph import Graph, Node
from tests.analysis.rates import rates
from tests.torch_form import applied, module_of

Interval = tuple[int, int]
Place = tuple[slice, ...]

LEAST = 1e-3
"""Below every weight of a mean or a linear upsampling, above what rounding leaves of a zero."""

POSITIVE = ("nn.AvgPool", "nn.AdaptiveAvgPool", "AveragePool", "nn.Upsample", "nn.ZeroPad")
POSITIVE += ("nn.ChannelShuffle", "nn.PixelShuffle", "Slice", "torch.cat")
POSITIVE += ("nn.PixelUnshuffle", "PixelsToChannels", "Roll", "Flip")
NEIGHBOURS = ("nn.LocalResponseNorm", "Maxout", "nn.GLU")
MIXING = ("nn.LogSoftmax", "nn.Softmax", "ChannelNorm", "ChannelRmsNorm")
SUMS = ("torch.add", "torch.sub", "torch.mul", "torch.maximum", "Average")
SUMS += ("torch.div", "torch.minimum")
PASSING = ("nn.BatchNorm", "nn.GELU", "nn.GroupNorm", "nn.Identity", "nn.InstanceNorm")
PASSING += ("nn.LayerNorm", "nn.PReLU", "nn.ReLU", "nn.Sigmoid", "LayerScale")
PASSING += ("Scale", "Square", "nn.Mish")


# -- layers made linear and positive ------------------------------------------------------------


def positive(form: TorchModule, *inputs: Tensor) -> Tensor:
    """What a layer, so made, makes of its inputs."""
    if form.name.startswith(PASSING):
        return applied(form, nn.Identity(), *inputs).clone()
    if form.name in MIXING:
        return inputs[0].sum(1, keepdim=True).expand_as(inputs[0])
    if form.name in NEIGHBOURS:
        return neighbours(form, inputs[0])
    if form.name in SUMS:
        return torch.stack(torch.broadcast_tensors(*inputs)).sum(0)
    if form.name.startswith("nn.MaxPool"):
        return summed(form, inputs[0])
    if form.name.startswith("nn.Conv"):
        form = form._replace(arguments={**form.arguments, "bias": False})
        return applied(form, with_ones(module_of(form)), *inputs)
    form = averaging(form)
    assert form.name.startswith(POSITIVE), form.name
    return applied(form, module_of(form), *inputs)


def with_ones(module: nn.Module) -> nn.Module:
    """The module, each of its weights 1."""
    for weight in module.parameters():
        nn.init.ones_(weight.requires_grad_(False))
    return module


def neighbours(form: TorchModule, x: Tensor) -> Tensor:
    """The sum of the channels beside each, or of those that become one."""
    if form.name == "nn.GLU":
        return torch.stack(x.chunk(2, 1)).sum(0)
    if form.name == "Maxout":
        parts = x.split(form.arguments["pieces"], 1)
        return torch.stack([part.sum(1) for part in parts], 1)
    size = form.arguments["size"]
    wide = F.pad(x.transpose(1, -1), (size // 2, (size - 1) // 2))
    return wide.unfold(-1, size, 1).sum(-1).transpose(1, -1)


def averaging(form: TorchModule) -> TorchModule:
    """The pool that takes the mean of the same windows."""
    if form.name.startswith("nn.AdaptiveMaxPool"):
        return form._replace(name=form.name.replace("Max", "Avg"))
    if form.name == "PowerMean":
        arguments = {name: value for name, value in form.arguments.items() if name != "norm_type"}
        name = f"nn.AvgPool{len(form.arguments['kernel_size'])}d"
        return form._replace(name=name, arguments=arguments)
    if form.name.startswith("nn.LPPool"):
        arguments = {name: value for name, value in form.arguments.items() if name != "norm_type"}
        return form._replace(name=form.name.replace("LP", "Avg"), arguments=arguments)
    return form


def summed(form: TorchModule, x: Tensor) -> Tensor:
    """The sums of a max pool's windows: each channel convolved with ones, over zeros enough;
    PyTorch's own pool says how many windows there are."""
    rank, channels = x.dim() - 2, x.shape[1]
    names = ("kernel_size", "stride", "dilation", "padding")
    kernel, stride, dilation, padding = (form.arguments.get(n, (0,) * rank) for n in names)
    x = F.pad(x, form.before)
    counts = module_of(form)(torch.empty(x.shape, device="meta")).shape[2:]
    ends = (p + s + d * k for p, s, d, k in zip(padding, stride, dilation, kernel, strict=True))
    sides = [side for pair in zip(padding, ends, strict=True) for side in pair[::-1]]
    ones = torch.ones(channels, 1, *kernel)
    conv: Callable[..., Tensor] = getattr(F, f"conv{rank}d")
    x = F.pad(x, sides[::-1])
    sums = conv(x, ones, stride=stride, dilation=dilation, groups=channels)
    return sums[(..., *(slice(count) for count in counts))]


# -- the network on a canvas --------------------------------------------------------------------


class Canvas(NamedTuple):
    """A network on its input with a margin on both sides of each axis.

    tensors: what each node makes of a batch of it
    shifts: per axis, where output 0 of a node that has a place in the input lies
    """

    start: Node
    margins: tuple[int, ...]
    tensors: dict[Node, Tensor]
    shifts: dict[Node, tuple[int, ...]]

    def has_place(self, node: Node) -> bool:
        """Whether any input can be seen by way of places, not of a global pool."""
        return self.tensors[node].requires_grad

    def reach(self, node: Node, places: Sequence[Place]) -> Iterator[tuple[Interval | None, ...]]:
        """First and last input, per axis, that the outputs at each of `places` reach together. Of a
        place, the channels come first."""
        tensor, start = self.tensors[node], self.tensors[self.start]
        seeds = torch.zeros_like(tensor)
        for seed, place in zip(seeds, places, strict=False):
            parts = map(moved, place, (0, *self.shifts[node]))
            seed[tuple(parts)] = 1
        (reached,) = torch.autograd.grad(tensor, start, seeds, retain_graph=True)
        for one in (reached > LEAST).any(1)[: len(places)]:
            yield tuple(
                extent(one.any(tuple(a for a in range(one.dim()) if a != axis)), margin)
                for axis, margin in enumerate(self.margins)
            )


def canvas(
    graph: Graph,
    batch: int,
    margins: Sequence[int] = (),
    gates: tuple[type[Layer], ...] = (GlobalPool,),
) -> Canvas:
    """`graph` on its input, and a margin around it; nothing passes back through `gates`."""
    (start,) = graph.inputs.values()
    margins = tuple(margins) or (0,) * len(start.shape[1:])
    sizes = [size + 2 * margin for size, margin in zip(start.shape[1:], margins, strict=True)]
    tensors = {start: torch.zeros(batch, start.shape[0], *sizes, requires_grad=True)}
    shifts = {start: margins}
    for node in graph.layers:
        assert node.layer
        inputs = [tensors[source] for source in node.inputs]
        if isinstance(node.layer, gates):
            inputs = [x.detach() for x in inputs]
        made = made_of(node, node.layer, inputs)
        if made.requires_grad:
            made.register_hook(binary)
            shifts[node] = tuple(
                (has - had) // 2 for has, had in zip(made.shape[2:], node.shape[1:], strict=True)
            )
        tensors[node] = made
    return Canvas(start, margins, tensors, shifts)


def everywhere(canvas: Canvas, layers: Callable[[Layer], bool]) -> set[Node]:
    """The nodes with something in them of what such layers make."""
    leaves, tensors = marked(canvas, lambda node: bool(node.layer and layers(node.layer)), ())
    return {node for node, tensor in tensors.items() if moves(leaves, tensor)}


def marked(
    canvas: Canvas, share: Callable[[Node], bool | Tensor], gates: tuple[type[Layer], ...]
) -> tuple[list[Tensor], dict[Node, Tensor]]:
    """Something put into what nodes make, `share` of it, and what every node makes of that; nothing
    passes `gates`."""
    tensors, leaves = dict[Node, Tensor](), list[Tensor]()
    for node, had in canvas.tensors.items():
        if node.layer is None:
            tensors[node] = torch.zeros(1, *had.shape[1:])
            continue
        inputs = [tensors[source] for source in node.inputs]
        if isinstance(node.layer, gates):
            inputs = [x.detach() for x in inputs]
        tensors[node] = made_of(node, node.layer, inputs)
        part = share(node)
        if part is not False:
            leaves.append(torch.zeros_like(tensors[node], requires_grad=True))
            tensors[node] = tensors[node] + part * leaves[-1]
    return leaves, tensors


def moves(leaves: Sequence[Tensor], tensor: Tensor) -> bool:
    """Whether any of `leaves` is in a tensor."""
    if not tensor.requires_grad:
        return False
    gradients = torch.autograd.grad(tensor.sum(), leaves, retain_graph=True, allow_unused=True)
    return any(each is not None and bool(each.any()) for each in gradients)


def made_of(node: Node, layer: Layer, inputs: Sequence[Tensor]) -> Tensor:
    """What a layer, made linear and positive, makes on a canvas."""
    shapes = [tuple(x.shape[1:]) for x in inputs]
    return positive(stretched(layer, node, shapes[0]).torch(*shapes), *inputs)


def binary(gradient: Tensor) -> Tensor:
    """1 where it is positive."""
    return (gradient > LEAST).to(gradient.dtype)


def stretched(layer: Layer, node: Node, shape: Sequence[int]) -> Layer:
    """An adaptive pool of as many windows more as its input has grown; any other layer as it is."""
    if not isinstance(layer, AdaptivePool):
        return layer
    ((_, *had),) = node.shapes
    triples = zip(node.shape[1:], shape[1:], had, strict=True)
    return type(layer)(tuple(windows * has // size for windows, has, size in triples))


def moved(part: slice, shift: int) -> slice:
    """A stretch of outputs, where it lies on the canvas."""
    if part.start is None:
        return part
    return slice(part.start + shift, part.stop + shift)


def extent(reached: Tensor, margin: int) -> Interval | None:
    """First and last position reached, counted from behind the margin."""
    positions = reached.nonzero()
    if not len(positions):
        return None
    return int(positions[0]) - margin, int(positions[-1]) - margin


# -- which outputs ------------------------------------------------------------------------------


def slabs(node: Node) -> list[Place]:
    """Along each axis, the outputs of one index after the other, wherever they lie on the other
    axes: some see nothing there, and then nothing at all."""
    sizes = node.shape[1:]
    whole = [slice(None)] * len(node.shape)
    return [
        (*whole[: axis + 1], slice(index, index + 1), *whole[axis + 2 :])
        for axis, size in enumerate(sizes)
        for index in range(size)
    ]


def units(node: Node) -> list[Place]:
    """Every position by itself."""
    indices = product(*(range(size) for size in node.shape[1:]))
    return [(slice(None), *(slice(i, i + 1) for i in index)) for index in indices]


def fields(canvas: Canvas, node: Node, channels: slice) -> tuple[list[Interval | None], ...]:
    """Per axis, what the outputs of each index, in some channels, reach."""
    reached = canvas.reach(node, [(channels, *place) for _, *place in slabs(node)])
    return tuple(
        [next(reached)[axis] for _ in range(size)] for axis, size in enumerate(node.shape[1:])
    )


def steps(graph: Graph) -> dict[Node, tuple[Fraction, ...]]:
    """Per axis, how many inputs one step of a node's output is, where it has a place there."""
    (start,) = graph.inputs.values()
    found = {start: (Fraction(1),) * (len(start.shape) - 1)}
    for node in graph.layers:
        placed = [source for source in node.inputs if source in found]
        if placed and node.layer and not isinstance(node.layer, GlobalPool):
            own = rates(node.layer.torch(*node.shapes), placed[0].shape, node.shape)
            found[node] = tuple(a * b for a, b in zip(found[placed[0]], own, strict=True))
    return found
