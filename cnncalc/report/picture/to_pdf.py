"""A picture as PDF: one page of its size, its text as text, in the colours of paper."""

from __future__ import annotations

from io import BytesIO
from itertools import pairwise

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

from cnncalc.report.picture.lettering import SIZES, width
from cnncalc.report.picture.looks import LIGHT
from cnncalc.report.picture.marks import (
    Bent,
    Letters,
    Look,
    Mark,
    Picture,
    Polygon,
    Rectangle,
    Stroke,
    flat,
)
from cnncalc.report.picture.pdf_fonts import long, runs, usual_font
from cnncalc.text import line

INCH, PIXELS = 72, 96
"""Points of PDF, and pixels of CSS, in an inch."""

LARGEST = 14_400
"""Points of a side of a page that readers open."""

THIN, THICK = 1.3, 1.5
"""Of wires, and of what is seen; other lines are a pixel wide."""


class PixelsError(Exception):
    """More pixels than are drawn; its text says how many."""


def to_pdf(picture: Picture, inches: float | None = None) -> bytes:
    """The whole file, the same bytes each time; so wide, else a pixel is 1/96 of an inch. What is
    larger than readers open is smaller."""
    by = INCH / PIXELS if inches is None else inches * INCH / picture.width
    by = min(by, LARGEST / max(picture.width, picture.height))
    file = BytesIO()
    size = picture.width * by, picture.height * by
    canvas = Canvas(
        file,
        size,
        invariant=True,
        initialFontName=usual_font(),  # type: ignore[arg-type]  # a font, not a size
    )
    canvas.setTitle(line(picture.told))
    canvas.setSubject(line(picture.about))
    canvas.setAuthor("")
    canvas.setCreator("cnncalc")
    canvas.transform(by, 0, 0, -by, 0, picture.height * by)
    _mark(Rectangle(0, 0, picture.width, picture.height, "paper"), canvas)
    for mark in flat(picture.shapes):
        _mark(mark, canvas)
    canvas.save()
    return file.getvalue()


def _mark(mark: Mark, canvas: Canvas) -> None:
    if isinstance(mark, Letters):
        _letters(mark, canvas)
        return
    fill, lined = _colours(mark.look)
    filled = fill != "none" and not isinstance(mark, Stroke | Bent)
    if filled:
        canvas.setFillColor(HexColor(fill))
    if lined != "none":
        canvas.setStrokeColor(HexColor(lined))
        canvas.setLineWidth({"wire": THIN, "seen": THICK}.get(mark.look, 1))
    drawn = {"fill": int(filled), "stroke": int(lined != "none")}
    if isinstance(mark, Rectangle) and mark.radius:
        canvas.roundRect(mark.x, mark.y, mark.width, mark.height, mark.radius, **drawn)
    elif isinstance(mark, Rectangle):
        canvas.rect(mark.x, mark.y, mark.width, mark.height, **drawn)
    else:
        canvas.drawPath(_way(mark, canvas.beginPath()), **drawn)


def _colours(look: Look) -> tuple[str, str]:
    """What a shape is filled with, and its line."""
    if look in LIGHT.boxes:
        return LIGHT.boxes[look]
    if look in ("wire", "hatch", "seen"):
        return "none", {"wire": LIGHT.wire, "hatch": LIGHT.hatch}.get(look, LIGHT.heat)
    return {"paper": LIGHT.paper, "head": LIGHT.wire}.get(look, LIGHT.heat), "none"


def _way(mark: Stroke | Bent | Polygon, path: PDFPathObject) -> PDFPathObject:
    """From point to point; a bent one leaves and arrives straight down."""
    path.moveTo(*mark.points[0])
    for (x, y), (to_x, to_y) in pairwise(mark.points):
        if isinstance(mark, Bent) and x != to_x:
            half = (y + to_y) / 2
            path.curveTo(x, half, to_x, half, to_x, to_y)
        else:
            path.lineTo(to_x, to_y)
    if isinstance(mark, Polygon):
        path.close()
    return path


def _letters(mark: Letters, canvas: Canvas) -> None:
    """A line of text, no wider than the room that it was given."""
    found = runs(line(mark.text), mark.look)
    if not found:
        return
    wide, room = long(found, mark.look), width(mark.text, mark.look)
    narrow = min(1, room / wide)
    back = {"start": 0, "middle": 0.5, "end": 1}[mark.anchor] * wide * narrow
    text = canvas.beginText()
    text.setFillColor(HexColor(LIGHT.letters[mark.look]))
    text.setTextTransform(narrow, 0, 0, -1, mark.x - back, mark.y)
    for font, letters in found:
        text.setFont(font, SIZES[mark.look])
        text.textOut(letters)
    canvas.drawText(text)
