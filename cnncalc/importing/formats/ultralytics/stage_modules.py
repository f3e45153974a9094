"""Modules that have the repeats of their row within, or put together what they read."""

from __future__ import annotations

from collections.abc import Callable

from cnncalc.importing.formats import value_operations as values
from cnncalc.importing.formats.ultralytics import conv_blocks as blocks
from cnncalc.importing.formats.ultralytics import module_parts as modules
from cnncalc.importing.formats.ultralytics import pixel_attention as attending
from cnncalc.importing.formats.ultralytics.module_parts import Seen, YamlModule
from cnncalc.importing.formats.ultralytics.row_reading import Given, RowReading
from cnncalc.importing.program import PassedTensor


def c1(at: RowReading) -> PassedTensor:
    """filters."""
    here, filters = at.here(), at.filters
    made = modules.conv(here, "cv1", at.first, filters)

    def inner(above: YamlModule, name: str | int, seen: Seen) -> PassedTensor:
        return modules.conv(above, name, seen, filters, 3)

    return modules.added(here, blocks.in_series(here, "m", made, at.repeats, inner), made)


def bottlenecks(at: RowReading, groups: int, part: float, shortcut: bool) -> blocks.Inner:
    """Those of stages, of two convolutions of 3."""
    hidden = int(at.filters * part)
    at.divided(groups, hidden)

    def inner(above: YamlModule, name: str | int, seen: Seen) -> PassedTensor:
        return blocks.bottleneck(above, name, seen, hidden, shortcut, groups, (3, 3), 1.0)

    return inner


def c2(at: RowReading) -> PassedTensor:
    """filters, whether what arrives is added, groups, which part."""
    row, here, filters = at.row, at.here(), at.filters
    shortcut, groups, part = row[1].truth(True), row[2].whole(1), row[3].real(0.5)
    made = modules.conv(here, "cv1", at.first, 2 * int(filters * part))
    first, second = modules.halves(here, made)
    inner = bottlenecks(at, groups, part, shortcut)
    made = blocks.in_series(here, "m", first, at.repeats, inner)
    return modules.conv(here, "cv2", modules.chained(here, [made, second]), filters)


def c2f(at: RowReading) -> PassedTensor:
    """filters, whether what arrives is added, groups, which part."""
    row, part = at.row, at.row[3].real(0.5)
    inner = bottlenecks(at, row[2].whole(1), part, row[1].truth(False))
    hidden = int(at.filters * part)
    return blocks.split_stage(at.here(), at.first, at.filters, at.repeats, hidden, inner)


def c2f_cib(at: RowReading) -> PassedTensor:
    """filters, whether what arrives is added, whether kernels are large, groups, which part."""
    row, hidden = at.row, int(at.filters * at.row[4].real(0.5))
    shortcut, large = row[1].truth(False), row[2].truth(False)

    def inner(above: YamlModule, name: str | int, seen: Seen) -> PassedTensor:
        return blocks.cib(above, name, seen, hidden, shortcut, large)

    return blocks.split_stage(at.here(), at.first, at.filters, at.repeats, hidden, inner)


def c3k2(at: RowReading) -> PassedTensor:
    """filters, whether of C3k, which part, whether with attention, groups, whether what arrives is
    added; the larger networks are of C3k, whatever it says."""
    row, part = at.row, at.row[2].real(0.5)
    nested = row[1].truth(False) or at.scaling.letter in ("m", "l", "x")
    attends, shortcut = row[3].truth(False), row[5].truth(True)
    hidden = int(at.filters * part)
    groups = at.divided(row[4].whole(1), hidden, hidden // 2)

    def inner(above: YamlModule, name: str | int, seen: Seen) -> PassedTensor:
        if attends:
            both = above.part(name, "Sequential")
            made = blocks.bottleneck(both, 0, seen, hidden, shortcut, groups)
            return attending.psa_block(both, 1, made)
        if nested:
            return blocks.c3k(above, name, seen, shortcut, groups)
        return blocks.bottleneck(above, name, seen, hidden, shortcut, groups)

    return blocks.split_stage(at.here(), at.first, at.filters, at.repeats, hidden, inner)


def c3(at: RowReading) -> PassedTensor:
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

        def inner(above: YamlModule, name: str | int, seen: Seen) -> PassedTensor:
            return blocks.ghost_bottleneck(above, name, seen, hidden)

        made = blocks.in_series(here, "m", made, at.repeats, inner)
    beside = modules.conv(here, "cv2", first, hidden)
    return modules.conv(here, "cv3", modules.chained(here, [made, beside]), at.filters)


def csp(at: RowReading) -> PassedTensor:
    """filters, whether what arrives is added, groups, which part."""
    row, part = at.row, at.row[3].real(0.5)
    groups = at.divided(row[2].whole(1), int(at.filters * part))
    settings = at.repeats, row[1].truth(True), groups, part
    return blocks.csp(at.above, at.name, at.first, at.filters, *settings)


def rep_c3(at: RowReading) -> PassedTensor:
    """filters, which part."""
    part = at.row[1].real(1.0)
    return blocks.rep_c3(at.above, at.name, at.first, at.filters, at.repeats, part)


def psa(at: RowReading) -> PassedTensor:
    """filters, which part."""
    part = at.kept_part(attending.heads_of)
    stage = attending.c2_psa if at.row.kind == "C2PSA" else attending.c2f_psa
    return stage(at.above, at.name, at.first, at.repeats, part)


def a2c2f(at: RowReading) -> PassedTensor:
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


def hg_block(at: RowReading) -> PassedTensor:
    """Channels within, filters, kernel, whether of light convolutions, whether what arrives is
    added; nothing of it is scaled."""
    row = at.row
    sizes = row[0].whole(), row[1].whole(least=2)
    kernel, light, shortcut = row[2].whole(3), row[3].truth(False), row[4].truth(False)
    settings = kernel, at.repeats, light, shortcut
    return blocks.hg_block(at.above, at.name, at.first, sizes, *settings)


def concat(at: RowReading) -> PassedTensor:
    """Behind one another along an axis."""
    axis, ranks = at.row[0].whole(1), {len(each.sizes) for each in at.seen}
    if ranks != {4} or not 1 <= axis <= 3:
        raise at.row.wrong("images along one of their axes are wanted")
    if len({(*each.sizes[:axis], *each.sizes[axis + 1 :]) for each in at.seen}) > 1:
        sizes = ", ".join("x".join(map(str, each.sizes[1:])) for each in at.seen)
        raise at.row.wrong(f"maps of {sizes} are put together")
    return values.chained(at.above.enter(at.name, "Concat"), at.seen, axis)


def cb_linear(at: RowReading) -> Given:
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


STAGES: dict[str, Callable[[RowReading], Given]] = {
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
}
