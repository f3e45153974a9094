"""A picture as PNG: the page of its PDF, in pixels."""

from __future__ import annotations

from io import BytesIO

import pypdfium2  # type: ignore[import-untyped]

from cnncalc.report.picture.marks import Picture
from cnncalc.report.picture.to_pdf import INCH, PixelsError, to_pdf

MOST = 100_000_000
"""Pixels, which take four bytes each while they are drawn."""


def to_png(picture: Picture, inches: float | None = None, dpi: int = 192) -> bytes:
    """The whole file, with so many pixels an inch; so wide, else 1/96 of an inch is what a pixel is
    in SVG. Raises PixelsError."""
    with pypdfium2.PdfDocument(to_pdf(picture, inches)) as document:
        page = document[0]
        wide, high = (side * dpi / INCH for side in page.get_size())
        if wide * high > MOST:
            raise PixelsError(f"{wide:,.0f} x {high:,.0f} pixels are too many")
        image = page.render(scale=dpi / INCH).to_pil()
    file = BytesIO()
    image.save(file, "PNG", dpi=(dpi, dpi))
    return file.getvalue()
