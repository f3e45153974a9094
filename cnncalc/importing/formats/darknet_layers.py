"""darknet's sections to operations: a small function each."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import prod

from cnncalc.importing.formats import value_operations as values
from cnncalc.importing.formats import window_operations as windows
from cnncalc.importing.formats.building import UNKNOWN, Building
from cnncalc.importing.formats.cfg_sections import CfgSection
from cnncalc.importing.formats.format_error import FormatError
from cnncalc.importing.program import PassedTensor

EPS = 1e-5
MOMENTUM = 0.1
"""Of the new statistics, as `forward_batchnorm_layer` keeps them."""


class Darknet:
    """A network in the making: what each layer so far gives."""

    def __init__(self, building: Building, seen: PassedTensor) -> None:
        self.building, self.last = building, seen
        self.given: list[PassedTensor] = []

    def add(self, given: PassedTensor) -> None:
        """The next layer gives this."""
        self.given.append(given)
        self.last = given

    def index(self, number: int, section: CfgSection, name: str) -> int:
        """Which layer is meant: from the first, or below 0 back from here. Raises FormatError."""
        found = number if number >= 0 else len(self.given) + number
        if not 0 <= found < len(self.given):
            line = section.options[name][1]
            raise FormatError(f"`{name}={number}` leads to no layer before this one", line)
        return found

    def layer(self, number: int, section: CfgSection, name: str) -> PassedTensor:
        """What that layer gives. Raises FormatError."""
        return self.given[self.index(number, section, name)]

    def image(self, section: CfgSection) -> PassedTensor:
        """What arrives, where it has height and width. Raises FormatError."""
        if len(self.last.sizes) != 4:
            raise FormatError(f"`[{section.kind}]` reads an image, not a vector", section.line)
        return self.last

    def vector(self) -> PassedTensor:
        """What arrives, as one vector."""
        return values.flattened(self.building, self.last)


def activated(
    building: Building, seen: PassedTensor, section: CfgSection, default: str
) -> PassedTensor:
    """What a section's `activation` makes of it (`activations.h`)."""
    name = section.word("activation", default)
    if name == "linear":
        return seen
    if name in PLAIN:
        return values.bent(building, seen, PLAIN[name])
    if name in SLOPES:
        return values.leaky_relu(building, seen, SLOPES[name])
    if name == "elu":
        return values.elu(building, seen, 1.0)
    if name == "gelu":
        return values.bent(building, seen, "gelu", approximate="tanh")
    if name == "hardtan":
        return values.bent(building, seen, "hardtanh", min_val=-1.0, max_val=1.0)
    if name == "loggy":
        doubled = values.scaled(building, values.bent(building, seen, "sigmoid"), 2.0)
        return values.shifted(building, doubled, -1.0)
    if name == "ramp":
        bent, tenth = values.bent(building, seen, "relu"), values.scaled(building, seen, 0.1)
        return values.joined(building, "add", bent, tenth)
    return building.unsayable(f"activation={name}", [seen], seen.sizes)


PLAIN = {
    "logistic": "sigmoid",
    "relu": "relu",
    "relu6": "relu6",
    "tanh": "tanh",
    "selu": "selu",
    "swish": "silu",
    "mish": "mish",
}
SLOPES = {"leaky": 0.1, "relie": 0.01}

OTHER_ARITHMETIC = (
    *("xnor", "binary", "bin_output", "antialiasing", "assisted_excitation", "deform", "coordconv"),
    *("sway", "rotate", "stretch", "stretch_sway", "reverse", "cbn"),
)
"""Options by which a convolution computes otherwise."""


def convolutional(net: Darknet, section: CfgSection) -> PassedTensor:
    """A convolution, its batch norm, its activation (`make_convolutional_layer`)."""
    building, seen = net.building, net.image(section)
    filters, size = section.whole("filters", 1, 1), section.whole("size", 1, 1)
    stride = section.whole("stride", 1, 1)
    stride_x = max(section.whole("stride_x", stride), 1)
    stride_y = max(section.whole("stride_y", stride), 1)
    dilation = section.whole("dilation", 1, 1) if size > 1 else 1
    padding = size // 2 if section.whole("pad", 0) else section.whole("padding", 0, 0)
    groups = section.whole("groups", 1, 1)
    if seen.sizes[1] % groups or filters % groups:
        what = f"{seen.sizes[1]} channels and {filters} filters do not make {groups} groups"
        raise FormatError(what, section.line)
    shared = _shared(net, section)
    normed = bool(section.whole("batch_normalize", 0))
    both = (size, size), (stride_y, stride_x), (padding * dilation,) * 2, (dilation,) * 2
    axes = zip(seen.sizes[2:], both[1], strict=True)
    space = [(n + 2 * padding - size) // s + 1 for n, s in axes]
    other = [f"{name}={section.word(name)}" for name in OTHER_ARITHMETIC if section.real(name, 0)]
    if other:
        _held(building, seen, filters, groups, size, normed, shared)
        sizes = (*seen.sizes[:1], filters, *space)
        return building.unsayable(f"convolutional with {', '.join(other)}", [seen], sizes)
    made = windows.conv2d(building, seen, filters, *both, groups, not normed, shared)
    if list(made.sizes[2:]) != space:
        raise FormatError(
            f"`dilation={dilation}` of a window of {size} with this padding", section.line
        )
    if normed:
        made = windows.batch_norm(building, made, EPS, MOMENTUM, shared=shared)
    return activated(building, made, section, "logistic")


def _held(
    building: Building,
    seen: PassedTensor,
    filters: int,
    groups: int,
    size: int,
    normed: bool,
    shared: str,
) -> None:
    """The weights of a convolution of which the rest cannot be said."""
    building.weight("weight", (filters, seen.sizes[1] // groups, size, size), of=shared)
    for name in ("scale", "shift") if normed else ("bias",):
        building.weight(name, (filters,), of=shared)
    for name in ("mean", "variance") if normed else ():
        building.weight(name, (filters,), trained=False, of=shared)


def _shared(net: Darknet, section: CfgSection) -> str:
    """The module of the layer whose weights this one has, none for its own."""
    if "share_index" not in section:
        return ""
    index = net.index(section.whole("share_index", 0), section, "share_index")
    return list(net.building.modules)[index]


def connected(net: Darknet, section: CfgSection) -> PassedTensor:
    """Everything reads everything."""
    building, units = net.building, section.whole("output", 1, 1)
    normed = bool(section.whole("batch_normalize", 0))
    made = values.linear(building, net.vector(), units, not normed)
    if normed:
        made = windows.batch_norm(building, made, EPS, MOMENTUM)
    return activated(building, made, section, "logistic")


def pooled(net: Darknet, section: CfgSection, mean: bool) -> PassedTensor:
    """The largest, or the mean, of each window; `padding` is that of both sides together, and the
    first window begins half of it before the map (`make_maxpool_layer`)."""
    building, seen = net.building, net.image(section)
    stride = section.whole("stride", 1, 1)
    size = section.whole("size", stride, 1)
    strides = section.whole("stride_y", stride, 1), section.whole("stride_x", stride, 1)
    padding = section.whole("padding", size - 1, 0)
    if section.whole("maxpool_depth", 0) or section.whole("antialiasing", 0):
        return building.unsayable(f"{section.kind} over channels or with antialiasing", [seen])
    before, kernel = (padding // 2,) * 2, (size, size)
    counts = tuple(
        windows.positions(n, size, s, padding) for n, s in zip(seen.sizes[2:], strides, strict=True)
    )
    if not mean:
        found = counts[0], counts[1]
        return windows.max_pool_padded(building, seen, kernel, strides, before, found)
    for ceil in (False, True):
        if windows.pooled(seen, kernel, strides, before, ceil)[2:] == counts and size >= padding:
            return windows.avg_pool2d(building, seen, kernel, strides, before, ceil, False)
    return building.unsayable(
        "local_avgpool padded on one side", [seen], (*seen.sizes[:2], *counts)
    )


def avgpool(net: Darknet, section: CfgSection) -> PassedTensor:
    """The mean of each channel."""
    return windows.global_avg_pool(net.building, net.image(section))


def batchnorm(net: Darknet, section: CfgSection) -> PassedTensor:
    """By itself."""
    return windows.batch_norm(net.building, net.last, EPS, MOMENTUM)


def shortcut(net: Darknet, section: CfgSection) -> PassedTensor:
    """Sums with earlier layers: of larger maps each second, say, row and column, of more channels
    the first; fewer are added to the first (`shortcut_cpu`)."""
    building, made = net.building, net.image(section)
    sources = [net.layer(number, section, "from") for number in section.several("from")]
    if UNKNOWN in [each.sizes for each in sources]:
        return PassedTensor("", UNKNOWN)
    if any(len(each.sizes) != 4 for each in sources):
        raise FormatError("`[shortcut]` adds images, not vectors", section.line)
    if section.word("weights_type", "none") != "none":
        return building.unsayable("shortcut with weights", [made, *sources], made.sizes)
    for source in sources:
        fitting = _with_channels(building, _sparse(building, source, made), made.sizes[1])
        if fitting.sizes != made.sizes:
            what = f"maps of {_size(made)} and {_size(source)} are added"
            raise FormatError(what, section.line)
        made = values.joined(building, "add", made, fitting)
    return activated(building, made, section, "linear")


def _sparse(building: Building, seen: PassedTensor, like: PassedTensor) -> PassedTensor:
    """One of as many rows and columns as another map has fewer."""
    step = max(seen.sizes[2] // like.sizes[2], 1)
    for axis in (2, 3):
        seen = values.part_of(building, seen, axis, 0, seen.sizes[axis], step)
    return seen


def _with_channels(building: Building, seen: PassedTensor, channels: int) -> PassedTensor:
    """The first of its channels, or zeros behind them."""
    if seen.sizes[1] >= channels:
        return values.part_of(building, seen, 1, 0, channels)
    sizes = (seen.sizes[0], channels, *seen.sizes[2:])
    pad = (0, 0, 0, 0, 0, channels - seen.sizes[1])
    return building.call("constant_pad_nd", sizes, self=seen, pad=pad, value=0.0)


def route(net: Darknet, section: CfgSection) -> PassedTensor:
    """Earlier layers behind one another, of each one group of its channels."""
    building, groups = net.building, section.whole("groups", 1, 1)
    number = section.whole("group_id", 0, 0)
    sources = [net.layer(each, section, "layers") for each in section.several("layers")]
    if UNKNOWN in [each.sizes for each in sources]:
        return PassedTensor("", UNKNOWN)
    if len({each.sizes[2:] for each in sources}) > 1:
        raise FormatError(
            f"maps of {', '.join(map(_size, sources))} are put together", section.line
        )
    if number >= groups or any(each.sizes[1] % groups for each in sources):
        raise FormatError(f"there is no group {number} of {groups}", section.line)
    parts = []
    for each in sources:
        count = each.sizes[1] // groups
        parts.append(values.part_of(building, each, 1, number * count, (number + 1) * count))
    return values.chained(building, parts)


def _size(seen: PassedTensor) -> str:
    return "x".join(map(str, seen.sizes[1:]))


def upsample(net: Darknet, section: CfgSection) -> PassedTensor:
    """Each value as a square of its copies, times `scale`."""
    seen, stride = net.image(section), section.whole("stride", 2)
    if stride < 1:
        return net.building.unsayable("upsample with a stride below 1", [seen])
    made = windows.upsample_nearest(net.building, seen, stride) if stride > 1 else seen
    return values.scaled(net.building, made, section.real("scale", 1))


def reorg(net: Darknet, section: CfgSection) -> PassedTensor:
    """Squares of pixels to channels, as `reorg_cpu` does for the sizes that `reorg_old_layer.c`
    gives it: it takes the numbers of the map for those of a larger one of fewer channels."""
    building, seen, stride = net.building, net.image(section), section.whole("stride", 1, 1)
    batch, channels, height, width = seen.sizes
    _divisible(section, channels, stride * stride)
    wide = (batch, channels // stride**2, height * stride, width * stride)
    made = _squares(building, values.viewed(building, seen, wide), stride)
    _divisible(section, height * width, stride * stride)
    return values.viewed(
        building, made, (batch, channels * stride**2, height // stride, width // stride)
    )


def reorg3d(net: Darknet, section: CfgSection) -> PassedTensor:
    """Squares of pixels to channels, those of one place in its square behind one another."""
    seen, stride = net.image(section), section.whole("stride", 1, 1)
    for size in seen.sizes[2:]:
        _divisible(section, size, stride)
    return _squares(net.building, seen, stride)


def _squares(building: Building, seen: PassedTensor, side: int) -> PassedTensor:
    batch, channels, height, width = seen.sizes
    rows, columns = height // side, width // side
    lines = values.viewed(building, seen, (batch, channels, rows, side, width))
    split = values.viewed(building, lines, (batch, channels, rows, side, columns, side))
    order = values.permuted(building, split, (0, 3, 5, 1, 2, 4))
    return values.viewed(building, order, (batch, channels * side * side, rows, columns))


def _divisible(section: CfgSection, number: int, by: int) -> None:
    if section.whole("reverse", 0):
        raise FormatError("`reverse` is not read", section.line)
    if number % by:
        raise FormatError(f"{number} cannot be divided by {by}", section.line)


def scale_channels(net: Darknet, section: CfgSection) -> PassedTensor:
    """An earlier map times what arrives, one number for each channel (or, `scale_wh`, place)."""
    source = net.layer(section.several("from")[0], section, "from")
    return _product(net, section, source)


def sam(net: Darknet, section: CfgSection) -> PassedTensor:
    """An earlier map times what arrives."""
    return scale_channels(net, section)


def _product(net: Darknet, section: CfgSection, source: PassedTensor) -> PassedTensor:
    seen = net.image(section)
    if source.sizes == UNKNOWN:
        return source
    pairs = zip(source.sizes, seen.sizes, strict=True)
    if any(a != b and b != 1 for a, b in pairs):
        raise FormatError(f"maps of {_size(source)} and {_size(seen)} are multiplied", section.line)
    made = values.joined(net.building, "mul", source, seen)
    return activated(net.building, made, section, "linear")


def dropout(net: Darknet, section: CfgSection) -> PassedTensor:
    """In training alone."""
    return values.dropout(net.building, net.last, section.real("probability", 0.2))


def softmax(net: Darknet, section: CfgSection) -> PassedTensor:
    """To a sum of 1: all that arrives, or each group of it."""
    building, seen, groups = net.building, net.last, section.whole("groups", 1, 1)
    temperature = section.real("temperature", 1)
    if "tree" in section or not temperature:
        return building.unsayable("softmax of a tree", [seen], seen.sizes)
    seen = values.scaled(building, seen, 1 / temperature)
    if section.real("spatial", 0):
        return values.softmax(building, seen)
    count = prod(seen.sizes[1:])
    if count % groups:
        raise FormatError(f"{count} values do not make {groups} groups", section.line)
    if groups == 1:
        return values.softmax(building, values.flattened(building, seen))
    split = values.viewed(building, seen, (seen.sizes[0], groups, count // groups))
    return values.flattened(building, values.softmax(building, split, 2))


def crop(net: Darknet, section: CfgSection) -> PassedTensor:
    """The middle of an image, between -1 and 1 (`forward_crop_layer`)."""
    building, made = net.building, net.image(section)
    for axis, name in ((2, "crop_height"), (3, "crop_width")):
        size = section.whole(name, 1, 1)
        start = (made.sizes[axis] - size) // 2
        if start < 0:
            raise FormatError(f"`{name}={size}` of an image of {made.sizes[axis]}", section.line)
        made = values.part_of(building, made, axis, start, start + size)
    if section.whole("noadjust", 0):
        return made
    return values.shifted(building, values.scaled(building, made, 2.0), -1.0)


def normalization(net: Darknet, section: CfgSection) -> PassedTensor:
    """Divided by what neighbouring channels hold; PyTorch divides `alpha` by their number."""
    size = section.whole("size", 5, 1)
    alpha, beta = section.real("alpha", 0.0001), section.real("beta", 0.75)
    kappa = section.real("kappa", 1)
    return values.local_response_norm(
        net.building, net.image(section), size, alpha * size, beta, kappa
    )


def activation(net: Darknet, section: CfgSection) -> PassedTensor:
    """By itself."""
    return activated(net.building, net.last, section, "linear")


def local(net: Darknet, section: CfgSection) -> PassedTensor:
    """A convolution with weights of its own at each place (`make_local_layer`)."""
    building, seen = net.building, net.image(section)
    filters, size = section.whole("filters", 1, 1), section.whole("size", 1, 1)
    stride, pad = section.whole("stride", 1, 1), section.whole("pad", 0, 0)
    rows, columns = ((n - (1 if pad else size)) // stride + 1 for n in seen.sizes[2:])
    taps = seen.sizes[1] * size * size
    held = building.weight("weight", (rows * columns, filters, taps))
    turned = (rows * columns, taps, filters)
    sizes = (seen.sizes[0], filters, rows, columns)
    places = tuple(windows.positions(n, size, stride, 2 * pad) for n in seen.sizes[2:])
    if places != (rows, columns):
        return building.unsayable("local of another padding", [seen], sizes)
    made = building.call(
        "locally_connected",
        sizes,
        input=seen,
        weight=building.call("permute", turned, self=held, dims=(0, 2, 1)),
        bias=building.weight("bias", (filters, rows, columns)),
        kernel_size=(size, size),
        stride=(stride, stride),
        padding=(pad, pad),
    )
    return activated(building, made, section, "logistic")


def recurrent(net: Darknet, section: CfgSection) -> PassedTensor:
    """A layer with a state, of which only the size is known."""
    units = section.whole("output", 1, 1)
    space = net.last.sizes[2:] if section.kind == "crnn" else ()
    sizes = (net.last.sizes[0], units, *space)
    return net.building.unsayable(section.kind, [net.last], sizes)


def empty(net: Darknet, section: CfgSection) -> PassedTensor:
    """Nothing."""
    return net.last


LAYERS: dict[str, Callable[[Darknet, CfgSection], PassedTensor]] = {
    "convolutional": convolutional,
    "connected": connected,
    "maxpool": partial(pooled, mean=False),
    "local_avgpool": partial(pooled, mean=True),
    "avgpool": avgpool,
    "batchnorm": batchnorm,
    "shortcut": shortcut,
    "route": route,
    "upsample": upsample,
    "reorg": reorg,
    "reorg3d": reorg3d,
    "scale_channels": scale_channels,
    "sam": sam,
    "dropout": dropout,
    "softmax": softmax,
    "crop": crop,
    "normalization": normalization,
    "activation": activation,
    "local": local,
    "rnn": recurrent,
    "crnn": recurrent,
    "gru": recurrent,
    "lstm": recurrent,
    "empty": empty,
}
