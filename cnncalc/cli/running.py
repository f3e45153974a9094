"""A command run, and what becomes of what it raises."""

import sys
from collections.abc import Callable

from cnncalc import __version__, streams
from cnncalc.text import line


def run(command: Callable[[], int]) -> int:
    """The exit code of a command: 2 for wrong usage, 3 for a bug of ours."""
    from cnncalc.commands.options import UsageError
    from cnncalc.network.stated import StatedError

    try:
        return command()
    except (UsageError, streams.StreamError) as error:
        _complain(f"cnncalc: {line(str(error))}")
        return 2
    except StatedError as error:
        _complain(f"cnncalc: {line(str(error))}")
        return 1
    except KeyboardInterrupt:
        return 130
    except OSError as error:  # of a file or a folder that a command did not think of
        _complain(f"cnncalc: {line(_told(error))}")
        return 2
    except MemoryError:
        _complain("cnncalc: out of memory; a smaller --depth prints fewer lines")
        return 2
    except Exception:
        import traceback

        traceback.print_exc()
        _complain(
            f"cnncalc {__version__}: this is a bug in cnncalc, not in your spec; please report it"
            " with the lines above and the spec"
        )
        return 3


def _complain(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _told(error: OSError) -> str:
    reason = (error.strerror or str(error)).lower()
    return f"`{error.filename}`: {reason}" if error.filename else reason
