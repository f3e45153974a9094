"""The project of a spec: the folders whose files it may lead to, and its settings file."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import BinaryIO

from cnncalc import zoo

OWN_FILE = "cnncalc.toml"
FILES = (OWN_FILE, "pyproject.toml")
"""Where settings stand; of several in one folder, the first."""

LARGEST_SETTINGS = 2**20
"""Bytes of a settings file."""

STANDARD_INPUT = "-"

WIDEN = "`--root FOLDER` names the folder that specs may read from"


_NAMED: ContextVar[str | None] = ContextVar("root", default=None)
"""The folder that a person named in place of the project; nothing that is read can set it."""

_READING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class NoFileError(OSError):
    """A folder, a pipe or a device stands where a file is wanted: `what`."""

    def __init__(self, mode: int) -> None:
        self.what = "a folder" if stat.S_ISDIR(mode) else "a pipe or a device"
        super().__init__(f"this is {self.what}")


# -- the folders ----------------------------------------------------------------------------


def use_root(folder: str | None) -> None:
    """From now on specs may lead to the files in `folder`; None: to those of their project."""
    _NAMED.set(folder)


@contextmanager
def rooted(folder: str | None) -> Iterator[None]:
    """Within, specs may lead to the files in `folder`; None: to the same as before."""
    before = _NAMED.get()
    use_root(before if folder is None else folder)
    try:
        yield
    finally:
        use_root(before)


def reach(spec: str) -> tuple[str, ...]:
    """The folders, links resolved, whose files a spec may lead to: those of its project and of
    the zoo; of standard input, `-`, those of the working folder."""
    if spec == STANDARD_INPUT and _NAMED.get() is None:
        return os.path.realpath(""), _shipped()
    return reach_from(os.path.dirname(spec))


def reach_from(folder: str) -> tuple[str, ...]:
    """As `reach`, of the specs in a folder."""
    root, shipped = _NAMED.get(), _shipped()
    if root is not None:
        return os.path.realpath(root), shipped
    place = os.path.realpath(folder)
    return (shipped,) if within(place, (shipped,)) else (_root(place), shipped)


def within(path: str, folders: Iterable[str]) -> bool:
    """Whether a path is in one of some folders; of all, links are resolved."""
    return any(path == folder or path.startswith(os.path.join(folder, "")) for folder in folders)


def _shipped() -> str:
    return os.path.realpath(zoo.place())


def _root(place: str) -> str:
    """The folder of the nearest settings file or git repository upward, else the place itself."""
    found = (one for one in _upward(place) if _is_repository(one) or _settings_in(one))
    return next(found, place)


def _upward(folder: str) -> Iterator[str]:
    """A folder and those above it."""
    yield folder
    while (parent := os.path.dirname(folder)) != folder:
        yield parent
        folder = parent


def _is_repository(folder: str) -> bool:
    return os.path.exists(os.path.join(folder, ".git"))


# -- the settings file ----------------------------------------------------------------------


def nearest(folder: str) -> str | None:
    """The settings file that holds for a folder: the first upward, itself included."""
    return next(filter(None, map(_settings_in, _upward(folder))), None)


def leads_out(path: str) -> bool:
    """Whether a settings file is a link to outside of its repository, of its own folder where it
    is in none."""
    if not os.path.islink(path):
        return False
    root, place = _NAMED.get(), os.path.realpath(os.path.dirname(path))
    repository = next(filter(_is_repository, _upward(place)), place)
    allowed = (repository,) if root is None else (repository, os.path.realpath(root))
    return not within(os.path.realpath(path), allowed)


def _settings_in(folder: str) -> str | None:
    """The settings file of a folder. A link that leads out is taken for one, unopened."""
    for name in FILES:
        path = os.path.join(folder, name)
        if leads_out(path) or (os.path.isfile(path) and _speaks_of_us(path, name)):
            return path
    return None


def _speaks_of_us(path: str, name: str) -> bool:
    """Whether a `pyproject.toml` has our table, seen without reading it as TOML."""
    if name == OWN_FILE:
        return True
    try:
        with opened(path) as file:
            text = file.read(LARGEST_SETTINGS).decode("utf-8", errors="replace")
    except OSError:
        return False
    return table_line(text) is not None


def table_line(text: str) -> int | None:
    """The line of a `pyproject.toml` where our table begins."""
    if "cnncalc" not in text:
        return None
    import re  # few projects have one

    table = r"^[ \t]*\[[ \t]*tool[ \t]*\.[ \t]*[\"']?cnncalc\b"
    found = re.search(table, text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else None


# -- files ----------------------------------------------------------------------------------


def opened(path: str | os.PathLike[str]) -> BinaryIO:
    """A file, opened to be read. Raises OSError; NoFileError for what is none, which is not opened,
    and where it takes a file's place meanwhile, not waited for."""
    _must_be_file(os.stat(path))
    file = os.fdopen(os.open(path, _READING), "rb")
    try:
        _must_be_file(os.fstat(file.fileno()))
    except NoFileError:
        file.close()
        raise
    return file


def _must_be_file(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise NoFileError(status.st_mode)
