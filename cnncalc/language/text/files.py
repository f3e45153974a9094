"""Spec files as texts, bounded in size."""

from __future__ import annotations

import os
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from cnncalc import streams, zoo
from cnncalc.diagnostics import Diagnostics, Source, Span
from cnncalc.language.text.tree import LARGEST_FILE
from cnncalc.path_texts import stem
from cnncalc.project import NoFileError, opened
from cnncalc.records import NamedTuple

Reader = Callable[[str, str, Diagnostics, Span | None], Source | None]
"""As `read_file`: where the texts of spec files come from."""


class Looked(NamedTuple):
    """A file that was looked for, and its text if it was read."""

    path: str
    source: Source | None = None


_LOOKED: ContextVar[list[Looked] | None] = ContextVar("looked", default=None)


@contextmanager
def watched() -> Iterator[list[Looked]]:
    """Every file that is looked for within, and every one that is read."""
    looked: list[Looked] = []
    before = _LOOKED.set(looked)
    try:
        yield looked
    finally:
        _LOOKED.reset(before)


def looked_for(path: str, source: Source | None = None) -> None:
    """Tell who watches."""
    looked = _LOOKED.get()
    if looked is not None:
        looked.append(Looked(path, source))


def read_file(path: str, name: str, diagnostics: Diagnostics, at: Span | None) -> Source | None:
    """The text of a spec file; None, reported at `at`, where it cannot be read."""
    source = _read(path, name, diagnostics, at)
    looked_for(path, source)
    return source


def _read(path: str, name: str, diagnostics: Diagnostics, at: Span | None) -> Source | None:
    blame = at or nowhere(name)
    reached = f"`{name}`: " if at else ""
    try:
        with opened(path) as file:
            size = os.fstat(file.fileno()).st_size
            data = file.read(LARGEST_FILE + 1) if size <= LARGEST_FILE else None
    except NoFileError as error:
        hint = None if error.what == "a folder" else "`-` reads standard input"
        diagnostics.error("CNN107", blame, f"{reached}{error}, not a spec file", hint)
        return None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        hint = "a file is looked for beside the one that names it, then in the zoo" if at else None
        if at is None and isinstance(error, FileNotFoundError):
            hint = _of_the_zoo(path)
        diagnostics.error("CNN107", blame, f"{reached}cannot be read: {reason.lower()}", hint)
        return None
    if data is None:
        message = f"{reached}{size:,} bytes; a spec has at most {LARGEST_FILE:,}"
        diagnostics.error("CNN106", blame, message, "`repeat` and `blocks` shorten a spec")
        return None
    return decode(data, name, diagnostics, blame)


def _of_the_zoo(path: str) -> str | None:
    """Which network of the zoo a name was probably meant for."""
    name = stem(path)
    return zoo.known_as(name) if path in (name, f"{name}.yaml", f"{name}.yml") else None


def decode(data: bytes, name: str, diagnostics: Diagnostics, blame: Span) -> Source | None:
    """UTF-8 bytes as a source."""
    if len(data) > LARGEST_FILE:
        message = f"a spec has at most {LARGEST_FILE:,} bytes"
        diagnostics.error("CNN106", blame, message, "`repeat` and `blocks` shorten a spec")
        return None
    try:
        return Source(name, data.removeprefix(BOM_UTF8).decode("utf-8"))
    except UnicodeDecodeError as error:
        message = f"not a text: byte {error.start} is no UTF-8"
        diagnostics.error("CNN107", blame, message, "save it as UTF-8")
        return None


def read_standard_input(diagnostics: Diagnostics) -> Source | None:
    """The spec that is piped in. Raises StreamError where nothing can be."""
    name = "<stdin>"
    data = streams.read_standard_input(LARGEST_FILE + 1)
    return decode(data, name, diagnostics, nowhere(name))


def nowhere(name: str) -> Span:
    """The place of what is wrong with a text as a whole."""
    return Span(Source(name, ""), 1, 1, 1, 1)
