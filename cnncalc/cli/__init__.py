"""The command line: what each command takes, in a file of its name; the usual ones are read
without typer (`short`), the others by it (`full`). A command itself is in `cnncalc.commands`, and
imported when it is called."""

import atexit
import gc
import sys
from typing import TYPE_CHECKING

from cnncalc import streams

if TYPE_CHECKING:
    import signal
else:
    try:
        import _signal as signal  # what `signal` adds, enumerations, takes a millisecond to make
    except ImportError:  # not CPython
        import signal


def main() -> None:
    """The entry point.

    Garbage is not collected in cycles: a command is short, and what it builds it keeps to the end.
    There Python would look for some again, through all that lives.
    """
    gc.disable()
    atexit.register(gc.freeze)
    streams.guard()
    signal.signal(signal.SIGTERM, _terminated)
    sys.exit(streams.finished(called()))


def _terminated(number: int, frame: object) -> None:
    """As the interrupt from the keyboard, so that what is half written is cleared away."""
    sys.exit(128 + number)


def called() -> int:
    """Run what the arguments ask for: the exit code."""
    from cnncalc.cli import short

    try:
        code = short.called()
        if code is None:
            from cnncalc.cli import full

            code = full.called()
    except KeyboardInterrupt:
        return 130
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else 1
    return code
