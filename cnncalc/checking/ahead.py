"""Many files at once: what is known of them is recalled, the others are examined by several
processes, and a checker finds all of it there when it comes to them, one by one."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cnncalc.checking.checker import Checker, Examined
from cnncalc.checking.discovery import yaml_files
from cnncalc.language.text.files import watched

if TYPE_CHECKING:
    from cnncalc.checking.remembered import Entry

FEW = 8
"""Files that one process checks sooner than it recalls them, or starts others."""


def look_ahead(checker: Checker, paths: Sequence[str], jobs: int | None, remembers: bool) -> None:
    """Examine the files that `paths` lead to, where they are many.

    jobs: processes; None: as many as there are processors
    remembers: whether what earlier runs have found is taken, and this one's kept
    """
    files = [*{os.path.realpath(file): file for file in _files(paths)}.values()]
    if len(files) < FEW:
        return
    scout = Checker(checker.overrides, checker.policy, checker.inputs)
    if not remembers:
        checker.ahead = {path: file for path, (file, _) in _examined(scout, files, jobs)}
        return
    from cnncalc.checking.remembered import Memory  # few checks are of many files

    memory = Memory({"set": checker.overrides, "input": checker.inputs or {}})
    known = {path: memory.recall(path, scout.settings_beside(path)) for path in files}
    checker.ahead = {path: file for path, file in known.items() if file}
    unknown = [path for path in files if path not in checker.ahead]
    for path, (file, entry) in _examined(scout, unknown, jobs):
        checker.ahead[path] = file
        memory.keep(path, entry)
    memory.save()


def _files(paths: Sequence[str]) -> Iterator[str]:
    for path in paths:
        if os.path.isdir(path):
            yield from yaml_files(path)
        elif path != "-" and os.path.exists(path):
            yield path
