"""Blocks of convolutions: bottlenecks, and stages in which part of the channels passes them by."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cnncalc.importing.formats import value_operations as values
from cnncalc.importing.formats import window_operations as windows
from cnncalc.importing.formats.ultralytics.module_parts import (
    Pair,
    Seen,
    YamlModule,
    added,
    bent,
    chained,
    conv,
    dw_conv,
    halves,
    max_pool,
    normed,
    plain_conv,
)
from cnncalc.importing.program import PassedTensor

Inner = Callable[[YamlModule, str | int, Seen], PassedTensor]
"""A module of a row of them, each of which reads the one before."""


def bottleneck(
    above: YamlModule,
    name: str | int,
    seen: Seen,
    filters: int,
    shortcut: bool = True,
    groups: int = 1,
    kernels: tuple[int | Pair, int | Pair] = (3, 3),
    part: float = 0.5,
) -> PassedTensor:
    """Two convolutions, the first of a part of the filters, and what arrives where it fits."""
    here = above.part(name, "Bottleneck")
    made = conv(here, "cv1", seen, int(filters * part), kernels[0])
    made = conv(here, "cv2", made, filters, kernels[1], groups=groups)
    return added(here, seen, made) if shortcut and seen.sizes == made.sizes else made


def rep_conv(
    above: YamlModule, name: str | int, seen: Seen, filters: int, stride: int = 1
) -> PassedTensor:
    """A convolution of 3 beside one of 1, as they are trained."""
    here = above.part(name, "RepConv")
    wide = conv(here, "conv1", seen, filters, 3, stride, 1, bend="")
    narrow = conv(here, "conv2", seen, filters, 1, stride, 0, bend="")
    return bent(here, "act", added(here, wide, narrow), here.bend)


def rep_bottleneck(
    above: YamlModule, name: str | int, seen: Seen, filters: int, shortcut: bool, groups: int
) -> PassedTensor:
    """A bottleneck whose first convolution is such a pair."""
    here = above.part(name, "RepBottleneck")
    made = conv(here, "cv2", rep_conv(here, "cv1", seen, filters), filters, 3, groups=groups)
    return added(here, seen, made) if shortcut else made


def ghost_conv(
    above: YamlModule,
    name: str | int,
    seen: Seen,
    filters: int,
    kernel: int = 1,
    stride: int = 1,
    groups: int = 1,
    bend: str | None = None,
) -> PassedTensor:
    """Half of the filters, and what a convolution of each of those by itself makes of them."""
    here, half = above.part(name, "GhostConv"), filters // 2
    made = conv(here, "cv1", seen, half, kernel, stride, groups=groups, bend=bend)
    return chained(here, [made, conv(here, "cv2", made, half, 5, groups=half, bend=bend)])


def ghost_bottleneck(
    above: YamlModule, name: str | int, seen: Seen, filters: int, kernel: int = 3, stride: int = 1
) -> PassedTensor:
    """Two of them, and what arrives."""
    here = above.part(name, "GhostBottleneck")
    main, half = here.part("conv", "Sequential"), filters // 2
    made = ghost_conv(main, 0, seen, half)
    short = seen
    if stride == 2:
        made = dw_conv(main, 1, made, half, kernel, stride, bend="")
        side = here.part("shortcut", "Sequential")
        short = dw_conv(side, 0, seen, seen.sizes[1], kernel, stride, bend="")
        short = conv(side, 1, short, filters, bend="")
    return added(here, ghost_conv(main, 2, made, filters, bend=""), short)


def light_conv(
    above: YamlModule, name: str | int, seen: Seen, filters: int, kernel: int, bend: str
) -> PassedTensor:
    """One of 1, then one of each channel by itself."""
    here = above.part(name, "LightConv")
    made = conv(here, "conv1", seen, filters, bend="")
    return dw_conv(here, "conv2", made, filters, kernel, bend=bend)


def rep_vgg_dw(above: YamlModule, name: str | int, seen: Seen) -> PassedTensor:
    """Two convolutions of each channel by itself, of 7 and of 3, side by side."""
    here, channels = above.part(name, "RepVGGDW"), seen.sizes[1]
    wide = conv(here, "conv", seen, channels, 7, groups=channels, bend="")
    narrow = conv(here, "conv1", seen, channels, 3, groups=channels, bend="")
    return bent(here, "act", added(here, wide, narrow), "silu")


def cib(
    above: YamlModule, name: str | int, seen: Seen, filters: int, shortcut: bool, large: bool
) -> PassedTensor:
    """Convolutions of each channel by itself with convolutions of 1 between them."""
    here, channels = above.part(name, "CIB"), seen.sizes[1]
    inner, wide = here.part("cv1", "Sequential"), 2 * filters
    made = conv(inner, 0, seen, channels, 3, groups=channels)
    made = conv(inner, 1, made, wide)
    made = rep_vgg_dw(inner, 2, made) if large else conv(inner, 2, made, wide, 3, groups=wide)
    made = conv(inner, 3, made, filters)
    made = conv(inner, 4, made, filters, 3, groups=filters)
    return added(here, seen, made) if shortcut and seen.sizes == made.sizes else made


def in_series(
    above: YamlModule, name: str, seen: Seen, repeats: int, inner: Inner, kind: str = "Sequential"
) -> PassedTensor:
    """One module behind the other."""
    here = above.part(name, kind)
    for number in range(repeats):
        seen = inner(here, number, seen)
    return seen


def each_kept(
    above: YamlModule, name: str, seen: Sequence[Seen], repeats: int, inner: Inner
) -> list[PassedTensor]:
    """One module behind the other: what was there, and what each of them gives."""
    here, found = above.part(name, "ModuleList"), list(seen)
    for number in range(repeats):
        found.append(inner(here, number, found[-1]))
    return found


def split_stage(
    here: YamlModule, seen: Seen, filters: int, repeats: int, hidden: int, inner: Inner
) -> PassedTensor:
    """Two parts of the channels; of the second what each module gives stays (`C2f`)."""
    parts = halves(here, conv(here, "cv1", seen, 2 * hidden))
    found = each_kept(here, "m", parts, repeats, inner)
    return conv(here, "cv2", chained(here, found), filters)


def crossing_stage(
    here: YamlModule, seen: Seen, filters: int, repeats: int, hidden: int, inner: Inner
) -> PassedTensor:
    """Modules beside a convolution that passes them by (`C3`)."""
    made = in_series(here, "m", conv(here, "cv1", seen, hidden), repeats, inner)
    return conv(here, "cv3", chained(here, [made, conv(here, "cv2", seen, hidden)]), filters)


def c3(
    above: YamlModule,
    name: str | int,
    seen: Seen,
    filters: int,
    repeats: int,
    shortcut: bool = True,
    groups: int = 1,
    part: float = 0.5,
    kernels: tuple[int | Pair, int | Pair] = (1, 3),
    kind: str = "C3",
) -> PassedTensor:
    """Bottlenecks beside a convolution."""
    hidden = int(filters * part)

    def inner(at: YamlModule, number: str | int, arriving: Seen) -> PassedTensor:
        return bottleneck(at, number, arriving, hidden, shortcut, groups, kernels, 1.0)

    return crossing_stage(above.part(name, kind), seen, filters, repeats, hidden, inner)


def c3k(
    above: YamlModule, name: str | int, seen: Seen, shortcut: bool, groups: int
) -> PassedTensor:
    """The same with two bottlenecks of two wide convolutions, as it stands within others."""
    return c3(above, name, seen, seen.sizes[1], 2, shortcut, groups, 0.5, (3, 3), "C3k")


def rep_csp(
    above: YamlModule, name: str | int, seen: Seen, filters: int, repeats: int
) -> PassedTensor:
    """The same with such pairs."""
    hidden = filters // 2

    def inner(at: YamlModule, number: str | int, arriving: Seen) -> PassedTensor:
        return rep_bottleneck(at, number, arriving, hidden, shortcut=True, groups=1)

    return crossing_stage(above.part(name, "RepCSP"), seen, filters, repeats, hidden, inner)


def rep_c3(
    above: YamlModule, name: str | int, seen: Seen, filters: int, repeats: int, part: float
) -> PassedTensor:
    """Pairs beside a convolution, added."""
    here, hidden = above.part(name, "RepC3"), int(filters * part)

    def inner(at: YamlModule, number: str | int, arriving: Seen) -> PassedTensor:
        return rep_conv(at, number, arriving, hidden)

    made = in_series(here, "m", conv(here, "cv1", seen, hidden), repeats, inner)
    made = added(here, made, conv(here, "cv2", seen, hidden))
    return made if hidden == filters else conv(here, "cv3", made, filters)


def gelan(
    above: YamlModule,
    name: str | int,
    seen: Seen,
    sizes: tuple[int, int, int],
    repeats: int,
    kind: str = "RepNCSPELAN4",
) -> PassedTensor:
    """Halves of the channels and two stages, of each of which what it gives stays; `sizes`: of
    what it gives, of the halves together, of a stage. `ELAN1` has convolutions in their place."""
    here, (filters, wide, stage) = above.part(name, kind), sizes
    found = [*halves(here, conv(here, "cv1", seen, wide))]
    for own in ("cv2", "cv3"):
        if kind == "ELAN1":
            found.append(conv(here, own, found[-1], stage, 3))
            continue
        both = here.part(own, "Sequential")
        made = rep_csp(both, 0, found[-1], stage, repeats)
        found.append(conv(both, 1, made, stage, 3))
    return conv(here, "cv4", chained(here, found), filters)


def pools(
    above: YamlModule,
    name: str | int,
    seen: Seen,
    filters: int,
    kernels: Sequence[int],
    shortcut: bool = False,
    bend: str | None = None,
) -> PassedTensor:
    """Pools of one map, side by side (`SPP`), or of one kernel behind one another (`SPPF`)."""
    behind = len(set(kernels)) == 1 and len(kernels) > 1
    here = above.part(name, "SPPF" if behind else "SPP")
    found = [conv(here, "cv1", seen, seen.sizes[1] // 2, bend=bend)]
    for number, kernel in enumerate(kernels):
        if behind:
            found.append(max_pool(here, "m", found[-1], kernel))
        else:
            found.append(max_pool(here, f"m.{number}", found[0], kernel))
    made = conv(here, "cv2", chained(here, found), filters)
    return added(here, made, seen) if shortcut and made.sizes == seen.sizes else made


def pools_between(
    above: YamlModule, name: str | int, seen: Seen, filters: int, hidden: int, kernel: int
) -> PassedTensor:
    """Three pools behind one another (`SPPELAN`)."""
    here = above.part(name, "SPPELAN")
    found = [conv(here, "cv1", seen, hidden)]
    for own in ("cv2", "cv3", "cv4"):
        found.append(max_pool(here, own, found[-1], kernel))
    return conv(here, "cv5", chained(here, found), filters)


def averaged(here: YamlModule, seen: Seen) -> PassedTensor:
    """The mean of each 2x2 pixels, each step of 1."""
    return windows.avg_pool2d(here.own(), seen, (2, 2), (1, 1))


def a_down(above: YamlModule, name: str | int, seen: Seen, filters: int) -> PassedTensor:
    """A convolution of one half of the channels, a pool of the other."""
    here, half = above.part(name, "ADown"), filters // 2
    first, second = halves(here, averaged(here, seen))
    wide = conv(here, "cv1", first, half, 3, 2, 1)
    pooled = windows.max_pool2d(here.own(), second, (3, 3), (2, 2), (1, 1))
    return chained(here, [wide, conv(here, "cv2", pooled, half, 1, 1, 0)])


def a_conv(above: YamlModule, name: str | int, seen: Seen, filters: int) -> PassedTensor:
    """A convolution of the means of neighbouring pixels."""
    here = above.part(name, "AConv")
    return conv(here, "cv1", averaged(here, seen), filters, 3, 2, 1)


def sc_down(
    above: YamlModule, name: str | int, seen: Seen, filters: int, kernel: int, stride: int
) -> PassedTensor:
    """One of 1, then one of each channel by itself."""
    here = above.part(name, "SCDown")
    made = conv(here, "cv1", seen, filters)
    return conv(here, "cv2", made, filters, kernel, stride, groups=filters, bend="")


def csp(
    above: YamlModule,
    name: str | int,
    seen: Seen,
    filters: int,
    repeats: int,
    shortcut: bool,
    groups: int,
    part: float,
) -> PassedTensor:
    """Bottlenecks beside a convolution, normed and bent together (`BottleneckCSP`)."""
    here, hidden = above.part(name, "BottleneckCSP"), int(filters * part)

    def inner(at: YamlModule, number: str | int, arriving: Seen) -> PassedTensor:
        return bottleneck(at, number, arriving, hidden, shortcut, groups, part=1.0)

    made = in_series(here, "m", conv(here, "cv1", seen, hidden), repeats, inner)
    made = plain_conv(here, "cv3", made, hidden, bias=False)
    beside = plain_conv(here, "cv2", seen, hidden, bias=False)
    both = bent(here, "act", normed(here, "bn", chained(here, [made, beside])), "silu")
    return conv(here, "cv4", both, filters)


def hg_stem(
    above: YamlModule, name: str | int, seen: Seen, hidden: int, filters: int
) -> PassedTensor:
    """The first layers of HGNetV2: a pool beside two convolutions of 2."""
    here = above.part(name, "HGStem")
    made = conv(here, "stem1", seen, hidden, 3, 2, bend="relu")
    wide = windows.padded(here.own(), made, (0, 1), (0, 1))
    beside = conv(here, "stem2a", wide, hidden // 2, 2, 1, 0, bend="relu")
    beside = windows.padded(here.own(), beside, (0, 1), (0, 1))
    beside = conv(here, "stem2b", beside, hidden, 2, 1, 0, bend="relu")
    pool = windows.max_pool2d(here.enter("pool", "MaxPool2d"), wide, (2, 2), (1, 1), ceil=True)
    made = conv(here, "stem3", chained(here, [pool, beside]), hidden, 3, 2, bend="relu")
    return conv(here, "stem4", made, filters, bend="relu")


def hg_block(
    above: YamlModule,
    name: str | int,
    seen: Seen,
    sizes: tuple[int, int],
    kernel: int,
    repeats: int,
    light: bool,
    shortcut: bool,
) -> PassedTensor:
    """Convolutions of which what each gives stays; `sizes`: of each, of what it gives."""
    here, (hidden, filters) = above.part(name, "HGBlock"), sizes

    def inner(at: YamlModule, number: str | int, arriving: Seen) -> PassedTensor:
        if light:
            return light_conv(at, number, arriving, hidden, kernel, "relu")
        return conv(at, number, arriving, hidden, kernel, bend="relu")

    found = chained(here, each_kept(here, "m", [seen], repeats, inner))
    made = conv(here, "sc", found, filters // 2, bend="relu")
    made = conv(here, "ec", made, filters, bend="relu")
    return added(here, made, seen) if shortcut and made.sizes == seen.sizes else made


def resnet_layer(
    above: YamlModule,
    name: str | int,
    seen: Seen,
    width: int,
    stride: int,
    repeats: int,
    wider: int,
) -> PassedTensor:
    """Bottlenecks of ResNet, the first of which takes the stride."""
    here = above.part(name, "ResNetLayer").part("layer", "Sequential")
    filters = wider * width
    for number in range(repeats):
        step = 1 if number else stride
        block = here.part(number, "ResNetBlock")
        made = conv(block, "cv1", seen, width)
        made = conv(block, "cv2", made, width, 3, step, 1)
        made = conv(block, "cv3", made, filters, bend="")
        if step != 1 or seen.sizes[1] != filters:
            seen = conv(block.part("shortcut", "Sequential"), 0, seen, filters, 1, step, bend="")
        seen = values.bent(block.own(), added(block, made, seen), "relu")
    return seen


def resnet_stem(above: YamlModule, name: str | int, seen: Seen, filters: int) -> PassedTensor:
    """The first layers of ResNet."""
    here = above.part(name, "ResNetLayer").part("layer", "Sequential")
    return max_pool(here, 1, conv(here, 0, seen, filters, 7, 2, 3), 3, 2)
