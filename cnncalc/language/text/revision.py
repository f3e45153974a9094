"""Specs as they stood at a revision of their git repository, read without touching a file."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from cnncalc.diagnostics import Diagnostics, Source, Span
from cnncalc.language.text.files import decode
from cnncalc.language.text.tree import LARGEST_FILE
from cnncalc.records import NamedTuple

_OF_A_HOOK = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")


class RevisionError(Exception):
    """There is no such revision, or nothing to look for it in; the message says why."""


class _Place(NamedTuple):
    """A folder of a repository at some revision.

    prefix: the folder within the repository, with its slash; commit: the revision's hash
    """

    folder: Path
    prefix: str
    commit: str


class Revision:
    """The files of a revision, `HEAD~1`, whichever repository each stands in."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._places: dict[Path, _Place] = {}

    def has(self, path: str) -> bool:
        """Whether there was a file at `path`. Raises RevisionError."""
        return self._content(path) is not None

    def read(
        self, path: str, name: str, diagnostics: Diagnostics, at: Span | None
    ) -> Source | None:
        """The text of the file at `path` as it stood then, named as git does,
        `HEAD~1:specs/resnet50.yaml`; None, reported at `at`, where there was none."""
        blame = at or Span(Source(name, ""), 1, 1, 1, 1)
        try:
            name = f"{self.name}:{self._within(path)}"
            content = self._content(path)
        except RevisionError as error:
            diagnostics.error("CNN107", blame, str(error))
            return None
        if content is None:
            message = f"`{name}` cannot be read: there is no such file"
            diagnostics.error("CNN107", blame, message)
            return None
        return decode(content, name, diagnostics, blame)

    def _within(self, path: str) -> str:
        """A path from the root of its repository, as git writes it."""
        place = self._place(path)
        return place.prefix + _absolute(path).relative_to(place.folder).as_posix()

    def _content(self, path: str) -> bytes | None:
        """What the file held, up to a little more than a spec may; None where there was none."""
        place, within = self._place(path), self._within(path)
        if "\n" in within:
            return None  # `cat-file` reads a name a line
        command = ["git", "cat-file", "--batch", "--follow-symlinks"]
        with subprocess.Popen(
            command,
            cwd=place.folder,
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as git:
            assert git.stdin is not None
            assert git.stdout is not None
            git.stdin.write(os.fsencode(f"{place.commit}:{within}\n"))
            git.stdin.close()
            _, _, told = git.stdout.readline().decode(errors="replace").partition(" ")
            kind, _, size = told.strip().partition(" ")
            if kind != "blob":
                return None
            return git.stdout.read(min(int(size), LARGEST_FILE + 1))

    def _place(self, path: str) -> _Place:
        """The folder that `path` is in, or was in: the closest one that is still there."""
        folder = _absolute(path).parent
        while not os.path.isdir(folder):
            folder = folder.parent
        if folder not in self._places:
            self._places[folder] = self._found(folder, path)
        return self._places[folder]

    def _found(self, folder: Path, path: str) -> _Place:
        prefix = _git(folder, "rev-parse", "--show-prefix")
        if prefix.returncode:
            reason = next(iter(prefix.stderr.splitlines()), "").removeprefix("fatal: ")
            if "not a git repository" in reason:
                raise RevisionError(f"`{path}` is not in a git repository")
            raise RevisionError(f"`{path}`: git says: {reason}")
        commit = _git(folder, "rev-parse", "--verify", "--quiet", f"{self.name}^{{commit}}")
        if commit.returncode or self.name.startswith("-"):
            raise RevisionError(f"git knows no revision `{self.name}`{self._remedy(folder)}")
        return _Place(folder, prefix.stdout.rstrip("\n"), commit.stdout.strip())

    def _remedy(self, folder: Path) -> str:
        """What to do in a clone that has only its last commits."""
        shallow = _git(folder, "rev-parse", "--is-shallow-repository").stdout.strip() == "true"
        return "; this clone is shallow: `git fetch --unshallow` brings the rest" if shallow else ""


def _absolute(path: str) -> Path:
    """A path in full, links kept: git follows those of the revision."""
    return Path(os.path.abspath(path))


def _environment() -> dict[str, str]:
    """For git: its messages in English, and each spec's own repository instead of the one that a
    hook runs in."""
    kept = {name: value for name, value in os.environ.items() if name not in _OF_A_HOOK}
    return {**kept, "LC_ALL": "C"}


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What git says. Raises RevisionError where there is no git."""
    try:
        return subprocess.run(
            ["git", *arguments],
            cwd=folder,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            env=_environment(),
            check=False,
        )
    except FileNotFoundError:
        raise RevisionError("`git` is not installed, or not on the PATH") from None
