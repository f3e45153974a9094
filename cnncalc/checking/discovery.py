"""The YAML files below a folder, and what each is."""

from __future__ import annotations

import os
from collections.abc import Iterator

from cnncalc.diagnostics import Source
from cnncalc.language.text.recognize import Sort, recognize
from cnncalc.language.text.tree import LARGEST_FILE
from cnncalc.project import opened, reach_from, within

SUFFIXES = (".yaml", ".yml")
PASSED_OVER = ("node_modules", "__pycache__", "site-packages")
"""Folders that hold what others wrote; hidden ones and virtual environments are passed over too."""


def yaml_files(folder: str) -> Iterator[str]:
    """The YAML files in `folder` and below, in order; links to folders are not followed, nor those
    to files outside of its project."""
    allowed = reach_from(folder)
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not _passed_over(place, name))
        for name in sorted(files):
            path = os.path.normpath(os.path.join(place, name))
            if name.endswith(SUFFIXES) and _inside(path, allowed) and os.path.isfile(path):
                yield path


def sort_of(path: str, source: Source | None) -> Sort | None:
    """What a file is, from what was read of it; None: neither a spec nor a library. What cannot be
    opened is taken for a spec, as it was asked for."""
    if source:
        return recognize(source.text)
    if not os.path.isfile(path) or not os.access(path, os.R_OK):
        return "spec"
    with opened(path) as file:  # too long, or no UTF-8
        return recognize(file.read(LARGEST_FILE).decode("utf-8", errors="replace"))


def _passed_over(place: str, name: str) -> bool:
    hidden = name.startswith(".") or name in PASSED_OVER
    return hidden or os.path.isfile(os.path.join(place, name, "pyvenv.cfg"))


def _inside(path: str, allowed: tuple[str, ...]) -> bool:
    """Whether a file is where it seems to be, or a link to one that may be read."""
    return not os.path.islink(path) or within(os.path.realpath(path), allowed)
