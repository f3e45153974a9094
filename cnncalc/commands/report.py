"""`cnncalc report`: a network as a page of HTML that stands alone."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from cnncalc.commands import PROBLEMS, SOUND
from cnncalc.commands.options import arguments, samples, shapes
from cnncalc.commands.options import report as report_faults
from cnncalc.commands.output import check_free, write
from cnncalc.diagnostics import Diagnostics
from cnncalc.report.page.checked_chapter import checked_chapter


def report(
    spec: str,
    settings: Sequence[str],
    output: str | None = None,
    force: bool = False,
    inputs: Sequence[str] = (),
    batch: int = 1,
    profile: str | None = None,
) -> int:
    """Write a page of a network to standard output or a file; over a file that exists with `force`
    alone. profile: a file of what was measured. Raises UsageError."""
    from cnncalc.report.page.to_html import to_html

    overrides, given = arguments(settings), shapes(inputs)
    check_free(output, force)
    diagnostics = Diagnostics()
    chapter = checked_chapter(spec, diagnostics, overrides, given, samples(batch))
    report_faults(diagnostics)
    if chapter is None:
        return PROBLEMS
    if profile is not None:
        from cnncalc.commands.profile_file import profile_file

        chapter.measured = profile_file(profile, chapter.summary)
    text = to_html(chapter)
    if output is None:
        sys.stdout.write(text)
    else:
        write(text, output)
    return SOUND
