"""Networks side by side on a terminal, in colour."""

from __future__ import annotations

from rich.text import Text

from cnncalc.report.comparison.to_text import Styled
from cnncalc.report.terminal import draw


def to_terminal(lines: list[Styled]) -> None:
    """Print lines in their styles, however wide the terminal is."""
    for text, style in lines:
        draw(Text(text, style=style), soft_wrap=True)
