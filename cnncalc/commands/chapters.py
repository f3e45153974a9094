"""Networks for a page: read, judged, counted."""

from __future__ import annotations

from cnncalc.commands.graphs import report
from cnncalc.diagnostics import Diagnostics
from cnncalc.report.page.chapter import Chapter
from cnncalc.report.page.checked_chapter import checked_chapter


def chapter_of(
    spec: str, overrides: dict[str, str], inputs: dict[str, str], batch: int, prefix: str = ""
) -> Chapter | None:
    """A network for a page, with what `check` finds in it; None where it has errors, which are
    printed."""
    diagnostics = Diagnostics()
    chapter = checked_chapter(spec, diagnostics, overrides, inputs, batch, prefix)
    report(diagnostics)
    return chapter
