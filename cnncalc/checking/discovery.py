"""The YAML files below a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator

from cnncalc.project import reach_from, within

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


def _passed_over(place: str, name: str) -> bool:
    hidden = name.startswith(".") or name in PASSED_OVER
    return hidden or os.path.isfile(os.path.join(place, name, "pyvenv.cfg"))


def _inside(path: str, allowed: tuple[str, ...]) -> bool:
    """Whether a file is where it seems to be, or a link to one that may be read."""
    return not os.path.islink(path) or within(os.path.realpath(path), allowed)
