"""Work that several processes share: each is a copy of this one, takes what is next, and in the
end hands over what came of it, as JSON. What one does not hand over, because it was killed or
failed, is not there; who asked does it then."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from json import dumps, loads
from typing import Any, BinaryIO

PARTS = 250
"""Into which work is cut, at most: the number of one is a byte."""


def cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def shared(work: Callable[[str], Any], names: Sequence[str], processes: int) -> dict[str, Any]:
    """What comes of `work` for each name, as far as processes handed it over."""
    done: dict[str, Any] = {}
    if processes < 2 or not _can_fork():
        return done
    step = -(-len(names) // PARTS)
    parts = [names[first : first + step] for first in range(0, len(names), step)]

    def run(numbers: BinaryIO, answer: BinaryIO) -> None:
        mine = {name: work(name) for part in _taken(numbers) for name in parts[part]}
        answer.write(dumps(mine).encode())

    with _started(run, len(parts), processes) as answers:
        for answer in answers:
            with suppress(ValueError):  # it ended before its time
                done |= loads(answer.read())
    return done


def _can_fork() -> bool:
    """Whether a copy of this process would be whole: other threads are not copied, and what one of
    them holds would never be let go."""
    if not hasattr(os, "fork"):
        return False
    try:
        return len(os.listdir("/proc/self/task")) == 1
    except OSError:
        threading = sys.modules.get("threading")
        return threading is None or threading.active_count() == 1


@contextmanager
def _started(
    run: Callable[[BinaryIO, BinaryIO], None], parts: int, processes: int
) -> Iterator[list[BinaryIO]]:
    """Processes that run, each with the numbers of the parts, of which no two read the same, and a
    file to write its answer to. Behind it, none is left."""
    numbers, given = os.pipe()
    with os.fdopen(given, "wb") as writer:
        writer.write(bytes(range(parts)))
    answers: list[BinaryIO] = []
    children: list[int] = []
    try:
        with suppress(OSError):  # no more of them can be had
            for _ in range(min(processes, parts)):
                reading, writing = os.pipe()
                answers.append(os.fdopen(reading, "rb"))
                with os.fdopen(writing, "wb") as writer:
                    child = os.fork()
                    if not child:
                        _be_child(run, os.fdopen(numbers, "rb", buffering=0), writer)
                    children.append(child)
        yield answers
    finally:
        for answer in answers:
            answer.close()
        os.close(numbers)
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)  # of one that is done, nothing comes
            os.waitpid(child, 0)


def _be_child(
    run: Callable[[BinaryIO, BinaryIO], None], numbers: BinaryIO, answer: BinaryIO
) -> None:
    """Run, and end here: nothing that the process has to do at its end is done twice."""
    code = 1
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        run(numbers, answer)
        answer.flush()
        code = 0
    finally:
        os._exit(code)


def _taken(numbers: BinaryIO) -> Iterator[int]:
    """The numbers that this process is the first to read, while the one that started it lives."""
    parent = os.getppid()
    while os.getppid() == parent and (number := numbers.read(1)):
        yield number[0]
