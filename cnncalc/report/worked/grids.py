"""Numbers in rows, some of them in brackets, grids side by side."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import zip_longest

from cnncalc.records import NamedTuple
from cnncalc.worked.array import Array, flat
from cnncalc.worked.working import Place

GAP = "    "
ROWS = 24
"""Rows of a grid that are shown."""

Spot = tuple[int, int]


class Sheet(NamedTuple):
    """A grid with its title; `marked` stand in brackets.

    zero: how a 0 is written
    """

    title: str
    rows: Sequence[Sequence[float]]
    marked: Collection[Spot] = ()
    zero: str = "0"


def number(value: float) -> str:
    """At most four decimals, and none that say nothing."""
    if value != value or abs(value) == float("inf"):
        return str(value)
    if value and not 5e-5 <= abs(value) < 1e9:
        return f"{value:.4g}"
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def sheets(title: str, found: Array, channel: int, marked: Collection[Place]) -> Iterator[Sheet]:
    """A channel as a grid; of a clip each frame that has a mark, or the first."""
    *frames, rows, columns = (1, *found.shape[1:]) if len(found.shape) == 2 else found.shape[1:]
    numbers = found.channels()[channel]
    spots = {(0, *place) if len(found.shape) == 2 else place for place in marked}
    chosen = sorted({place[:-2] for place in spots}) or [(0,) * len(frames)]
    for frame in chosen:
        start = flat((*frames, rows), (*frame, 0)) * columns if frame else 0
        grid = [numbers[start + y * columns : start + (y + 1) * columns] for y in range(rows)]
        here = {place[-2:] for place in spots if place[:-2] == frame}
        where = f", frame {frame[0]}" if frame else ""
        yield Sheet(title + where, grid, {(y, x) for y, x in here})


def beside(row: Sequence[Sheet], room: int) -> list[str]:
    """Sheets side by side, as many as there is room for, the others below."""
    lines: list[str] = []
    waiting = [_drawn(sheet, room) for sheet in row]
    while waiting:
        taken, width = [waiting.pop(0)], 0
        width = _width(taken[0])
        while waiting and width + len(GAP) + _width(waiting[0]) <= room:
            width += len(GAP) + _width(waiting[0])
            taken.append(waiting.pop(0))
        lines += [""] * bool(lines) + _joined(taken)
    return lines


def _joined(blocks: Sequence[Sequence[str]]) -> list[str]:
    widths = [_width(block) for block in blocks]
    return [
        GAP.join(text.ljust(width) for text, width in zip(texts, widths, strict=True)).rstrip()
        for texts in zip_longest(*blocks, fillvalue="")
    ]


def _width(block: Sequence[str]) -> int:
    return max(map(len, block))


def _drawn(sheet: Sheet, room: int) -> list[str]:
    """Its title and a line for each row; where there are more than there is room for, those around
    the first mark."""
    if not sheet.rows:
        return [sheet.title]
    cells = [[number(value) if value else sheet.zero for value in row] for row in sheet.rows]
    wide = max(len(cell) for row in cells for cell in row)
    focus = min(sheet.marked, default=(0, 0))
    columns = _shown(len(cells[0]), focus[1], max(room // (wide + 2), 1))
    rows = _shown(len(cells), focus[0], ROWS)
    lines = [_row(cells[y], y, sheet.marked, columns, wide) for y in rows]
    cut = [
        f"{name} {along[0]} to {along[-1]} of {size}"
        for name, along, size in (("rows", rows, len(cells)), ("columns", columns, len(cells[0])))
        if len(along) < size
    ]
    return [sheet.title, *lines, *([", ".join(cut)] if cut else [])]


def _shown(size: int, focus: int, room: int) -> range:
    """The indices around `focus` that there is room for."""
    start = max(0, min(focus - room // 3, size - room))
    return range(start, min(start + room, size))


def _row(cells: Sequence[str], y: int, marked: Collection[Spot], columns: range, wide: int) -> str:
    return "".join(
        f"[{cells[x].rjust(wide)}]" if (y, x) in marked else f" {cells[x].rjust(wide)} "
        for x in columns
    )
