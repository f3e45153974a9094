"""How well a network was published to do."""

from __future__ import annotations

from typing import NamedTuple


class Published(NamedTuple):
    """Errors in percent, as printed.

    top1, top5: of the first, of the first five guesses; None: not printed
    protocol: how it was measured, where it is no single centre crop
    source: where it is printed
    """

    top1: float | None = None
    top5: float | None = None
    protocol: str = ""
    source: str = ""


def percent(error: float | None) -> str:
    """`23.85`; nothing for what was not printed."""
    return "" if error is None else f"{error:.2f}"
