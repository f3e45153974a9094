"""Networks side by side as plain text, and what is different between them."""

from __future__ import annotations

from cnncalc.report.comparison.comparison import Comparison
from cnncalc.report.comparison.styled import styled


def to_text(comparisons: list[Comparison]) -> str:
    """Every comparison, an empty line between them; those without a change in a sentence."""
    return "".join(f"{text}\n" for text, _ in styled(comparisons))
