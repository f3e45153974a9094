"""Networks side by side on a terminal, in colour."""

from __future__ import annotations

from rich.text import Text

from cnncalc.report.comparison.comparison import Comparison
from cnncalc.report.comparison.styled import styled
from cnncalc.report.terminal import drawn, width
from cnncalc.streams import Ours


def to_terminal(comparisons: list[Comparison]) -> Ours:
    """The lines in their styles, no wider than the terminal."""
    lines = styled(comparisons, width())
    return Ours("".join(drawn(Text(text, style=style), soft_wrap=True) for text, style in lines))
