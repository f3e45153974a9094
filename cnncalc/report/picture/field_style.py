"""The receptive field on the input, to scale: what the middle output of a layer sees, and of every
stage before it; beside it, where the outputs of the layer look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnncalc.analysis import Row, Summary
from cnncalc.layers.base import times
from cnncalc.network.graph import Node
from cnncalc.records import NamedTuple
from cnncalc.report.picture.lettering import fitted, width
from cnncalc.report.picture.marks import Figure, Letters, Look, Picture, Rectangle, Shape, Stroke
from cnncalc.report.picture.wish import NONE, Wish
from cnncalc.report.table.columns import field, stride

SIDE = 340
MARGIN = 16
TEXT = 16
THICK = 40
"""How high a signal is drawn, which has no rows."""

DOTS = 32
"""Outputs along an axis that are marked, at most."""

STAGES = 14
"""Fields that are drawn, at most; of more, every so many."""

HATCH = 8


class Stretch(NamedTuple):
    """From where to where on the input along an axis; its first pixel is from 0 to 1."""

    begin: float
    end: float


class Plane(NamedTuple):
    """How pixels of the input become those of the picture.

    x, y: of the input's left upper corner; by: pixels of the picture for each, down and across
    """

    x: float
    y: float
    by: tuple[float, float]

    def rectangle(self, rows: Stretch, columns: Stretch, look: Look) -> Rectangle:
        """What some rows and columns are in the picture."""
        down, across = self.by
        x, y = self.x + columns.begin * across, self.y + rows.begin * down
        size = (columns.end - columns.begin) * across, (rows.end - rows.begin) * down
        return Rectangle(x, y, *size, look)


def field_style(summary: Summary, wish: Wish = NONE) -> Picture:
    """What the middle output of a layer sees, of the last that has a field unless one is named. The
    layer has one: `target` says so."""
    row = target(summary, wish)
    assert row
    rows = list(_stages(summary, row))
    size = input_size(summary)
    seen = [_spans(one, _centre(row)) for one in rows]
    whole = [
        Stretch(
            min(0, *(spans[axis].begin for spans in seen)),
            max(size[axis], *(spans[axis].end for spans in seen)),
        )
        for axis in (0, 1)
    ]
    longest = max(span.end - span.begin for span in whole)
    by = SIDE / longest
    signal = len(row.receptive.axes or ()) == 1
    scales = by if not signal else THICK / (whole[0].end - whole[0].begin)
    first = Plane(
        MARGIN - whole[1].begin * by, MARGIN + TEXT - whole[0].begin * scales, (scales, by)
    )
    names = f": {field(row.receptive)}"
    names = fitted(f"field of {row.node.path}", "strong", SIDE - width(names, "strong")) + names
    looks = f"stride {stride(row.receptive)}: where its {times(row.node.shape[1:])} outputs look"
    texts = max(width(names, "strong"), width(looks, "strong"))
    across = max((whole[1].end - whole[1].begin) * by, texts)
    second = first._replace(x=first.x + across + 2 * MARGIN)
    paper = Stretch(0, size[0]), Stretch(0, size[1])
    shapes: list[Shape] = [_title(MARGIN, names)]
    shapes += _hatched(first.rectangle(whole[0], whole[1], "hatch"))
    shapes.append(
        Figure(f"input {times(_input(summary).shape)}", (first.rectangle(*paper, "data"),))
    )
    for one, spans in zip(rows, seen, strict=True):
        told = f"{one.node.path}: field {field(one.receptive)}, stride {stride(one.receptive)}"
        shapes.append(Figure(told, (first.rectangle(*spans, "seen"),)))
    shapes.append(_title(3 * MARGIN + across, looks))
    shapes += _grid(second, row, paper, seen[-1])
    top = MARGIN + 2 * TEXT + (whole[0].end - whole[0].begin) * scales
    shapes += _legend(rows, top)
    height = top + TEXT * len(rows) + MARGIN
    told = f"{summary.graph.name}: the receptive field of {row.node.path}, {field(row.receptive)}"
    return Picture(2 * across + 4 * MARGIN, height, told, tuple(shapes))


def target(summary: Summary, wish: Wish) -> Row | None:
    """The layer whose field is drawn; None where it has none, or none is known."""
    wanted = [row for row in summary.rows if wish.layer in (None, row.node)]
    local = [
        row
        for row in wanted
        if row.receptive.axes and all(axis.size for axis in row.receptive.axes)
    ]
    return local[-1] if local else None


def _stages(summary: Summary, row: Row) -> Iterator[Row]:
    """The layers on the way to one whose field is larger than those before them, it the last; of
    many, some."""
    leads = {row.node}
    for node in reversed(summary.graph.layers):
        if node in leads:
            leads.update(node.inputs)
    found: list[Row] = []
    for one in summary.rows:
        axes = one.receptive.axes
        if one.node in leads and axes and axes[-1].size > (_last(found[-1]) if found else 0):
            found.append(one)
    if not found or found[-1] is not row:
        found = [one for one in found if one is not row and _last(one) < _last(row)] + [row]
    every = -(-len(found) // STAGES)
    yield from found[::-every][::-1]


def middle_field(row: Row) -> tuple[int, ...] | None:
    """What the middle output of a layer sees: the first row, the one behind the last, and the same
    of the columns; None where it has no place in the input, or none is known."""
    axes = row.receptive.axes
    if not axes or not all(axis.size for axis in axes):
        return None
    spans = _places(row, [size // 2 for size in row.node.shape[1:]])
    return tuple(int(end) for span in spans for end in span)


def input_size(summary: Summary) -> tuple[int, int]:
    """Rows and columns of the input; a signal has one row."""
    return (1, 1, *_input(summary).shape[1:])[-2:]  # type: ignore[return-value]


def _last(row: Row) -> int:
    axes = row.receptive.axes
    return axes[-1].size if axes else 0


def _input(summary: Summary) -> Node:
    """The input that has places."""
    return max(summary.graph.inputs.values(), key=lambda node: len(node.shape))


def _places(row: Row, outputs: Sequence[int]) -> tuple[Stretch, Stretch]:
    """What the output at a place sees: rows, and columns."""
    found = []
    for axis, output in zip(row.receptive.axes or (), outputs, strict=True):
        first, last = axis.sees(output) or (0, -1)
        found.append(Stretch(first, last + 1))
    return (Stretch(0, 1), *found)[-2:]  # type: ignore[return-value]


def _centre(row: Row) -> tuple[float, float]:
    """The middle of what the middle output of a layer sees."""
    spans = _places(row, [size // 2 for size in row.node.shape[1:]])
    return tuple((span.begin + span.end) / 2 for span in spans)  # type: ignore[return-value]


def _spans(row: Row, centre: tuple[float, float]) -> tuple[Stretch, Stretch]:
    """What that output of a layer sees that looks nearest to a place."""
    outputs = []
    for axis, size, middle in zip(
        row.receptive.axes or (),
        row.node.shape[1:],
        (0.0, *centre)[-len(row.node.shape) + 1 :],
        strict=True,
    ):
        first = axis.sees(0) or (0, 0)
        guess = round((middle - (first[0] + first[1] + 1) / 2) / axis.stride) if axis.stride else 0
        outputs.append(min(max(guess, 0), size - 1))
    return _places(row, outputs)


def _title(x: float, text: str) -> Letters:
    return Letters(x, MARGIN + 4, text, "strong")


def _hatched(area: Rectangle) -> Iterator[Stroke]:
    """Slanting lines: where the field sees padding."""
    wide, high = area.width, area.height
    for step in range(HATCH, int(wide + high), HATCH):
        above, left = min(step, wide), min(step, high)
        yield Stroke(
            (
                (area.x + above, area.y + step - above),
                (area.x + step - left, area.y + left),
            ),
            "hatch",
        )


def _grid(
    scale: Plane, row: Row, paper: tuple[Stretch, Stretch], seen: tuple[Stretch, Stretch]
) -> Iterator[Shape]:
    """The input with the middle of what each output sees; of many outputs, some."""
    yield Figure("the input", (scale.rectangle(*paper, "data"),))
    sizes = row.node.shape[1:]
    every = [-(-size // DOTS) for size in sizes[-2:]]
    fixed = [size // 2 for size in sizes[:-2]]
    dots: list[Shape] = []
    grid = [range(0, size, step) for size, step in zip(sizes[-2:], every, strict=True)]
    for first in grid[0]:
        for second in grid[1] if len(grid) > 1 else (None,):
            spans = _places(row, [*fixed, first, *(() if second is None else (second,))])
            middle = [(span.begin + span.end) / 2 for span in spans]
            if all(0 <= place <= span.end for place, span in zip(middle, paper, strict=True)):
                down, across = scale.by
                x, y = scale.x + middle[1] * across, scale.y + middle[0] * down
                dots.append(Rectangle(x - 1.2, y - 1.2, 2.4, 2.4, "head", 1.2))
    some = "" if every == [1] * len(every) else f", every {times(every)}"
    yield Figure(f"the middles of what outputs see{some}", tuple(dots))
    yield Figure("the middle output's field", (scale.rectangle(*seen, "seen"),))


def _legend(rows: Sequence[Row], top: float) -> Iterator[Shape]:
    for number, row in enumerate(reversed(rows)):
        text = f"{field(row.receptive)}, stride {stride(row.receptive)}: "
        path = fitted(row.node.path, "plain", 2 * SIDE - width(text, "plain"))
        yield Letters(MARGIN, top + TEXT * number, text + path, "plain")
