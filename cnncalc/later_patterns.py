"""Regular expressions that are compiled when they are first used: most are of what is rare, and a
command compiles those of every module that it imports."""

from __future__ import annotations

import re
from typing import Any, cast


class Later:
    """A pattern, or what becomes one once something is asked of it."""

    def __init__(self, *pattern: Any) -> None:
        self._pattern = pattern

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(*self._pattern), name)
        self.__dict__[name] = found  # so that it is asked for once
        return found


def pattern(text: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    """As `re.compile`, later."""
    return cast("re.Pattern[str]", Later(text, flags))
