"""What rich draws for standard output."""

from __future__ import annotations

from shutil import get_terminal_size

from rich.console import Console, RenderableType

_BOUNDLESS = 1_000_000
"""Columns: more than any line has."""


def width() -> int:
    """Of the terminal, in columns."""
    return get_terminal_size().columns


def drawn(shown: RenderableType, soft_wrap: bool = False, whole: bool = False) -> str:
    """As the terminal obeys it: the colours are ours, and all else in it was encoded. `whole`: no
    line is broken or cut for the terminal's width."""
    console = Console(highlight=False, width=_BOUNDLESS if whole else width())
    with console.capture() as captured:
        console.print(shown, soft_wrap=soft_wrap)
    return captured.get()
