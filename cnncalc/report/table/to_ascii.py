"""Tables as plain text that needs no Unicode."""

from __future__ import annotations

from collections.abc import Iterable

from cnncalc.report.table.table import Table
from cnncalc.report.table.to_text import to_text


def to_ascii(tables: Iterable[Table]) -> str:
    """The tables, an empty line between them."""
    return "\n".join(to_text(table, plain=True) for table in tables)
