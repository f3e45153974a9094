"""What rich draws, on standard output."""

from __future__ import annotations

import sys

from rich.console import Console, RenderableType

from cnncalc.streams import write_ours


def draw(shown: RenderableType, soft_wrap: bool = False) -> None:
    """Draw on standard output: the colours are ours, and all else in it was encoded."""
    console = Console(highlight=False)
    with console.capture() as captured:
        console.print(shown, soft_wrap=soft_wrap)
    write_ours(captured.get(), sys.stdout)
