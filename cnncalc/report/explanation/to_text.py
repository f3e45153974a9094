"""Layers explained as text."""

from __future__ import annotations

from cnncalc.analysis import Row, Summary
from cnncalc.report.explanation.layer import explanation
from cnncalc.streams import terminal_width


def to_text(found: tuple[Summary, list[Row]]) -> str:
    """One below the other, no wider than the terminal."""
    summary, rows = found
    return "\n".join(explanation(summary, row, terminal_width()) for row in rows)
