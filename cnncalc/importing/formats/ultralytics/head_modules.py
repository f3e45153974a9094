"""Heads: their arguments."""

from __future__ import annotations

from collections.abc import Callable

from cnncalc.importing.formats import value_operations as values
from cnncalc.importing.formats.ultralytics import detection_heads as heads
from cnncalc.importing.formats.ultralytics.detection_heads import DetectionSettings
from cnncalc.importing.formats.ultralytics.row_reading import Given, RowReading


def detect(at: RowReading) -> Given:
    """classes."""
    return heads.detect(at.here(), at.seen, at.detection._replace(classes=at.row[0].whole(80)))


def v10_detect(at: RowReading) -> Given:
    """classes; two heads, of separated convolutions."""
    told = DetectionSettings(at.row[0].whole(80), 16, end_to_end=True, legacy=False)
    return heads.detect(at.here(), at.seen, told)


def segment(at: RowReading) -> Given:
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


def pose(at: RowReading) -> Given:
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


def obb(at: RowReading) -> Given:
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


def classify(at: RowReading) -> Given:
    """classes, kernel, stride."""
    row = at.row
    return heads.classify(at.here(), at.seen, row[0].whole(), row[1].whole(1), row[2].whole(1))


def semantic(at: RowReading) -> Given:
    """classes."""
    return heads.segment_everywhere(at.here(), at.seen, at.row[0].whole(19))


def depth(at: RowReading) -> Given:
    """How wide it is within."""
    return heads.depth(at.here(), at.seen, at.row[0].whole(256, 4))


HEADS: dict[str, Callable[[RowReading], Given]] = {
    "Detect": detect,
    "v10Detect": v10_detect,
    **dict.fromkeys(("Segment", "Segment26"), segment),
    **dict.fromkeys(("Pose", "Pose26"), pose),
    **dict.fromkeys(("OBB", "OBB26"), obb),
    "Classify": classify,
    "SemanticSegment": semantic,
    "Depth": depth,
}
