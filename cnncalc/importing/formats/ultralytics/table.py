"""What a row's module means: its arguments by their places, and how wide it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil
from typing import NamedTuple

from cnncalc.importing.formats import value_operations as values
from cnncalc.importing.formats import window_operations as windows
from cnncalc.importing.formats.ultralytics import attending, blocks, heads, modules
from cnncalc.importing.formats.ultralytics.heads import DetectionSettings, Outputs
from cnncalc.importing.formats.ultralytics.modules import Module, Seen
from cnncalc.importing.formats.ultralytics.rows import Row
from cnncalc.importing.program import PassedTensor

Given = PassedTensor | Sequence[PassedTensor] | Outputs
Sources = Sequence[Given]


class Scaling(NamedTuple):
    """What a network of one letter has of the file's: `depth` times the repeats, `width` times the
    channels, of which no more than `most` are counted before."""

    letter: str = ""
    depth: float = 1.0
    width: float = 1.0
    most: float = float("inf")

    def channels(self, told: int) -> int:
        """A multiple of 8."""
        return ceil(min(told, self.most) * self.width / 8) * 8

    def repeats(self, told: int) -> int:
        """At least one."""
        return max(round(told * self.depth), 1) if told > 1 else told


class Reading(NamedTuple):
    """A row that is read: where it stands in the network, what it reads, how the network is scaled,
    how it detects."""

    above: Module
    name: int
    row: Row
    seen: Sequence[PassedTensor]
    scaling: Scaling
    detection: DetectionSettings

    @property
    def first(self) -> PassedTensor:
        """What it reads first, an image. Raises FormatError."""
        if len(self.seen[0].sizes) != 4:
            raise self.row.wrong("reads an image")
        return self.seen[0]

    @property
    def filters(self) -> int:
        """How wide it is: its first argument, scaled."""
        return self.scaling.channels(self.row[0].whole())

    @property
    def repeats(self) -> int:
        """How many modules are in it."""
        return self.scaling.repeats(self.row.repeats)

    def here(self) -> Module:
        """Its module."""
        return self.above.part(self.name, self.row.kind)

    def divided(self, groups: int, *channels: int) -> int:
        """So many groups. Raises FormatError where channels do not make them."""
        if any(count % groups for count in channels):
            counts = " and ".join(map(str, channels))
            raise self.row.wrong(f"{counts} channels make no {groups} groups")
        return groups


def conv(at: Reading) -> PassedTensor:
    """filters, kernel, stride, padding, groups, dilation, whether it is bent."""
    row, filters = at.row, at.filters
    groups = at.divided(row[4].whole(1), at.first.sizes[1], filters)
    padding = row[3].whole(least=0) if row[3].given else None
    return modules.conv(
        at.above,
        at.name,
        at.first,
        filters,
        row[1].whole(1),
        row[2].whole(1),
        padding,
        groups,
        row[5].whole(1),
        None if row[6].truth(True) else "",
    )


def dw_conv(at: Reading) -> PassedTensor:
    """filters, kernel, stride, dilation, whether it is bent."""
    row, bend = at.row, None if at.row[4].truth(True) else ""
    sizes = row[1].whole(1), row[2].whole(1), row[3].whole(1)
    return modules.dw_conv(at.above, at.name, at.first, at.filters, *sizes, bend)


def conv_transpose(at: Reading) -> PassedTensor:
    """filters, kernel, stride, padding: PyTorch's own, or with a norm and an activation."""
    row, filters, plain = at.row, at.filters, at.row.kind.startswith("nn.")
    kernel, stride = row[1].whole(2), row[2].whole(1 if plain else 2)
    side = row[3].whole(0, 0)
    normed = not plain and row[4].truth(True)
    here = at.above if plain else at.here()
    name: str | int = at.name if plain else "conv_transpose"
    made = windows.conv_transpose2d(
        here.enter(name, "ConvTranspose2d"),
        at.first,
        filters,
        (kernel, kernel),
        (stride, stride),
        (side, side),
        (1, 1),
        1,
        not normed,
    )
    if plain:
        return made
    made = modules.normed(here, "bn", made) if normed else made
    return modules.bent(here, "act", made, here.bend if row[5].truth(True) else "")


def focus(at: Reading) -> PassedTensor:
    """Of each square of four pixels one behind the other; then a convolution."""
    row, here, building, read = at.row, at.here(), at.here().own(), at.first
    parts = []
    for left in range(2):
        for top in range(2):
            half = values.part_of(building, read, 2, top, read.sizes[2], 2)
            parts.append(values.part_of(building, half, 3, left, read.sizes[3], 2))
    if len({each.sizes for each in parts}) > 1:
        raise row.wrong("an image of odd sides")
    made = modules.chained(here, parts)
    return modules.conv(here, "conv", made, at.filters, row[1].whole(1), row[2].whole(1))


def ghost_conv(at: Reading) -> PassedTensor:
    """filters, kernel, stride, groups."""
    row, half = at.row, at.filters // 2
    groups = at.divided(row[3].whole(1), at.first.sizes[1], half)
    sizes = row[1].whole(1), row[2].whole(1)
    return blocks.ghost_conv(at.above, at.name, at.first, at.filters, *sizes, groups)


def ghost_bottleneck(at: Reading) -> PassedTensor:
    """filters, kernel, stride."""
    sizes = at.row[1].whole(3), at.row[2].whole(1)
    return blocks.ghost_bottleneck(at.above, at.name, at.first, at.filters, *sizes)


def bottleneck(at: Reading) -> PassedTensor:
    """filters, whether what arrives is added, groups, kernels, which part."""
    row = at.row
    kernels = row[3].wholes() if row[3].given else [3, 3]
    if len(kernels) != 2:
        raise row[3].wrong("two kernels")
    part = row[4].real(0.5)
    groups = at.divided(row[2].whole(1), int(at.filters * part), at.filters)
    both = kernels[0], kernels[1]
    shortcut = row[1].truth(True)
    return blocks.bottleneck(
        at.above, at.name, at.first, at.filters, shortcut, groups, both, part
    )


def c1(at: Reading) -> PassedTensor:
    """filters."""
    here, filters = at.here(), at.filters
    made = modules.conv(here, "cv1", at.first, filters)

    def inner(above: Module, name: str | int, seen: Seen) -> PassedTensor:
        return modules.conv(above, name, seen, filters, 3)

    return modules.added(here, blocks.in_series(here, "m", made, at.repeats, inner), made)


def bottlenecks(at: Reading, groups: int, part: float, shortcut: bool) -> blocks.Inner:
    """Those of stages, of two convolutions of 3."""
    hidden = int(at.filters * part)
    at.divided(groups, hidden)

    def inner(above: Module, name: str | int, seen: Seen) -> PassedTensor:
        return blocks.bottleneck(above, name, seen, hidden, shortcut, groups, (3, 3), 1.0)

    return inner


def c2(at: Reading) -> PassedTensor:
    """filters, whether what arrives is added, groups, which part."""
    row, here, filters = at.row, at.here(), at.filters
    shortcut, groups, part = row[1].truth(True), row[2].whole(1), row[3].real(0.5)
    made = modules.conv(here, "cv1", at.first, 2 * int(filters * part))
    first, second = modules.halves(here, made)
    inner = bottlenecks(at, groups, part, shortcut)
    made = blocks.in_series(here, "m", first, at.repeats, inner)
    return modules.conv(here, "cv2", modules.chained(here, [made, second]), filters)


def c2f(at: Reading) -> PassedTensor:
    """filters, whether what arrives is added, groups, which part."""
    row, part = at.row, at.row[3].real(0.5)
    inner = bottlenecks(at, row[2].whole(1), part, row[1].truth(False))
    hidden = int(at.filters * part)
    return blocks.split_stage(at.here(), at.first, at.filters, at.repeats, hidden, inner)


def c2f_cib(at: Reading) -> PassedTensor:
    """filters, whether what arrives is added, whether kernels are large, groups, which part."""
    row, hidden = at.row, int(at.filters * at.row[4].real(0.5))
    shortcut, large = row[1].truth(False), row[2].truth(False)

    def inner(above: Module, name: str | int, seen: Seen) -> PassedTensor:
        return blocks.cib(above, name, seen, hidden, shortcut, large)

    return blocks.split_stage(at.here(), at.first, at.filters, at.repeats, hidden, inner)


def c3k2(at: Reading) -> PassedTensor:
    """filters, whether of C3k, which part, whether with attention, groups, whether what arrives is
    added; the larger networks are of C3k, whatever it says."""
    row, part = at.row, at.row[2].real(0.5)
    nested = row[1].truth(False) or at.scaling.letter in ("m", "l", "x")
    attends, shortcut = row[3].truth(False), row[5].truth(True)
    hidden = int(at.filters * part)
    groups = at.divided(row[4].whole(1), hidden, hidden // 2)

    def inner(above: Module, name: str | int, seen: Seen) -> PassedTensor:
        if attends:
            both = above.part(name, "Sequential")
            made = blocks.bottleneck(both, 0, seen, hidden, shortcut, groups)
            return attending.psa_block(both, 1, made)
        if nested:
            return blocks.c3k(above, name, seen, shortcut, groups)
        return blocks.bottleneck(above, name, seen, hidden, shortcut, groups)

    return blocks.split_stage(at.here(), at.first, at.filters, at.repeats, hidden, inner)


def c3(at: Reading) -> PassedTensor:
    """filters, whether what arrives is added, groups, which part."""
    row, part = at.row, at.row[3].real(0.5)
    shortcut, hidden = row[1].truth(True), int(at.filters * part)
    groups = at.divided(row[2].whole(1), hidden)
    kernels: tuple[int | modules.Pair, int | modules.Pair] = (1, 3)
    if row.kind == "C3x":
        kernels = ((1, 3), (3, 1))
    if row.kind in ("C3", "C3x"):
        settings = at.repeats, shortcut, groups, part, kernels, row.kind
        return blocks.c3(at.above, at.name, at.first, at.filters, *settings)
    here, first = at.here(), at.first
    made = modules.conv(here, "cv1", first, hidden)
    if row.kind == "C3TR":
        made = attending.transformer_stage(here, "m", made, at.repeats)
    else:

        def inner(above: Module, name: str | int, seen: Seen) -> PassedTensor:
            return blocks.ghost_bottleneck(above, name, seen, hidden)

        made = blocks.in_series(here, "m", made, at.repeats, inner)
    beside = modules.conv(here, "cv2", first, hidden)
    return modules.conv(here, "cv3", modules.chained(here, [made, beside]), at.filters)


def csp(at: Reading) -> PassedTensor:
    """filters, whether what arrives is added, groups, which part."""
    row, part = at.row, at.row[3].real(0.5)
    groups = at.divided(row[2].whole(1), int(at.filters * part))
    settings = at.repeats, row[1].truth(True), groups, part
    return blocks.csp(at.above, at.name, at.first, at.filters, *settings)


def rep_c3(at: Reading) -> PassedTensor:
    """filters, which part."""
    part = at.row[1].real(1.0)
    return blocks.rep_c3(at.above, at.name, at.first, at.filters, at.repeats, part)


def gelan(at: Reading) -> PassedTensor:
    """filters, those of both halves, of a stage, repeats."""
    row = at.row
    sizes = at.filters, row[1].whole(least=2), row[2].whole(least=2)
    return blocks.gelan(at.above, at.name, at.first, sizes, row[3].whole(1), row.kind)


def spp(at: Reading) -> PassedTensor:
    """filters, kernels."""
    kernels = at.row[1].wholes() if at.row[1].given else [5, 9, 13]
    return blocks.pools(at.above, at.name, at.first, at.filters, kernels)


def sppf(at: Reading) -> PassedTensor:
    """filters, kernel, how many, whether what arrives is added; the first convolution is bent
    where it says the kernel at most."""
    row = at.row
    kernels = [row[1].whole(5)] * row[2].whole(3)
    bend = None if len(row.arguments) <= 2 else ""
    shortcut = row[3].truth(False)
    return blocks.pools(at.above, at.name, at.first, at.filters, kernels, shortcut, bend)


def spp_elan(at: Reading) -> PassedTensor:
    """filters, those of a pool, kernel."""
    sizes = at.row[1].whole(), at.row[2].whole(5)
    return blocks.pools_between(at.above, at.name, at.first, at.filters, *sizes)


def a_down(at: Reading) -> PassedTensor:
    """filters."""
    return blocks.a_down(at.above, at.name, at.first, at.filters)


def a_conv(at: Reading) -> PassedTensor:
    """filters."""
    return blocks.a_conv(at.above, at.name, at.first, at.filters)


def sc_down(at: Reading) -> PassedTensor:
    """filters, kernel, stride."""
    sizes = at.row[1].whole(), at.row[2].whole()
    return blocks.sc_down(at.above, at.name, at.first, at.filters, *sizes)


def psa(at: Reading) -> PassedTensor:
    """filters, which part; what arrives has as many channels."""
    part, read = at.row[1].real(0.5), at.first
    if read.sizes[1] != at.filters:
        raise at.row.wrong(f"{read.sizes[1]} channels arrive, and {at.filters} are wanted")
    hidden = int(at.filters * part)
    at.divided(attending.heads_of(hidden), hidden)
    if at.row.kind == "PSA":
        return attending.psa(at.above, at.name, read, part)
    stage = attending.c2_psa if at.row.kind == "C2PSA" else attending.c2f_psa
    return stage(at.above, at.name, read, at.repeats, part)


def a2c2f(at: Reading) -> PassedTensor:
    """filters, whether with attention, areas, whether what arrives is added, how much wider, which
    part, groups, whether within; the largest networks add what arrives, whatever it says."""
    row = at.row
    large = at.scaling.letter in ("l", "x")
    areas = row[2].whole(1) if row[1].truth(True) else 0
    residual = large or row[3].truth(False)
    wider = 1.2 if large else row[4].real(2.0)
    part = row[5].real(0.5)
    if int(at.filters * part) % 32:
        raise row.wrong(f"{int(at.filters * part)} channels are no heads of 32")
    if areas:
        at.divided(areas, at.first.sizes[2] * at.first.sizes[3])
    if areas and residual and at.first.sizes[1] != at.filters:
        raise row.wrong(f"{at.first.sizes[1]} channels arrive, and {at.filters} are wanted")
    settings = at.repeats, areas, residual, wider, part, row[7].truth(True)
    return attending.a2c2f(at.above, at.name, at.first, at.filters, *settings)


def hg_stem(at: Reading) -> PassedTensor:
    """Channels within, filters; nothing of it is scaled."""
    sizes = at.row[0].whole(least=2), at.row[1].whole()
    return blocks.hg_stem(at.above, at.name, at.first, *sizes)


def hg_block(at: Reading) -> PassedTensor:
    """Channels within, filters, kernel, whether of light convolutions, whether what arrives is
    added; nothing of it is scaled."""
    row = at.row
    sizes = row[0].whole(), row[1].whole(least=2)
    kernel, light, shortcut = row[2].whole(3), row[3].truth(False), row[4].truth(False)
    settings = kernel, at.repeats, light, shortcut
    return blocks.hg_block(at.above, at.name, at.first, sizes, *settings)


def resnet_layer(at: Reading) -> PassedTensor:
    """Channels that arrive, within, stride, whether it is the first, repeats, how much wider."""
    row = at.row
    if at.first.sizes[1] != row[0].whole():
        raise row.wrong(f"{at.first.sizes[1]} channels arrive, and {row[0].whole()} are wanted")
    if row[3].truth(False):
        return blocks.resnet_stem(at.above, at.name, at.first, row[1].whole())
    sizes = row[1].whole(), row[2].whole(1), row[4].whole(1), row[5].whole(4)
    return blocks.resnet_layer(at.above, at.name, at.first, *sizes)


def concat(at: Reading) -> PassedTensor:
    """Behind one another along an axis."""
    axis, ranks = at.row[0].whole(1), {len(each.sizes) for each in at.seen}
    if ranks != {4} or not 1 <= axis <= 3:
        raise at.row.wrong("images along one of their axes are wanted")
    if len({(*each.sizes[:axis], *each.sizes[axis + 1 :]) for each in at.seen}) > 1:
        sizes = ", ".join("x".join(map(str, each.sizes[1:])) for each in at.seen)
        raise at.row.wrong(f"maps of {sizes} are put together")
    return values.chained(at.above.enter(at.name, "Concat"), at.seen, axis)


def upsample(at: Reading) -> PassedTensor:
    """No size, a factor, how."""
    row, building = at.row, at.above.enter(at.name, "Upsample")
    how = row[2].word("nearest")
    if row[0].given or how not in ("nearest", "bilinear"):
        return building.unsayable(f"Upsample to a size, or {how}", at.seen)
    factor = row[1].whole()
    if how == "nearest":
        return windows.upsample_nearest(building, at.first, factor)
    size = at.first.sizes[2] * factor, at.first.sizes[3] * factor
    return windows.upsample_bilinear(building, at.first, size, align_corners=False)


def max_pool(at: Reading) -> PassedTensor:
    """kernel, stride, padding."""
    row, building = at.row, at.above.enter(at.name, "MaxPool2d")
    kernel = row[0].whole()
    stride, side = row[1].whole(kernel), row[2].whole(0, 0)
    if side > kernel // 2:
        raise row.wrong("its padding is more than half of its window")
    return windows.max_pool2d(
        building, at.first, (kernel, kernel), (stride, stride), (side, side)
    )


def zero_pad(at: Reading) -> PassedTensor:
    """left, right, top, bottom; or one for all."""
    sides = at.row[0].wholes(0)
    sides = sides * 4 if len(sides) == 1 else sides
    if len(sides) != 4:
        raise at.row[0].wrong("four numbers, or one")
    building = at.above.enter(at.name, "ZeroPad2d")
    return windows.padded(building, at.first, (sides[2], sides[3]), (sides[0], sides[1]))


def batch_norm(at: Reading) -> PassedTensor:
    """By itself."""
    return modules.normed(at.above, at.name, at.first)


def identity(at: Reading) -> PassedTensor:
    """The same."""
    return at.seen[0]


def cb_linear(at: Reading) -> Given:
    """A convolution of 1, whose channels become several maps."""
    sizes = at.row[0].wholes()
    here = at.here()
    made = modules.plain_conv(here, "conv", at.first, sum(sizes))
    starts = [sum(sizes[:number]) for number in range(len(sizes))]
    building = here.own()
    return [
        values.part_of(building, made, 1, start, start + size)
        for start, size in zip(starts, sizes, strict=True)
    ]


def detect(at: Reading) -> Given:
    """classes."""
    return heads.detect(at.here(), at.seen, at.detection._replace(classes=at.row[0].whole(80)))


def v10_detect(at: Reading) -> Given:
    """classes; two heads, of separated convolutions."""
    told = DetectionSettings(at.row[0].whole(80), 16, end_to_end=True, legacy=False)
    return heads.detect(at.here(), at.seen, told)


def segment(at: Reading) -> Given:
    """classes, masks, how wide the prototypes are within."""
    row, here = at.row, at.here()
    told = at.detection._replace(classes=row[0].whole(80))
    masks, hidden = row[1].whole(32), at.scaling.channels(row[2].whole(256))
    found = dict(heads.detect(here, at.seen, told))
    found["masks"] = heads.beside(here, at.seen, told, masks, masks, "cv4")
    inner = here.part("proto", "Proto26" if row.kind == "Segment26" else "Proto")
    if row.kind == "Segment26":
        found["prototypes"] = heads.fused_prototypes(inner, at.seen, hidden, masks, told.classes)
    else:
        found["prototypes"] = heads.prototypes(inner, at.seen[0], hidden, masks)
    return found


def pose(at: Reading) -> Given:
    """classes, points and how many numbers each is."""
    row, here = at.row, at.here()
    told = at.detection._replace(classes=row[0].whole(80))
    shape = row[1].wholes() if row[1].given else [17, 3]
    if len(shape) != 2:
        raise row[1].wrong("points, and numbers of each")
    found = dict(heads.detect(here, at.seen, told))
    if row.kind == "Pose26":
        found["points"] = heads.points_with_spread(here, at.seen, told, shape[0], shape[1])
    else:
        count = shape[0] * shape[1]
        found["points"] = heads.beside(here, at.seen, told, count, count, "cv4")
    return found


def obb(at: Reading) -> Given:
    """classes, numbers of an angle; that of the first is a sigmoid of it."""
    row, here = at.row, at.here()
    told = at.detection._replace(classes=row[0].whole(80))
    count = row[1].whole(1)
    found = dict(heads.detect(here, at.seen, told))
    angle = heads.beside(here, at.seen, told, count, count, "cv4")
    if row.kind == "OBB":
        angle = values.bent(here.own(), angle, "sigmoid")
    found["angles"] = angle
    return found


def classify(at: Reading) -> Given:
    """classes, kernel, stride."""
    row = at.row
    return heads.classify(at.here(), at.seen, row[0].whole(), row[1].whole(1), row[2].whole(1))


def semantic(at: Reading) -> Given:
    """classes."""
    return heads.segment_everywhere(at.here(), at.seen, at.row[0].whole(19))


def depth(at: Reading) -> Given:
    """How wide it is within."""
    return heads.depth(at.here(), at.seen, at.row[0].whole(256, 4))


ONE_EACH: dict[str, Callable[[Reading], PassedTensor]] = {
    "Conv": conv,
    "DWConv": dw_conv,
    **dict.fromkeys(("nn.ConvTranspose2d", "ConvTranspose"), conv_transpose),
    "Focus": focus,
    "GhostConv": ghost_conv,
    "GhostBottleneck": ghost_bottleneck,
    "Bottleneck": bottleneck,
    **dict.fromkeys(("RepNCSPELAN4", "ELAN1"), gelan),
    "SPP": spp,
    "SPPF": sppf,
    "SPPELAN": spp_elan,
    "ADown": a_down,
    "AConv": a_conv,
    "SCDown": sc_down,
    "PSA": psa,
    "HGStem": hg_stem,
    "ResNetLayer": resnet_layer,
    "nn.Upsample": upsample,
    "nn.MaxPool2d": max_pool,
    "nn.ZeroPad2d": zero_pad,
    "nn.BatchNorm2d": batch_norm,
    "nn.Identity": identity,
}
"""Modules of which several follow on one another where a row repeats them."""

REPEATING: dict[str, Callable[[Reading], Given]] = {
    "C1": c1,
    "C2": c2,
    "C2f": c2f,
    "C2fCIB": c2f_cib,
    "C3k2": c3k2,
    **dict.fromkeys(("C3", "C3x", "C3TR", "C3Ghost"), c3),
    "BottleneckCSP": csp,
    "RepC3": rep_c3,
    **dict.fromkeys(("C2PSA", "C2fPSA"), psa),
    "A2C2f": a2c2f,
    "HGBlock": hg_block,
    "Concat": concat,
    "CBLinear": cb_linear,
    "Detect": detect,
    "v10Detect": v10_detect,
    **dict.fromkeys(("Segment", "Segment26"), segment),
    **dict.fromkeys(("Pose", "Pose26"), pose),
    **dict.fromkeys(("OBB", "OBB26"), obb),
    "Classify": classify,
    "SemanticSegment": semantic,
    "Depth": depth,
}
"""Those that have the repeats of their row within, or are there once."""
