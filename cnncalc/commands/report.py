"""`cnncalc report`: a network as a page of HTML that stands alone."""

from __future__ import annotations

import os
from collections.abc import Sequence

from cnncalc.commands import PROBLEMS, SOUND
from cnncalc.commands.chapters import chapter_of
from cnncalc.commands.options import Given, UsageError, arguments, samples, shapes
from cnncalc.commands.output import check_free, put


def report(
    specs: Sequence[str],
    settings: Sequence[str],
    output: str | None = None,
    force: bool = False,
    inputs: Sequence[str] = (),
    batch: int = 1,
    revision: str | None = None,
    profile: str | None = None,
) -> int:
    """Write a page of a network, or of a folder's, to standard output or a file; over a file that
    exists with `force` alone. profile: a file of what was measured. Raises UsageError."""
    from cnncalc.report.page.to_html import to_html

    overrides, given = arguments(settings), shapes(inputs)
    check_free(output, force)
    if profile is not None and (revision is not None or len(specs) > 1):
        raise UsageError("--profile is of one network")
    if folders := [*filter(os.path.isdir, specs)]:
        if overrides or given or batch != 1 or revision is not None or profile is not None:
            options = "--set, --input, --batch, --git and --profile"
            raise UsageError(f"{options} are of specs, not of a folder")
        return _of_folder(folders[0], specs, output)
    if revision is not None or len(specs) > 1:
        return _of_several(specs, Given(overrides, given), samples(batch), output, revision)
    chapter = chapter_of(specs[0], overrides, given, samples(batch))
    if chapter is None:
        return PROBLEMS
    if profile is not None:
        from cnncalc.commands.profile_file import profile_file  # few ask

        chapter.measured = profile_file(profile, chapter.summary)
    put(to_html(chapter), output)
    return SOUND


def _of_folder(folder: str, specs: Sequence[str], output: str | None) -> int:
    """The page of a folder, which stands alone. Raises UsageError."""
    if len(specs) > 1:
        raise UsageError(f"`{folder}` is a folder: its page has no other specs")
    from cnncalc.commands.report_folder import report_folder  # its page is another

    return report_folder(folder, output)


def _of_several(
    specs: Sequence[str], given: Given, batch: int, output: str | None, revision: str | None
) -> int:
    """The page of several networks, or of two versions of one. Raises UsageError."""
    from cnncalc.commands.report_several import report_revision, report_several  # few ask

    if revision is None:
        return report_several(specs, given, batch, output)
    if len(specs) > 1:
        raise UsageError("--git compares one spec with what it was")
    return report_revision(specs[0], revision, given, batch, output)
