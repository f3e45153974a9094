"""How well a network was published to do."""

from __future__ import annotations

from cnncalc.records import NamedTuple


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


def errors_said(published: Published) -> list[str]:
    """`top-1 error 23.85 %`, of each that was printed."""
    pairs = (("top-1", published.top1), ("top-5", published.top5))
    return [f"{name} error {percent(error)} %" for name, error in pairs if error is not None]


def percent(error: float | None) -> str:
    """`23.85`; nothing for what was not printed."""
    return "" if error is None else f"{error:.2f}"
