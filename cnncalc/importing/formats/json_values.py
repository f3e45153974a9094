"""Values of JSON, each of the sort that is wanted."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from cnncalc.importing.formats.format_error import FormatError, shortened
from cnncalc.importing.program import LARGEST_SIZE
from cnncalc.records import NamedTuple


def read_json(text: str) -> Any:
    """What a text says. Raises FormatError."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise FormatError(f"this is no JSON: {error.msg}", error.lineno) from None
    except RecursionError:
        raise FormatError("its brackets are nested too deep") from None
    except ValueError:
        raise FormatError("a number in it is too long") from None


class KerasSettings(NamedTuple):
    """Those of a layer by name; `of` is its own, for messages."""

    values: Mapping[str, Any]
    of: str

    def wrong(self, what: str) -> FormatError:
        """The error that says so of the layer."""
        return FormatError(f"`{shortened(self.of)}`: {what}")

    def get(self, *names: str, default: Any = None) -> Any:
        """The first of these that there is."""
        return next((self.values[n] for n in names if self.values.get(n) is not None), default)

    def whole(self, name: str, default: int | None = None, least: int = 1) -> int:
        """A whole number of at least so much. Raises FormatError."""
        return self._whole(name, self.get(name, default=default), least)

    def _whole(self, name: str, found: Any, least: int) -> int:
        if type(found) is not int or not least <= found <= LARGEST_SIZE:
            raise self.wrong(f"`{name}` wants a whole number from {least} on, got {_shown(found)}")
        return found

    def pair(self, name: str, default: Any = None, least: int = 1) -> tuple[int, int]:
        """A number for height and width, or one for both. Raises FormatError."""
        found = self.get(name, default=default)
        both = found if isinstance(found, list | tuple) else [found, found]
        if len(both) != 2:
            raise self.wrong(f"`{name}` wants a number or two, got {_shown(found)}")
        return self._whole(name, both[0], least), self._whole(name, both[1], least)

    def sides(self, name: str) -> tuple[tuple[int, int], tuple[int, int]]:
        """Numbers above and below, left and right; one for both, or for all. Raises FormatError."""
        found = self.get(name, default=1)
        both = found if isinstance(found, list) else [found, found]
        if len(both) != 2:
            raise self.wrong(f"`{name}` wants a number or two, got {_shown(found)}")
        rows, columns = (each if isinstance(each, list) else [each, each] for each in both)
        if len(rows) != 2 or len(columns) != 2:
            raise self.wrong(f"`{name}` wants two numbers for each axis, got {_shown(found)}")
        above, below = (self._whole(name, each, 0) for each in rows)
        left, right = (self._whole(name, each, 0) for each in columns)
        return (above, below), (left, right)

    def real(self, name: str, default: float) -> float:
        """A number. Raises FormatError."""
        found = self.get(name, default=default)
        if isinstance(found, bool) or not isinstance(found, int | float):
            raise self.wrong(f"`{name}` wants a number, got {_shown(found)}")
        if not abs(found) <= sys.float_info.max:
            raise self.wrong(f"`{name}` is too large for a number")
        return float(found)

    def one_of(self, name: str, allowed: Sequence[str], default: str) -> str:
        """One of these words. Raises FormatError."""
        found = self.get(name, default=default)
        if not isinstance(found, str) or found not in allowed:
            words = " or ".join(f"`{each}`" for each in allowed)
            raise self.wrong(f"`{name}` wants {words}, got {_shown(found)}")
        return found

    def truth(self, name: str, default: bool) -> bool:
        """Whether. Raises FormatError."""
        found = self.get(name, default=default)
        if not isinstance(found, bool):
            raise self.wrong(f"`{name}` wants true or false, got {_shown(found)}")
        return found


def _shown(value: Any) -> str:
    return "nothing" if value is None else f"`{shortened(str(value))}`"


def mapping(value: Any, what: str) -> Mapping[str, Any]:
    """A value that maps names. Raises FormatError."""
    if not isinstance(value, dict):
        raise FormatError(f"{what} wants names and values, got {_shown(value)}")
    return value


def listed(value: Any, what: str) -> list[Any]:
    """A value that is a list. Raises FormatError."""
    if not isinstance(value, list):
        raise FormatError(f"{what} wants a list, got {_shown(value)}")
    return value
