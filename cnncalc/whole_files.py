"""A file that is written whole or not at all."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def is_device(path: str) -> bool:
    """Whether it is written into, and never replaced: `/dev/null`, a pipe."""
    return os.path.exists(path) and not stat.S_ISREG(os.stat(path).st_mode)


@contextmanager
def whole(output: str) -> Iterator[Path]:
    """A path to write to; what is there in the end takes the place of `output`, with the files
    that were made beside it. Raises OSError where it cannot be written."""
    from tempfile import TemporaryDirectory  # few runs write a file

    target, device = Path(output), is_device(output)  # of a link its place is taken
    beside = None if device else target.parent
    try:
        with TemporaryDirectory(prefix=".cnncalc-", dir=beside) as folder:
            yield Path(folder, target.name)
            if device:
                target.write_bytes(Path(folder, target.name).read_bytes())
                return
            for made in sorted(Path(folder).iterdir(), key=lambda file: file.name == target.name):
                made.replace(target.with_name(made.name))
    except OSError as error:
        error.filename = output  # not of what is written in its place
        raise
