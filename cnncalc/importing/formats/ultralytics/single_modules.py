"""Modules of which several follow on one another where a row repeats them: their arguments."""

from __future__ import annotations

from collections.abc import Callable

from cnncalc.importing.formats import value_operations as values
from cnncalc.importing.formats import window_operations as windows
from cnncalc.importing.formats.ultralytics import conv_blocks as blocks
from cnncalc.importing.formats.ultralytics import module_parts as modules
from cnncalc.importing.formats.ultralytics import pixel_attention as attending
from cnncalc.importing.formats.ultralytics.row_reading import RowReading
from cnncalc.importing.program import PassedTensor


def conv(at: RowReading) -> PassedTensor:
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


def dw_conv(at: RowReading) -> PassedTensor:
    """filters, kernel, stride, dilation, whether it is bent."""
    row, bend = at.row, None if at.row[4].truth(True) else ""
    sizes = row[1].whole(1), row[2].whole(1), row[3].whole(1)
    return modules.dw_conv(at.above, at.name, at.first, at.filters, *sizes, bend)


def conv_transpose(at: RowReading) -> PassedTensor:
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


def focus(at: RowReading) -> PassedTensor:
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


def ghost_conv(at: RowReading) -> PassedTensor:
    """filters, kernel, stride, groups."""
    row, half = at.row, at.filters // 2
    groups = at.divided(row[3].whole(1), at.first.sizes[1], half)
    sizes = row[1].whole(1), row[2].whole(1)
    return blocks.ghost_conv(at.above, at.name, at.first, at.filters, *sizes, groups)


def ghost_bottleneck(at: RowReading) -> PassedTensor:
    """filters, kernel, stride."""
    sizes = at.row[1].whole(3), at.row[2].whole(1)
    return blocks.ghost_bottleneck(at.above, at.name, at.first, at.filters, *sizes)


def bottleneck(at: RowReading) -> PassedTensor:
    """filters, whether what arrives is added, groups, kernels, which part."""
    row = at.row
    kernels = row[3].wholes() if row[3].given else [3, 3]
    if len(kernels) != 2:
        raise row[3].wrong("two kernels")
    part = row[4].real(0.5)
    groups = at.divided(row[2].whole(1), int(at.filters * part), at.filters)
    both = kernels[0], kernels[1]
    shortcut = row[1].truth(True)
    return blocks.bottleneck(at.above, at.name, at.first, at.filters, shortcut, groups, both, part)


def gelan(at: RowReading) -> PassedTensor:
    """filters, those of both halves, of a stage, repeats."""
    row = at.row
    sizes = at.filters, row[1].whole(least=2), row[2].whole(least=2)
    return blocks.gelan(at.above, at.name, at.first, sizes, row[3].whole(1), row.kind)


def spp(at: RowReading) -> PassedTensor:
    """filters, kernels."""
    kernels = at.row[1].wholes() if at.row[1].given else [5, 9, 13]
    return blocks.pools(at.above, at.name, at.first, at.filters, kernels)


def sppf(at: RowReading) -> PassedTensor:
    """filters, kernel, how many, whether what arrives is added; the first convolution is bent
    where it says the kernel at most."""
    row = at.row
    kernels = [row[1].whole(5)] * row[2].whole(3)
    bend = None if len(row.arguments) <= 2 else ""
    shortcut = row[3].truth(False)
    return blocks.pools(at.above, at.name, at.first, at.filters, kernels, shortcut, bend)


def spp_elan(at: RowReading) -> PassedTensor:
    """filters, those of a pool, kernel."""
    sizes = at.row[1].whole(), at.row[2].whole(5)
    return blocks.pools_between(at.above, at.name, at.first, at.filters, *sizes)


def a_down(at: RowReading) -> PassedTensor:
    """filters."""
    return blocks.a_down(at.above, at.name, at.first, at.filters)


def a_conv(at: RowReading) -> PassedTensor:
    """filters."""
    return blocks.a_conv(at.above, at.name, at.first, at.filters)


def sc_down(at: RowReading) -> PassedTensor:
    """filters, kernel, stride."""
    sizes = at.row[1].whole(), at.row[2].whole()
    return blocks.sc_down(at.above, at.name, at.first, at.filters, *sizes)


def psa(at: RowReading) -> PassedTensor:
    """filters, which part."""
    return attending.psa(at.above, at.name, at.first, at.kept_part(attending.heads_of))


def hg_stem(at: RowReading) -> PassedTensor:
    """Channels within, filters; nothing of it is scaled."""
    sizes = at.row[0].whole(least=2), at.row[1].whole()
    return blocks.hg_stem(at.above, at.name, at.first, *sizes)


def resnet_layer(at: RowReading) -> PassedTensor:
    """Channels that arrive, within, stride, whether it is the first, repeats, how much wider."""
    row = at.row
    if at.first.sizes[1] != row[0].whole():
        raise row.wrong(f"{at.first.sizes[1]} channels arrive, and {row[0].whole()} are wanted")
    if row[3].truth(False):
        return blocks.resnet_stem(at.above, at.name, at.first, row[1].whole())
    sizes = row[1].whole(), row[2].whole(1), row[4].whole(1), row[5].whole(4)
    return blocks.resnet_layer(at.above, at.name, at.first, *sizes)


def upsample(at: RowReading) -> PassedTensor:
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


def max_pool(at: RowReading) -> PassedTensor:
    """kernel, stride, padding."""
    row, building = at.row, at.above.enter(at.name, "MaxPool2d")
    kernel = row[0].whole()
    stride, side = row[1].whole(kernel), row[2].whole(0, 0)
    if side > kernel // 2:
        raise row.wrong("its padding is more than half of its window")
    return windows.max_pool2d(building, at.first, (kernel, kernel), (stride, stride), (side, side))


def zero_pad(at: RowReading) -> PassedTensor:
    """left, right, top, bottom; or one for all."""
    sides = at.row[0].wholes(0)
    sides = sides * 4 if len(sides) == 1 else sides
    if len(sides) != 4:
        raise at.row[0].wrong("four numbers, or one")
    building = at.above.enter(at.name, "ZeroPad2d")
    return windows.padded(building, at.first, (sides[2], sides[3]), (sides[0], sides[1]))


def batch_norm(at: RowReading) -> PassedTensor:
    """By itself."""
    return modules.normed(at.above, at.name, at.first)


def identity(at: RowReading) -> PassedTensor:
    """The same."""
    return at.seen[0]


SINGLE: dict[str, Callable[[RowReading], PassedTensor]] = {
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
