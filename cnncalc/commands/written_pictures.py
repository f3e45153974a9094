"""A picture in the format that is asked for; what a format lacks, said."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from cnncalc.commands.formats import Format, load
from cnncalc.commands.options import UsageError

if TYPE_CHECKING:
    from cnncalc.report.picture.marks import Picture


def written(picture: Picture, form: Format, size: Mapping[str, float]) -> str | bytes:
    """The file. Raises UsageError where a package is missing, or it would be too large."""
    try:
        write: Callable[..., str | bytes] = load(form.renderer)
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        message = f"--format {form.name} needs {package}: pip install 'cnncalc[{form.extra}]'"
        raise UsageError(message) from None
    if not form.file:
        return write(picture, **size)
    return _on_paper(picture, write, form.name, size)


def _on_paper(
    picture: Picture, write: Callable[..., str | bytes], form: str, size: Mapping[str, float]
) -> str | bytes:
    """A PDF, or of it a PNG. Raises UsageError."""
    from cnncalc.report.picture.pdf_fonts import lacking
    from cnncalc.report.picture.to_pdf import PixelsError

    try:
        file = write(picture, **size)
    except PixelsError as error:
        message = f"{error}: a smaller --dpi or --depth, or --format pdf"
        raise UsageError(message) from None
    if letters := lacking(picture):
        message = f"no font here has {letters}: shown by their numbers; an SVG has them"
        print(f"cnncalc: {message}", file=sys.stderr)  # noqa: T201
    return file
