"""The files that commands write: none is lost without `--force`, none is left half written."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cnncalc import whole_files
from cnncalc.commands.options import UsageError
from cnncalc.text import line
from cnncalc.whole_files import is_device


def check_free(output: str | None, force: bool) -> None:
    """Raises UsageError where a file cannot be written, or would be lost. A link counts as what it
    is: a file of that name. A device or a pipe has nothing to lose."""
    if output is None:
        return
    found = _state(output)
    if os.path.isdir(output):
        raise UsageError(f"`{output}` is a folder; name a file")
    if found and not force and not is_device(output):
        raise UsageError(f"`{output}` exists already; --force writes over it")
    folder = os.path.dirname(output) or "."
    if not os.path.isdir(folder):
        raise UsageError(f"cannot write `{output}`: there is no folder `{folder}`")
    if not os.access(folder, os.W_OK) and not is_device(output):
        raise UsageError(f"cannot write `{output}`: permission denied")


def check_apart(one: str | None, other: str | None, options: str) -> None:
    """Raises UsageError where two things would go to one file, under two names or one.
    options: what the two are called, as in `--output and --to`."""
    if one and other and os.path.realpath(one) == os.path.realpath(other):
        raise UsageError(f"{options} name one file: what they write are two")


def check_folder(folder: str | None) -> None:
    """Raises UsageError where a folder of that name cannot be."""
    if folder is not None and _state(folder) and not os.path.isdir(folder):
        raise UsageError(f"`{folder}` is a file; name a folder")


def _state(path: str) -> os.stat_result | None:
    """What is there; None for nothing. Raises UsageError where nothing can be."""
    try:
        return os.lstat(path)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise _unwritten(path, error) from None


def write(text: str | bytes, output: str) -> None:
    """A text, line ends as they are, or bytes. Raises UsageError where it cannot be written."""
    with whole(output) as file:
        if isinstance(text, bytes):
            file.write_bytes(text)
        else:
            file.write_text(text, encoding="utf-8", errors="backslashreplace", newline="")


def put(text: str | bytes, output: str | None) -> None:
    """As `write`; a text, where no file is named, to standard output."""
    if output is None:
        sys.stdout.write(str(text))
    else:
        write(text, output)


def tell(lines: Iterable[str]) -> None:
    """To standard error, where standard output is for what was made."""
    for said in lines:
        print(line(said), file=sys.stderr)  # noqa: T201


@contextmanager
def whole(output: str) -> Iterator[Path]:
    """As `whole_files.whole`. Raises UsageError where it cannot be written."""
    try:
        with whole_files.whole(output) as path:
            yield path
    except OSError as error:
        raise _unwritten(output, error) from None


def _unwritten(path: str, error: Exception) -> UsageError:
    reason = getattr(error, "strerror", None) or str(error)
    return UsageError(f"cannot write `{path}`: {reason.lower()}")
