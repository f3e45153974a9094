"""Heads: what is said of each place of several maps, and of an image as a whole.

What they make of that in the end is arithmetic without weights: boxes are distances from their
place to four sides here, in its steps, and no box is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cnncalc.importing.formats import value_operations as values
from cnncalc.importing.formats import window_operations as windows
from cnncalc.importing.formats.ultralytics.module_parts import (
    Seen,
    YamlModule,
    added,
    chained,
    conv,
    dw_conv,
    plain_conv,
)
from cnncalc.importing.program import PassedTensor
from cnncalc.records import NamedTuple

Outputs = Mapping[str, PassedTensor]


class DetectionSettings(NamedTuple):
    """classes; bins: numbers for each side of a box, of which one is made; end_to_end: whether
    there is a second head, which alone is used in inference; legacy: whether classes are told by
    full convolutions, as up to YOLOv9."""

    classes: int
    bins: int = 16
    end_to_end: bool = False
    legacy: bool = True


def stacked(
    above: YamlModule, name: str, seen: Sequence[Seen], hidden: int, filters: int
) -> list[PassedTensor]:
    """For each map two convolutions of 3, and one of 1."""
    here, found = above.part(name, "ModuleList"), []
    for number, each in enumerate(seen):
        at = here.part(number, "Sequential")
        made = conv(at, 1, conv(at, 0, each, hidden, 3), hidden, 3)
        found.append(plain_conv(at, 2, made, filters))
    return found


def separated(
    above: YamlModule, name: str, seen: Sequence[Seen], hidden: int, filters: int
) -> list[PassedTensor]:
    """The same with convolutions of each channel by itself."""
    here, found = above.part(name, "ModuleList"), []
    for number, each in enumerate(seen):
        at, made = here.part(number, "Sequential"), each
        for step in range(2):
            two = at.part(step, "Sequential")
            made = conv(two, 1, dw_conv(two, 0, made, made.sizes[1], 3), hidden)
        found.append(plain_conv(at, 2, made, filters))
    return found


def flattened(here: YamlModule, maps: Sequence[Seen]) -> PassedTensor:
    """All places of all maps, one behind the other."""
    building = here.own()
    return chained(here, [values.flattened(building, each, 2) for each in maps], 2)


def detect(here: YamlModule, seen: Sequence[Seen], told: DetectionSettings) -> Outputs:
    """Boxes and scores of classes at each place."""
    narrow = max(16, seen[0].sizes[1] // 4, told.bins * 4)
    wide = max(seen[0].sizes[1], min(told.classes, 100))
    found: dict[str, PassedTensor] = {}
    for prefix in prefixes(told):
        sides = stacked(here, f"{prefix}cv2", seen, narrow, 4 * told.bins)
        tower = stacked if told.legacy else separated
        classes = tower(here, f"{prefix}cv3", seen, wide, told.classes)
        found = {
            "boxes": distances(here, flattened(here, sides), told.bins),
            "scores": values.bent(here.own(), flattened(here, classes), "sigmoid"),
        }
    return found


def prefixes(told: DetectionSettings) -> tuple[str, ...]:
    """Of the names of heads, the one that is used in inference last."""
    return ("", "one2one_") if told.end_to_end else ("",)


def distances(here: YamlModule, seen: Seen, bins: int) -> PassedTensor:
    """The mean of the bins of each side, weighted by a softmax (`DFL`)."""
    if bins == 1:
        return seen
    batch, _, count = seen.sizes
    inner = here.part("dfl", "DFL")
    building = inner.own()
    split = values.viewed(building, seen, (batch, 4, bins, count))
    weights = values.softmax(building, values.permuted(building, split, (0, 2, 1, 3)), 1)
    mean = plain_conv(inner, "conv", weights, 1, bias=False)
    return values.viewed(inner.own(), mean, (batch, 4, count))


def beside(
    here: YamlModule,
    seen: Sequence[Seen],
    told: DetectionSettings,
    count: int,
    least: int,
    own: str,
) -> PassedTensor:
    """So many more numbers for each place: of a mask, of points, an angle."""
    hidden = max(seen[0].sizes[1] // 4, least)
    made = [stacked(here, f"{prefix}{own}", seen, hidden, count) for prefix in prefixes(told)]
    return flattened(here, made[-1])


def prototypes(here: YamlModule, seen: Seen, hidden: int, masks: int) -> PassedTensor:
    """The masks that those of boxes are sums of (`Proto`)."""
    made = conv(here, "cv1", seen, hidden, 3)
    made = windows.conv_transpose2d(
        here.enter("upsample", "ConvTranspose2d"),
        made,
        hidden,
        (2, 2),
        (2, 2),
        (0, 0),
        (1, 1),
        1,
        True,
    )
    return conv(here, "cv3", conv(here, "cv2", made, hidden, 3), masks)


def fused_prototypes(
    here: YamlModule, seen: Sequence[Seen], hidden: int, masks: int, classes: int
) -> PassedTensor:
    """The same of all maps together, brought to the size of the first (`Proto26`)."""
    made, width = seen[0], seen[0].sizes[1]
    inner = here.part("feat_refine", "ModuleList")
    for number, each in enumerate(seen[1:]):
        narrow = conv(inner, number, each, width)
        factor = 2 ** (number + 1)
        made = added(here, made, windows.upsample_nearest(here.own(), narrow, factor))
    in_training = here.part("semseg", "Sequential")
    semantic = conv(in_training, 1, conv(in_training, 0, made, hidden, 3), hidden, 3)
    plain_conv(in_training, 2, semantic, classes)
    return prototypes(here, conv(here, "feat_fuse", made, hidden, 3), hidden, masks)


def points_with_spread(
    here: YamlModule, seen: Sequence[Seen], told: DetectionSettings, points: int, numbers: int
) -> PassedTensor:
    """Points of a body; how far they may be off is said in training alone (`Pose26`)."""
    hidden = max(seen[0].sizes[1] // 4, points * (numbers + 2))
    found: list[PassedTensor] = []
    for prefix in prefixes(told):
        inner, found = here.part(f"{prefix}cv4", "ModuleList"), []
        last = here.part(f"{prefix}cv4_kpts", "ModuleList")
        spread = here.part(f"{prefix}cv4_sigma", "ModuleList")
        for number, each in enumerate(seen):
            at = inner.part(number, "Sequential")
            made = conv(at, 1, conv(at, 0, each, hidden, 3), hidden, 3)
            found.append(plain_conv(last, number, made, points * numbers))
            plain_conv(spread, number, made, points * 2)
    _flow(here.part("flow_model", "RealNVP"))
    return flattened(here, found)


def _flow(here: YamlModule) -> None:
    """The weights by which `Pose26` learns in training alone: two nets for each of six steps."""
    for own in ("s", "t"):
        for step in range(6):
            for layer, (units, width) in ((0, (64, 2)), (2, (64, 64)), (4, (2, 64))):
                building = here.enter(f"{own}.{step}.{layer}", "Linear")
                building.weight("weight", (units, width))
                building.weight("bias", (units,))
    building = here.own()
    for name, sizes in (("loc", (2,)), ("cov", (2, 2)), ("mask", (6, 2))):
        building.weight(name, sizes, trained=False)


def classify(
    here: YamlModule, seen: Sequence[Seen], classes: int, kernel: int, stride: int
) -> Outputs:
    """One score for each class of the image."""
    made = conv(here, "conv", chained(here, seen), 1280, kernel, stride)
    building = here.own()
    flat = values.flattened(building, windows.global_avg_pool(building, made))
    made = values.linear(here.enter("linear", "Linear"), flat, classes)
    return {"scores": values.softmax(here.own(), made)}


def segment_everywhere(here: YamlModule, seen: Sequence[Seen], classes: int) -> Outputs:
    """Scores of each pixel (`SemanticSegment`)."""
    hidden = seen[0].sizes[1]
    inner = here.part("classifier", "Sequential")
    found = plain_conv(inner, 1, conv(inner, 0, seen[0], hidden, 3), classes)
    if len(seen) > 1:
        helping = here.part("aux_head", "Sequential")
        plain_conv(helping, 1, conv(helping, 0, seen[1], hidden, 3), classes)
    return {"scores": found}


def depth(here: YamlModule, seen: Sequence[Seen], hidden: int) -> Outputs:
    """The logarithm of how far each pixel is away (`Depth`); two numbers that are set by hand
    change it then."""
    inner = here.part("proj", "ModuleList")
    maps = [conv(inner, number, each, hidden) for number, each in enumerate(seen)]
    made = maps[-1]
    refining = here.part("refine", "ModuleList")
    for number in range(len(maps) - 2, -1, -1):
        size = 2 * made.sizes[2], 2 * made.sizes[3]
        wide = windows.upsample_bilinear(here.own(), made, size, align_corners=True)
        both = refining.part(number, "Sequential")
        made = conv(both, 0, added(here, wide, maps[number]), hidden, 3)
        made = conv(both, 1, made, hidden, 3)
    head = here.part("head", "Sequential")
    half, quarter = hidden // 2, hidden // 4
    made = conv(head, 0, made, half, 3)
    made = windows.conv_transpose2d(
        head.enter(1, "ConvTranspose2d"), made, half, (2, 2), (2, 2), (0, 0), (1, 1), 1, True
    )
    made = plain_conv(head, 3, conv(head, 2, made, quarter, 3), 1)
    made = values.bent(here.own(), made, "hardtanh", min_val=-4.0, max_val=5.0)
    for name in ("cal_a", "cal_b"):
        here.own().weight(name, (1,), trained=False)
    return {"depth": values.bent(here.own(), made, "exp")}
