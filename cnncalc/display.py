"""How values show themselves, though what renders them stands floors above.

A summary is made on the floor of the analysis, its table on that of the reports, and imports point
down. Yet `print(summary)` shows the table, wherever the summary came from: `cnncalc.analyze`, an
inner module, a file of pickles. So a value asks here for its text, and here only the name is known
of the module that gives it. The package says it, in `cnncalc/__init__.py`: that stands above every
floor, and is imported before any module in it. The renderers are loaded by the first value that is
shown. The other ways were a method that imports upward, and a second class of summaries, which only
one of the ways to a summary would give.
"""

from __future__ import annotations

TYPE_CHECKING = False  # typing takes longer to import than all that is here
if TYPE_CHECKING:
    from typing import Any

renderers = ""
"""The name of the module with `text`, `html`, `svg` and `document`, functions of a value."""


def as_text(value: object) -> str:
    """What `print` shows of a value."""
    text: str = _renderers().text(value)
    return text


def as_html(value: object) -> str:
    """What a notebook shows of a value."""
    html: str = _renderers().html(value)
    return html


def as_svg(value: object) -> str:
    """The picture of a value, that a notebook shows."""
    svg: str = _renderers().svg(value)
    return svg


def as_document(value: object) -> dict[str, Any]:
    """A value's JSON document, as a dictionary."""
    document: dict[str, Any] = _renderers().document(value)
    return document


def _renderers() -> Any:
    from importlib import import_module

    return import_module(renderers)
