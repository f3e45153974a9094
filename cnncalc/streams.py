"""Standard input, output and error of the command line: what may pass, and what if they break.

All that is printed passes `lines`, whoever prints it: a renderer, a library, a traceback. The
renderers have encoded their values before, to keep columns straight; here it holds even where one
forgot. What a stream cannot take is dropped: a command's exit code says what it found, not who
read it.
"""

from __future__ import annotations

import io
import os
import sys
from typing import TextIO

from cnncalc.text import lines

USAGE = 2
USUAL = 80
"""Columns of a terminal that does not say."""


class StreamError(Exception):
    """Standard input cannot be read; the message says why."""


class Ours(str):
    """Text in which all that a terminal or a log obeys is ours, each value in it encoded."""


class Guard(io.TextIOBase):
    """A stream that no control character passes, and that never fails: what went wrong is its
    `failure`. It shows no `buffer`, by which it could be passed by."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.failure: OSError | None = None

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """That of the stream."""
        return self.stream.encoding

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        """What happens to characters that the encoding lacks."""
        return self.stream.errors

    def writable(self) -> bool:
        """It is."""
        return True

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return self.stream.isatty()

    def fileno(self) -> int:
        """Of the stream."""
        return self.stream.fileno()

    def write(self, text: str) -> int:
        """Text of anyone."""
        self.write_ours(lines(text))
        return len(text)

    def write_ours(self, text: str) -> None:
        """Text in which all that a terminal or a log obeys is ours, each value in it encoded."""
        try:
            self.stream.write(text)
        except OSError as error:
            self._drop(error)

    def flush(self) -> None:
        """What is written goes out."""
        try:
            self.stream.flush()
        except OSError as error:
            self._drop(error)

    def _drop(self, error: OSError) -> None:
        """What is still to come, and what waits to be flushed, goes nowhere."""
        self.failure = self.failure or error
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.stream.fileno())
        os.close(nowhere)


def write_ours(text: str, stream: TextIO) -> None:
    """Write what has our own commands in it: colours, a bar, annotations. Each value in it was
    encoded."""
    stream.write_ours(text) if isinstance(stream, Guard) else stream.write(text)


def guard() -> None:
    """Put a guard before standard output and error; close none of the three to others' files."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            setattr(sys, name, _broken(number))
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding=encoding(stream), errors="replace")
        setattr(sys, name, Guard(stream))


def encoding(stream: TextIO) -> str | None:
    """UTF-8 for what Windows sends to a file or a pipe, where specs and sources are read as that;
    None: as it is."""
    chosen = stream.isatty() or "PYTHONIOENCODING" in os.environ
    return None if chosen or os.name != "nt" else "utf-8"


def _broken(number: int) -> TextIO:
    """In place of a stream that is closed, one that fails as it would: a file that is opened later
    must not get its number."""
    held = os.open(os.devnull, os.O_RDONLY if number else os.O_WRONLY)
    if held != number:
        os.dup2(held, number)
        os.close(held)
    return open(number, "w" if number else "r", encoding="utf-8", closefd=False)


def terminal_width() -> int | None:
    """Columns of the terminal that standard output is; None where it is none."""
    return columns() if sys.stdout.isatty() else None


def columns() -> int:
    """Of the terminal, as COLUMNS or it itself says."""
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told):
        return int(told)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or USUAL
    except OSError:
        return USUAL


def read_standard_input(size: int) -> bytes:
    """At most so many bytes. Raises StreamError."""
    try:
        return sys.stdin.buffer.read(size)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise StreamError(f"standard input cannot be read: {reason}") from None


def finished(code: int) -> int:
    """The exit code, once all that was printed is out: 2 where there was no room for it."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    failure = sys.stdout.failure if isinstance(sys.stdout, Guard) else None
    if failure is None or isinstance(failure, BrokenPipeError):
        return code
    reason = (failure.strerror or str(failure)).lower()
    sys.stderr.write(f"cnncalc: standard output cannot be written: {reason}\n")
    sys.stderr.flush()
    return max(code, USAGE)
