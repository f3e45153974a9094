"""`cnncalc report FOLDER`: a page of all the networks in a folder."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.checking.networks import Met, networks_in
from cnncalc.commands import PROBLEMS, SOUND
from cnncalc.commands.graphs import report
from cnncalc.commands.options import UsageError
from cnncalc.commands.output import put
from cnncalc.commands.progress import progress
from cnncalc.diagnostics import Diagnostics
from cnncalc.report.page.folder_page import folder_page


def report_folder(folder: str, output: str | None) -> int:
    """Write the page; 1 where specs cannot be read, which are on it. Raises UsageError where there
    is none."""
    met = met_in(folder)
    put(folder_page(folder, met), output)
    return report_unread(met)


def met_in(folder: str) -> list[Met]:
    """The specs of a folder. Raises UsageError where there is none."""
    with progress(f"reading {folder}"):
        found = list(networks_in(folder))
    if not found:
        raise UsageError(f"`{folder}` has no spec in it, nor below")
    return found


def report_unread(met: Sequence[Met]) -> int:
    """Print what is wrong with those that cannot be read; the exit code."""
    diagnostics = Diagnostics()
    unread = [one for one in met if one.summary is None]
    for one in unread:
        for found in one.found:
            diagnostics.add(found)
    report(diagnostics)
    return PROBLEMS if unread else SOUND
