"""The table of the formats of `cnncalc check`."""

from __future__ import annotations

from cnncalc.commands.formats import CHECK


def formats_table() -> str:
    """A line for each: what the option takes, and who it is for."""
    rows = [f"| `{form.name}` | {form.purpose} |" for form in CHECK]
    return "\n".join(["| `--format` | for |", "| --- | --- |", *rows])
