"""Files from elsewhere: opened only where they are regular, read only where memory holds them."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from cnncalc.layers.fields import counted

MOST = 2**34
"""Bytes that are read at once where the machine does not say how much memory it has."""

DEFLATED = 1032
"""What deflate makes of a byte, at most."""


class ReadError(Exception):
    """A file is not what it should be; the message goes on behind its name: `is a folder`. What it
    quotes of the file can be of any length, and is cut."""

    def __init__(self, message: str) -> None:
        super().__init__(brief(message, 400))


def size_of(path: Path) -> int:
    """The bytes of a regular file, which memory holds. Raises ReadError: to open a pipe may take
    forever."""
    try:
        found = path.stat()
    except (OSError, ValueError) as error:
        raise ReadError(f"cannot be read: {reason(error)}") from None
    if stat.S_ISDIR(found.st_mode):
        raise ReadError("is a folder, where a file is wanted")
    if not stat.S_ISREG(found.st_mode):
        raise ReadError("is a pipe, a socket or a device, where a file is wanted")
    check_size(found.st_size)
    return found.st_size


def content(path: Path) -> bytes:
    """All of a file. Raises ReadError."""
    size_of(path)
    try:
        return path.read_bytes()
    except OSError as error:
        raise ReadError(f"cannot be read: {reason(error)}") from None


def check_size(size: int) -> None:
    """Raises ReadError where so many bytes are more than half of the machine's memory."""
    if size > most():
        raise ReadError(
            f"holds {shown(size)}, more than half of this machine's memory ({shown(2 * most())})"
        )


def most() -> int:
    """Half of the machine's memory: what is read is worked on, too."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    except (AttributeError, ValueError, OSError):
        return MOST


def shown(size: int) -> str:
    """`1.5 GiB`."""
    power = min(max(size.bit_length() - 1, 0) // 10, 8)
    unit = ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB")[power]
    return counted(size, "byte") if not power else f"{size / 2 ** (10 * power):,.1f} {unit}"


def brief(text: str, most: int = 100) -> str:
    """Its beginning, where it is longer than so many characters."""
    return text if len(text) <= most else f"{text[:most]}..."


def reason(error: OSError | ValueError) -> str:
    """Why the system refuses, in its words."""
    return (getattr(error, "strerror", None) or str(error)).lower()


def first_line(error: Exception) -> str:
    """What an error says, in a line."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]
