"""A line on a terminal while something takes long, gone behind it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from cnncalc.streams import write_ours
from cnncalc.text import line


@contextmanager
def progress(text: str) -> Iterator[None]:
    """Within it, the line is there, where standard error is a terminal."""
    if not sys.stderr.isatty():
        yield
        return
    write_ours(f"\r{line(text)} ...", sys.stderr)
    sys.stderr.flush()
    try:
        yield
    finally:
        write_ours("\r\033[K", sys.stderr)
        sys.stderr.flush()
