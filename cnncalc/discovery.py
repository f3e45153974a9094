"""The YAML files below a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator

SUFFIXES = (".yaml", ".yml")
PASSED_OVER = ("node_modules", "__pycache__", "site-packages")
"""Folders that hold what others wrote; hidden ones and virtual environments are passed over too."""


def yaml_files(folder: str) -> Iterator[str]:
    """The YAML files in `folder` and below, in order; links to folders are not followed."""
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not _passed_over(place, name))
        for name in sorted(files):
            path = os.path.normpath(os.path.join(place, name))
            if name.endswith(SUFFIXES) and os.path.isfile(path):
                yield path


def _passed_over(place: str, name: str) -> bool:
    hidden = name.startswith(".") or name in PASSED_OVER
    return hidden or os.path.isfile(os.path.join(place, name, "pyvenv.cfg"))
