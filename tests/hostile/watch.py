"""What a piece of Python does to the machine, as the interpreter tells it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]

NEVER = (
    *("os.system", "os.exec", "os.spawn", "pty.spawn", "socket.connect", "socket.bind"),
    *("urllib.", "ftplib.", "http.", "smtplib.", "builtins.breakpoint", "builtins.input"),
)
"""Events that no command needs, by their beginnings."""

READING = (
    *(*NEVER, "os.fork", "os.posix_spawn", "subprocess.Popen", "socket.", "ctypes.dlopen"),
    *("os.putenv", "os.kill", "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.chmod"),
    *("os.link", "os.symlink", "shutil."),
)
"""Events that nothing needs that only reads and computes."""

READS = tuple(
    os.path.realpath(path) for path in (sys.prefix, sys.base_prefix, ROOT, *sys.path) if path
)
"""Where Python, its packages and cnncalc are."""


class Watch:
    """Notes what happens while it is on. Once made, the interpreter keeps it."""

    def __init__(self, folder: Path, events: tuple[str, ...] = READING) -> None:
        self.folder = os.path.realpath(folder)
        self.events = events
        self.on = False
        self.seen: list[str] = []
        sys.addaudithook(self.hear)

    def hear(self, event: str, arguments: tuple[object, ...]) -> None:
        """An event of the interpreter's."""
        if not self.on:
            return
        opens = event == "open" and self.events is READING and self.is_foreign(*arguments[:3])
        if opens or event.startswith(self.events):
            self.seen.append(f"{event}{arguments!r}"[:300])

    def is_foreign(self, path: object, mode: object, flags: object) -> bool:
        """Whether a file is opened that is neither the user's own nor of Python's installation."""
        if not isinstance(path, str | bytes):
            return False
        where = os.path.realpath(os.fsdecode(path))
        if where == self.folder or where.startswith(self.folder + os.sep):
            return False
        writes = isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR))
        return writes or not where.startswith(READS)

    @contextmanager
    def watching(self) -> Iterator[list[str]]:
        """What is seen meanwhile."""
        self.seen, self.on = [], True
        try:
            yield self.seen
        finally:
            self.on = False
