"""`cnncalc import` of another tool's file: a network without its weights, and without that tool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.commands import PROBLEMS, SOUND
from cnncalc.commands.import_model import HowToImport, settings_of, shape
from cnncalc.commands.options import UsageError
from cnncalc.commands.output import put, tell
from cnncalc.importing.blocker_lines import blocker_lines

if TYPE_CHECKING:
    from cnncalc.importing.checked import Imported


def import_file(name: str, how: HowToImport) -> int:
    """Write the spec of a network, as `import_model` does. Raises UsageError."""
    how.check()
    if how.weights or how.map:
        option = "--save-weights" if how.weights else "--save-map"
        raise UsageError(f"`{name}` holds no weights for {option}")
    found = imported_file(name, how)
    if found is None:
        return PROBLEMS
    put(found.text, how.output)
    tell(found.notes)
    return SOUND


def imported_file(name: str, how: HowToImport) -> Imported | None:
    """The spec of a network; None, with the reasons on standard error, where it has none. Raises
    UsageError."""
    if how.part:
        raise UsageError(f"--module is a part of a PyTorch model, and `{name}` is another tool's")
    from cnncalc.importing.checked import DifferenceError, ImportingError
    from cnncalc.importing.formats.asked import NetworkAsked
    from cnncalc.importing.formats.format_error import FormatError
    from cnncalc.importing.formats.telling import program_of_file

    asked = NetworkAsked([shape(text) for text in how.inputs], settings_of(how.settings))
    try:
        return how.reader()(program_of_file(name, asked))
    except OSError as error:
        reason = getattr(error, "what", None) or error.strerror or "it cannot be opened"
        raise UsageError(f"`{name}` cannot be read: {reason}") from None
    except FormatError as error:
        tell(error.problem.lines(name))
    except ImportingError as error:
        tell(blocker_lines(name, error.blockers, parts=False))
    except DifferenceError as error:
        tell([f"{name}: what was written is not the network, so nothing is: {error}"])
    return None
