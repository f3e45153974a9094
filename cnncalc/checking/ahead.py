"""Many files at once: what is known of them is recalled, the others are examined by several
processes, and a checker finds all of it there when it comes to them, one by one."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cnncalc.checking.checker import Checker, Examined
from cnncalc.checking.discovery import yaml_files

if TYPE_CHECKING:
    from cnncalc.checking.remembered import Entry

FEW = 8
"""Files that one process checks sooner than it recalls them, or starts others."""


def look_ahead(checker: Checker, paths: Sequence[str], jobs: int | None, remembers: bool) -> None:
    """Examine the files that `paths` lead to, where they are many.

    jobs: processes; None: as many as there are processors
    remembers: whether what earlier runs have found is taken, and what this one finds is kept
    """
    files = _files(paths)
    if len(files) < FEW:
        return
    from cnncalc.checking.remembered import Remembered, recorded  # few checks are of many files
    from cnncalc.checking.workers import cores, shared

    scout = Checker(checker.overrides, checker.policy, checker.inputs)
    known = Remembered((checker.overrides, checker.inputs or {}) if remembers else None)

    def examined(path: str) -> tuple[Examined, Entry | None]:
        result = recorded(scout, path)
        if not gc.isenabled():
            gc.collect(0)  # a graph leads to itself, and little of it is kept
        return result

    def recall(paths: Sequence[str]) -> list[str]:
        """Those of which nothing is known."""
        for path in paths:
            file = known.recall(path, scout.settings_beside(path))
            if file:
                checker.ahead[path] = file
        return [path for path in paths if path not in checker.ahead]

    unknown = recall(files)
    processes = min(jobs or cores(), len(unknown) // FEW)
    for path, entry in shared(lambda path: examined(path)[1], unknown, processes).items():
        known.keep(path, entry)
    for path in recall(unknown) if processes > 1 else unknown:
        checker.ahead[path], entry = examined(path)
        known.keep(path, entry)
    known.save()


def _files(paths: Sequence[str]) -> list[str]:
    """The files that are asked for, each by the first of its names."""
    found: dict[str, str] = {}
    for path in paths:
        for file in _below(path):
            found.setdefault(os.path.realpath(file), file)
    return [*found.values()]


def _below(path: str) -> Iterator[str]:
    if os.path.isdir(path):
        yield from yaml_files(path)
    elif path != "-" and os.path.exists(path):
        yield path
