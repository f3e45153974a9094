"""One training at a time in a folder: the system frees the lock with the process that holds it,
however that ends."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from cnncalc.runtime.train.errors import TrainError

LOCK = ".lock"
"""The file stays; whether it is locked the system knows."""

TAKEN = {errno.EAGAIN, errno.EACCES, errno.EDEADLK}


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """A folder that no other training writes to meanwhile. Raises TrainError where one does."""
    try:
        file = (folder / LOCK).open("ab")
    except OSError as error:
        raise TrainError(f"cannot write in `{folder}`: {error.strerror}") from None
    with file:
        try:
            _take(file)
        except OSError as error:
            if error.errno in TAKEN:
                raise TrainError(
                    f"another process trains in `{folder}` now: wait for it, or name another"
                    " --output"
                ) from None
            # some file systems lock nothing: there two runs are the user's to keep apart
        yield


def _take(file: IO[bytes]) -> None:
    """Raises OSError where another process has it. A system without locks has none to take."""
    with suppress(ModuleNotFoundError):
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return
    with suppress(ModuleNotFoundError):
        import msvcrt  # where Windows is

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
