"""Operations of windows over images, as ATen calls them, with the sizes of what they give."""

from __future__ import annotations

from math import inf

from cnncalc.importing.formats.building import Building
from cnncalc.importing.program import PassedTensor, Ref, Sizes

Pair = tuple[int, int]


def positions(size: int, kernel: int, stride: int, padding: int, ceil: bool = False) -> int:
    """How many places a window takes along an axis, `padding` on both sides together; with `ceil`
    a last one that lies partly behind the end."""
    room = size + padding - kernel
    return (-(-room // stride) if ceil else room // stride) + 1 if room >= 0 or ceil else 0


def spanned(kernel: int, dilation: int) -> int:
    """From the first to the last tap of a window."""
    return dilation * (kernel - 1) + 1


def conv2d(
    building: Building,
    seen: PassedTensor,
    filters: int,
    kernel: Pair,
    stride: Pair = (1, 1),
    padding: Pair = (0, 0),
    dilation: Pair = (1, 1),
    groups: int = 1,
    bias: bool = True,
    shared: str = "",
) -> PassedTensor:
    """A convolution; `shared`: the module whose weights it has."""
    channels = seen.sizes[1] // groups
    weight = building.weight("weight", (filters, channels, *kernel), of=shared)
    space = (
        positions(size, spanned(k, d), s, 2 * p)
        for size, k, s, p, d in zip(seen.sizes[2:], kernel, stride, padding, dilation, strict=True)
    )
    return building.call(
        "conv2d",
        (seen.sizes[0], filters, *space),
        input=seen,
        weight=weight,
        bias=building.weight("bias", (filters,), of=shared) if bias else None,
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=groups,
    )


def conv_transpose2d(
    building: Building,
    seen: PassedTensor,
    filters: int,
    kernel: Pair,
    stride: Pair,
    padding: Pair,
    dilation: Pair,
    groups: int,
    bias: bool,
    output_padding: Pair = (0, 0),
) -> PassedTensor:
    """A transposed convolution."""
    weight = building.weight("weight", (seen.sizes[1], filters // groups, *kernel))
    axes = zip(seen.sizes[2:], kernel, stride, padding, dilation, output_padding, strict=True)
    space = ((n - 1) * s + spanned(k, d) - 2 * p + o for n, k, s, p, d, o in axes)
    return building.call(
        "conv_transpose2d",
        (seen.sizes[0], filters, *space),
        input=seen,
        weight=weight,
        bias=building.weight("bias", (filters,)) if bias else None,
        stride=stride,
        padding=padding,
        output_padding=output_padding,
        groups=groups,
        dilation=dilation,
    )


def pooled(seen: PassedTensor, kernel: Pair, stride: Pair, padding: Pair, ceil: bool) -> Sizes:
    """The sizes that ATen's pooling gives: of windows rounded up, none begins behind the end."""
    space = []
    for size, k, s, p in zip(seen.sizes[2:], kernel, stride, padding, strict=True):
        count = positions(size, k, s, 2 * p, ceil)
        space.append(count - 1 if ceil and (count - 1) * s >= size + p else count)
    return (*seen.sizes[:2], *space)


def max_pool2d(
    building: Building,
    seen: PassedTensor,
    kernel: Pair,
    stride: Pair,
    padding: Pair = (0, 0),
    ceil: bool = False,
) -> PassedTensor:
    """The largest value of each window; what lies outside never wins."""
    return building.call(
        "max_pool2d",
        pooled(seen, kernel, stride, padding, ceil),
        self=seen,
        kernel_size=kernel,
        stride=stride,
        padding=padding,
        dilation=(1, 1),
        ceil_mode=ceil,
    )


def avg_pool2d(
    building: Building,
    seen: PassedTensor,
    kernel: Pair,
    stride: Pair,
    padding: Pair = (0, 0),
    ceil: bool = False,
    count_padding: bool = True,
) -> PassedTensor:
    """The mean of each window; `count_padding`: of the zeros around the map, too."""
    return building.call(
        "avg_pool2d",
        pooled(seen, kernel, stride, padding, ceil),
        self=seen,
        kernel_size=kernel,
        stride=stride,
        padding=padding,
        ceil_mode=ceil,
        count_include_pad=count_padding,
        divisor_override=None,
    )


def global_avg_pool(building: Building, seen: PassedTensor) -> PassedTensor:
    """The mean of each channel, one wide and high."""
    sizes = (*seen.sizes[:2], 1, 1)
    return building.call("adaptive_avg_pool2d", sizes, self=seen, output_size=(1, 1))


def global_max_pool(building: Building, seen: PassedTensor) -> PassedTensor:
    """The largest value of each channel, one wide and high."""
    sizes = (*seen.sizes[:2], 1, 1)
    return building.call("amax", sizes, self=seen, dim=(2, 3), keepdim=True)


def padded(
    building: Building, seen: PassedTensor, rows: Pair, columns: Pair, value: float = 0.0
) -> PassedTensor:
    """A number above and below, left and right."""
    if not any((*rows, *columns)):
        return seen
    sizes = (*seen.sizes[:2], seen.sizes[2] + sum(rows), seen.sizes[3] + sum(columns))
    pad = (*columns, *rows)
    return building.call("constant_pad_nd", sizes, self=seen, pad=pad, value=value)


def max_pool_padded(
    building: Building, seen: PassedTensor, kernel: Pair, stride: Pair, before: Pair, counts: Pair
) -> PassedTensor:
    """The largest values of `counts` windows along each axis, the first of which begins `before`
    the map: as a padding of the pooling's own where it has such a one."""
    symmetric = all(p <= k // 2 for p, k in zip(before, kernel, strict=True))
    for ceil in (False, True):
        if symmetric and pooled(seen, kernel, stride, before, ceil)[2:] == counts:
            return max_pool2d(building, seen, kernel, stride, before, ceil)
    axes = zip(seen.sizes[2:], kernel, stride, before, counts, strict=True)
    sides = [(p, max(0, (count - 1) * s + k - p - size)) for size, k, s, p, count in axes]
    wide = padded(building, seen, sides[0], sides[1], -inf)
    return max_pool2d(building, wide, kernel, stride)


def upsample_nearest(building: Building, seen: PassedTensor, factor: int) -> PassedTensor:
    """Each value as a square of its copies."""
    sizes = (*seen.sizes[:2], *(size * factor for size in seen.sizes[2:]))
    return building.call(
        "upsample_nearest2d",
        sizes,
        input=seen,
        output_size=None,
        scale_factors=(float(factor), float(factor)),
    )


def upsample_bilinear(
    building: Building, seen: PassedTensor, size: Pair, align_corners: bool
) -> PassedTensor:
    """To a height and width."""
    return building.call(
        "upsample_bilinear2d",
        (*seen.sizes[:2], *size),
        input=seen,
        output_size=size,
        align_corners=align_corners,
        scale_factors=None,
    )


def batch_norm(
    building: Building,
    seen: PassedTensor,
    eps: float,
    momentum: float,
    scale: bool = True,
    shift: bool = True,
    shared: str = "",
) -> PassedTensor:
    """By the statistics of each channel, then times what is learned, and plus."""
    channels = (seen.sizes[1],)

    def held(name: str, trained: bool) -> Ref:
        return building.weight(name, channels, trained, shared)

    return building.call(
        "batch_norm",
        seen.sizes,
        input=seen,
        weight=held("scale", True) if scale else None,
        bias=held("shift", True) if shift else None,
        running_mean=held("mean", False),
        running_var=held("variance", False),
        training=False,
        momentum=momentum,
        eps=eps,
        cudnn_enabled=True,
    )
