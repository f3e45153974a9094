"""Styles of a terminal, by the escape sequences of ECMA-48 that every one of today's obeys."""

from __future__ import annotations

import os

_CODES = {"bold": 1, "dim": 2, "italic": 3, "green": 32, "cyan": 36}
_COLOURS = 30


def styled(text: str, *styles: str) -> str:
    """A text in some styles, as far as the terminal has them: none where it says that it is dumb,
    and no colours where NO_COLOR is set (no-color.org)."""
    codes = [_CODES[style] for style in styles] if _obeys() else []
    if os.environ.get("NO_COLOR"):
        codes = [code for code in codes if code < _COLOURS]
    if not codes or not text:
        return text
    return f"\x1b[{';'.join(map(str, codes))}m{text}\x1b[0m"


def _obeys() -> bool:
    """Whether the terminal does what it is told in this way; on Windows, the newer one."""
    if os.name == "nt":
        return "WT_SESSION" in os.environ
    return os.environ.get("TERM", "").lower() not in ("dumb", "unknown")
