"""Random networks, as the text of a spec."""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from math import lcm
from random import Random
from typing import Any, NamedTuple

from cnncalc.layers import LAYERS
from cnncalc.layers.base import Shape, ShapeError, times
from tests.analysis.rates import rates

Fields = dict[str, Any]

JOINS = (
    *("concat", "add", "subtract", "multiply", "divide"),
    *("maximum", "minimum", "average"),
)
WORDS = (
    "relu",
    "mish",
    "square",
    "gelu",
    "prelu",
    "batch_norm",
    "identity",
    "layer_scale",
    "log_softmax",
)
WORDS += ("layer_norm", "softmax", "relu", "identity")
FASTEST = {1: 8, 2: 4, 3: 2}
LARGEST = {1: 60, 2: 18, 3: 8}
SIZES = {1: (8, 40), 2: (5, 12), 3: (3, 6)}
DEPTHS = {1: 2, 2: 2, 3: 1}
LENGTHS = {1: (2, 7), 2: (2, 5), 3: (1, 3)}
KERNELS = {1: (1, 2, 3, 3, 4, 5, 7), 2: (1, 2, 3, 3, 4, 5), 3: (1, 2, 3)}
MOST_CHANNELS = 12
POOL = "{global_avg_pool: true}"
STRIDES = {1: (1, 1, 1, 2, 2, 3, 4), 2: (1, 1, 1, 2, 2, 3), 3: (1, 1, 2)}


class Flow(NamedTuple):
    """Where a draft stands: the shape so far, and inputs per step along each axis."""

    shape: Shape
    rates: tuple[Fraction, ...]


class Draft(NamedTuple):
    """A list of layers and where it leads."""

    items: list[str]
    flow: Flow


class UnfitError(Exception):
    """A drawn layer cannot stand there."""


def spec(seed: int, rank: int) -> str:
    """A network over maps of `rank` axes."""
    return drawn(Random(f"{rank}-{seed}"), rank, CHOICES)


def moving(seed: int, rank: int) -> str:
    """A network with slices of maps, and squares of pixels that become channels."""
    return drawn(Random(f"moving {rank}-{seed}"), rank, MOVING)


def losing(seed: int, rank: int) -> str:
    """A network in which some outputs lose their place in the input."""
    return drawn(Random(f"losing {rank}-{seed}"), rank, LOSING)


def tidy(seed: int, rank: int) -> str:
    """A network in which every map spans the image from end to end and no window has holes: of a
    field, an output then misses only what lies beyond the image."""
    return drawn(Random(f"tidy {rank}-{seed}"), rank, TIDY)


def drawn(draw: Random, rank: int, choices: "Choices") -> str:
    """A network of the given choices."""
    sizes = [draw.randint(*SIZES[rank]) for _ in range(rank)]
    flow = Flow((draw.choice((1, 2)), *sizes), (Fraction(1),) * rank)
    items = chain(draw, flow, draw.randint(*LENGTHS[rank]), DEPTHS[rank], choices).items
    lines = [f"input: {times(flow.shape)}", "layers:", *(f"  - {item}" for item in items)]
    return "\n".join(lines) + "\n"


def chain(draw: Random, flow: Flow, count: int, depth: int, choices: "Choices") -> Draft:
    """`count` items one after the other; what does not fit is drawn again."""
    items: list[str] = []
    for _ in range(count):
        for _ in range(30):
            try:
                more = draw.choice(choices)(draw, flow, depth)
            except UnfitError:
                continue
            items, flow = items + more.items, more.flow
            break
    return Draft(items, flow)


# -- single layers ------------------------------------------------------------------------------


def put(flow: Flow, kind: str, fields: Fields | None = None, text: str = "") -> Draft:
    """One layer. Raises UnfitError where it cannot read the flow, or leads too far."""
    layer = LAYERS[kind](**(fields or {}))
    if any(layer.check()):
        raise UnfitError
    try:
        shape = layer.output_shape(flow.shape)
    except ShapeError as error:
        raise UnfitError from error
    steps = rates(layer.torch(flow.shape), flow.shape, shape)
    after = tuple(old * new for old, new in zip(flow.rates, steps, strict=True))
    bound(Flow(shape, after))
    return Draft([text or written(kind, fields)], Flow(shape, after))


def bound(flow: Flow) -> None:
    """Raises UnfitError where an oracle would take too long."""
    rank = len(flow.rates)
    far = any(max(rate.numerator, rate.denominator) > FASTEST[rank] for rate in flow.rates)
    if far or max(flow.shape[1:]) > LARGEST[rank] or flow.shape[0] > MOST_CHANNELS:
        raise UnfitError


def written(kind: str, fields: Fields | None) -> str:
    """`conv: {filters: 2, kernel: [1, 3]}`."""
    return f"{kind}: {plain(fields)}" if fields else kind


def plain(value: Any) -> str:
    """A value as a spec has it."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name}: {plain(field)}' for name, field in value.items())}}}"
    if isinstance(value, tuple):
        return f"[{', '.join(map(plain, value))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def sized(draw: Random, rank: int, values: Sequence[int]) -> int | tuple[int, ...]:
    """One size for all axes, or one for each."""
    if draw.random() < 0.5:
        return draw.choice(values)
    return tuple(draw.choice(values) for _ in range(rank))


def window(draw: Random, rank: int) -> Fields:
    """Kernel, stride and dilation."""
    fields: Fields = {"kernel": sized(draw, rank, KERNELS[rank])}
    fields["stride"] = sized(draw, rank, STRIDES[rank])
    if draw.random() < 0.4:
        fields["dilation"] = sized(draw, rank, (1, 2, 2, 3))
    return fields


def convolution(draw: Random, flow: Flow, depth: int) -> Draft:
    rank = len(flow.rates)
    fields = {"filters": draw.choice((2, 2, 4)), **window(draw, rank)}
    fields["padding"] = draw.choice(("half", "same", "valid", sized(draw, rank, (0, 1, 2, 3))))
    if draw.random() < 0.4:
        groups = draw.choice((2, 2, 3, flow.shape[0]))
        fields |= {"groups": groups, "filters": groups * draw.choice((1, 1, 2))}
    return put(flow, "conv", fields)


def transposed(draw: Random, flow: Flow, depth: int) -> Draft:
    rank = len(flow.rates)
    fields = {"filters": 2, **window(draw, rank)}
    fields["stride"] = sized(draw, rank, (1, 2, 2, 3, 4))
    fields["padding"] = draw.choice(("half", "valid", sized(draw, rank, (0, 1, 2))))
    if draw.random() < 0.5:
        fields["output_padding"] = sized(draw, rank, (0, 1, 2))
    if draw.random() < 0.3:
        fields["groups"] = 2
    return put(flow, "conv_transpose", fields)


def pool(draw: Random, flow: Flow, depth: int) -> Draft:
    rank = len(flow.rates)
    kind = draw.choice(("max_pool", "avg_pool", "lp_pool"))
    fields = window(draw, rank)
    fields["padding"] = draw.choice(("half", "same", "valid", sized(draw, rank, (0, 1))))
    fields["rounding"] = draw.choice(("floor", "ceil"))
    if kind != "max_pool":
        fields.pop("dilation", None)
    if kind == "avg_pool":
        fields["count_padding"] = draw.random() < 0.5
    if draw.random() < 0.3:
        del fields["stride"]
    return put(flow, kind, fields)


def upsampling(draw: Random, flow: Flow, depth: int) -> Draft:
    scale = sized(draw, len(flow.rates), (1, 2, 2, 3, 4))
    return put(flow, "upsample", {"scale": scale, "mode": draw.choice(("nearest", "linear"))})


def adaptive(draw: Random, flow: Flow, depth: int) -> Draft:
    if draw.random() < 0.5 or set(flow.shape[1:]) == {1}:
        raise UnfitError  # their rates are awkward: a few are enough
    sizes = tuple(draw.randint(min(2, size), size + 3) for size in flow.shape[1:])
    return put(flow, draw.choice(("adaptive_avg_pool", "adaptive_max_pool")), {"size": sizes})


def edges(draw: Random, flow: Flow, depth: int) -> Draft:
    pairs = tuple((draw.randint(0, 2), draw.randint(0, 2)) for _ in flow.rates)
    return put(flow, draw.choice(("pad", "crop")), {"size": pairs})


def pointwise(draw: Random, flow: Flow, depth: int) -> Draft:
    return put(flow, draw.choice(WORDS))


def statistics(draw: Random, flow: Flow, depth: int) -> Draft:
    kind, fields = draw.choice(
        (("instance_norm", {}), ("layer_norm", {"over": "all"}), ("group_norm", {"groups": 1}))
    )
    if draw.random() < 0.7:
        raise UnfitError
    return put(flow, kind, fields)


def shuffled_pixels(draw: Random, flow: Flow, depth: int) -> Draft:
    """Of channels that see alike, behind a convolution: the axes of a field are told one by one,
    while a pixel has its channel by both."""
    if draw.random() < 0.5:
        raise UnfitError
    factor = draw.choice((2, 3))
    before = put(flow, "conv", {"filters": factor**2, "kernel": 1})
    after = put(before.flow, "pixel_shuffle", {"factor": factor})
    return Draft(before.items + after.items, after.flow)


def some_channels(draw: Random, flow: Flow, depth: int) -> Draft:
    channels = flow.shape[0]
    if channels < 2:
        raise UnfitError
    start = draw.randrange(channels)
    return put(flow, "slice", {"start": start, "stop": draw.randint(start + 1, channels)})


def padded(draw: Random, flow: Flow, depth: int) -> Draft:
    return put(flow, "pad_channels", {"count": draw.choice((1, 2, 3))})


def shuffled(draw: Random, flow: Flow, depth: int) -> Draft:
    return put(flow, "channel_shuffle", {"groups": draw.choice((2, 3, 4))})


def mixed(draw: Random, flow: Flow, depth: int) -> Draft:
    """Channels that see others, become one with them, or take their places."""
    kinds: tuple[tuple[str, Fields], ...] = (
        ("maxout", {"pieces": draw.choice((2, 3))}),
        ("local_response_norm", {"size": draw.choice((2, 3, 4, 5))}),
        ("glu", {}),
        ("roll", {"shift": draw.choice((-1, 1, 2))}),
        ("flip", {"axis": "channels"}),
    )
    return put(flow, *draw.choice(kinds))


def squared_pixels(draw: Random, flow: Flow, depth: int) -> Draft:
    """Often with a convolution behind, that reads all the channels that squares become."""
    order = draw.choice(("channels", "rows", "columns"))
    before = put(flow, "pixel_unshuffle", {"factor": 2, "order": order})
    if draw.random() < 0.4:
        return before
    after = put(before.flow, "conv", {"filters": 2, "kernel": 1})
    return Draft(before.items + after.items, after.flow)


def sliced(draw: Random, flow: Flow, depth: int) -> Draft:
    """Some rows or columns: counted from either end, as far in the one canvas as in another."""
    fields: Fields = {"start": draw.randint(0, 2), "step": draw.choice((1, 1, 2, 3))}
    if draw.random() < 0.5:
        fields["stop"] = draw.choice((-1, -2))
    return put(flow, "slice", {**fields, "axis": draw.randint(1, len(flow.rates))})


def lost(draw: Random, flow: Flow, depth: int) -> Draft:
    """Outputs moved along an axis, or mirrored; often beside those that stay, or as a gate."""
    along = draw.randint(1, len(flow.rates))
    kinds: tuple[tuple[str, Fields], ...] = (
        ("roll", {"shift": draw.choice((-1, 1, 2, flow.shape[along])), "axis": along}),
        ("flip", {"axis": along}),
    )
    there = put(flow, *draw.choice(kinds))
    beside = draw.random()
    if beside < 0.3 or not depth:
        return there
    if beside < 0.5:
        there = Draft([*there.items, *gate(draw, flow, depth).items], flow)
    elif beside < 0.7:
        there = Draft([f"multiply: [[identity], [{braced(there.items[0])}, {POOL}]]"], flow)
    return joined(draw.choice(JOINS), draw.sample([there, Draft(["identity"], flow)], 2))


# -- joins --------------------------------------------------------------------------------------


def join(draw: Random, flow: Flow, depth: int) -> Draft:
    """Branches of any layers, brought to one rate, one size and one number of channels."""
    if not depth:
        raise UnfitError
    kind = draw.choice(JOINS)
    rank = len(flow.rates)
    target = tuple(draw.choice((1, 1, 1, 2, Fraction(1, 2))) for _ in range(rank))
    first = at_rate(draw, flow, branch(draw, flow, depth), target)
    drafts = [first]
    drafts += [
        resized(draw, at_rate(draw, flow, branch(draw, flow, depth), target), first.flow.shape)
        for _ in range(draw.choice((1, 1, 2)))
    ]
    if set(target) == {1} and draw.random() < 0.4:
        drafts.append(resized(draw, Draft([], flow), first.flow.shape))
    if kind != "concat":
        drafts = [with_channels(draft, first.flow.shape[0]) for draft in drafts]
    return joined(kind, drafts)


def joined(kind: str, drafts: list[Draft]) -> Draft:
    """Drafts as the branches of one join."""
    branches = (f"b{i}: [{', '.join(map(braced, d.items))}]" for i, d in enumerate(drafts))
    shape, steps = drafts[0].flow
    if kind == "concat":
        shape = (sum(draft.flow.shape[0] for draft in drafts), *shape[1:])
    if any(draft.flow.rates != steps for draft in drafts):
        raise UnfitError
    bound(Flow(shape, steps))
    return Draft([f"{kind}: {{{', '.join(branches)}}}"], Flow(shape, steps))


def braced(item: str) -> str:
    """An item as it stands in a list on one line."""
    return f"{{{item}}}" if ":" in item else item


def branch(draw: Random, flow: Flow, depth: int) -> Draft:
    return chain(draw, flow, draw.randint(1, 2), depth - 1, CHOICES)


def at_rate(draw: Random, flow: Flow, draft: Draft, target: tuple[int | Fraction, ...]) -> Draft:
    """The draft, then what brings it to `target` times the rate of `flow`."""
    wanted = [old * new for old, new in zip(flow.rates, target, strict=True)]
    missing = [want / has for want, has in zip(wanted, draft.flow.rates, strict=True)]
    down = tuple(rate.numerator for rate in missing)
    up = tuple(rate.denominator for rate in missing)
    if max(up) > 1:
        draft = then(draft, *enlarging(draw, up))
    if max(down) > 1:
        kernel = tuple(draw.choice((rate, rate + 1, 2)) for rate in down)
        window: Fields = {"kernel": kernel, "stride": down, "padding": "same"}
        draft = then(draft, draw.choice(("max_pool", "avg_pool")), window)
    return draft


def enlarging(draw: Random, scale: tuple[int, ...]) -> tuple[str, Fields]:
    if draw.random() < 0.5:
        return "upsample", {"scale": scale, "mode": draw.choice(("nearest", "linear"))}
    kernel = tuple(draw.choice((rate, rate + 1, 2 * rate)) for rate in scale)
    return "conv_transpose", {"filters": 2, "kernel": kernel, "stride": scale}


def then(draft: Draft, kind: str, fields: Fields) -> Draft:
    more = put(draft.flow, kind, fields)
    return Draft(draft.items + more.items, more.flow)


def resized(draw: Random, draft: Draft, shape: Shape) -> Draft:
    """The draft, padded and cropped to a size at random ends: it may come to lie askew."""
    missing = [want - has for want, has in zip(shape[1:], draft.flow.shape[1:], strict=True)]
    before = [draw.randint(min(0, more), max(0, more)) for more in missing]
    pairs = [(b, more - b) for b, more in zip(before, missing, strict=True)]
    for kind, sign in (("pad", 1), ("crop", -1)):
        size = tuple((max(0, sign * b), max(0, sign * a)) for b, a in pairs)
        if any(map(any, size)):
            draft = then(draft, kind, {"size": size})
    return draft


def with_channels(draft: Draft, channels: int) -> Draft:
    if draft.flow.shape[0] == channels:
        return draft
    return then(draft, "conv", {"filters": channels, "kernel": 1})


def gate(draw: Random, flow: Flow, depth: int) -> Draft:
    """A gate in the manner of squeeze-and-excite."""
    channels = flow.shape[0]
    pooled = draw.choice(("global_avg_pool", "global_max_pool"))
    gated = f"[{{{pooled}: true}}, {{conv: {{filters: {channels}, kernel: 1}}}}, sigmoid]"
    return Draft([f"multiply: {{map: [identity], gate: {gated}}}"], flow)


def split(draw: Random, flow: Flow, depth: int) -> Draft:
    """Channels split in two, one part passed on, and often shuffled."""
    channels = flow.shape[0]
    if not depth or channels < 2:
        raise UnfitError
    at = draw.randrange(1, channels)
    kept, worked = put(flow, "slice", {"stop": at}), put(flow, "slice", {"start": at})
    more = sized(draw, len(flow.rates), KERNELS[len(flow.rates)])
    filters = draw.choice((channels - at, 2))
    worked = then(worked, "conv", {"filters": filters, "kernel": more, "padding": "same"})
    both = joined("concat", draw.choice(([kept, worked], [worked, kept], [worked, worked, kept])))
    if draw.random() < 0.5:
        return both
    return then(both, "channel_shuffle", {"groups": draw.choice((2, 3))})


# -- tidy layers --------------------------------------------------------------------------------


def centred(draw: Random, flow: Flow, depth: int) -> Draft:
    """Windows that overlap, as far out on either side."""
    stride = draw.choice(STRIDES[len(flow.rates)])
    kernel = 2 * stride - 1 + draw.choice((0, 2))
    kind, fields = draw.choice((("conv", {"filters": 2}), ("max_pool", {}), ("avg_pool", {})))
    return put(flow, kind, {**fields, "kernel": kernel, "stride": stride, "padding": "half"})


def tiling(draw: Random, flow: Flow, depth: int) -> Draft:
    """Windows side by side."""
    kernel = sized(draw, len(flow.rates), (2, 3))
    kind = draw.choice(("max_pool", "avg_pool"))
    how = draw.choice(({"rounding": "ceil"}, {"padding": "same"}))
    return put(flow, kind, {"kernel": kernel, **how})


def spreading(draw: Random, flow: Flow, depth: int) -> Draft:
    """Transposed windows that leave no output out."""
    stride = draw.choice((1, 2, 3))
    side = draw.choice((0, 1))
    fields = {"filters": 2, "kernel": stride + 2 * side, "stride": stride, "padding": side}
    return put(flow, "conv_transpose", fields)


def residual(draw: Random, flow: Flow, depth: int) -> Draft:
    """Tidy layers around which the input is passed on, or other layers."""
    if not depth:
        raise UnfitError
    kernels = [draw.choice((1, 3, 5)) for _ in range(3)]
    convs = [{"filters": flow.shape[0], "kernel": k, "padding": "half"} for k in kernels]
    long = then(put(flow, "conv", convs[0]), "conv", convs[1])
    short = draw.choice((Draft([], flow), put(flow, "conv", convs[2])))
    return joined(draw.choice(JOINS), [long, short])


Choices = tuple[Callable[[Random, Flow, int], Draft], ...]

CHOICES: Choices = (
    *(convolution,) * 6,
    *(transposed,) * 3,
    *(pool,) * 4,
    *(upsampling,) * 2,
    *(join,) * 5,
    adaptive,
    edges,
    edges,
    pointwise,
    statistics,
    shuffled_pixels,
    gate,
    split,
    split,
    split,
    some_channels,
    padded,
    shuffled,
    mixed,
    mixed,
)
MOVING: Choices = (
    convolution,
    pool,
    split,
    shuffled_pixels,
    *(squared_pixels,) * 3,
    *(sliced,) * 3,
)
LOSING: Choices = (
    *(lost,) * 3,
    *(split,) * 2,
    *(some_channels,) * 2,
    *(join, convolution, pool, padded, shuffled, mixed, statistics, gate),
)
TIDY: Choices = (
    *(centred,) * 4,
    *(residual,) * 2,
    tiling,
    spreading,
    upsampling,
    adaptive,
    pointwise,
    gate,
)


def common(rates: Iterable[Fraction]) -> int:
    """The fewest inputs that are whole steps at each of `rates`."""
    return lcm(*(rate.numerator for rate in rates))
