"""What rich draws for standard output."""

from __future__ import annotations

from rich.console import Console, RenderableType


def drawn(shown: RenderableType, soft_wrap: bool = False) -> str:
    """As the terminal obeys it: the colours are ours, and all else in it was encoded."""
    console = Console(highlight=False)
    with console.capture() as captured:
        console.print(shown, soft_wrap=soft_wrap)
    return captured.get()
