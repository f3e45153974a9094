"""Every diagnostic code: what it says, why it is said, a spec that has it and one that is sound.

One module per subject: `CNN1xx` YAML and files, `2xx` fields and recipes, `3xx` wiring, `4xx`
shapes, `5xx` blocks and expressions, `6xx` expectations and budgets, `7xx` settings, `8xx`
comments to cnncalc, `9xx` design advice. A code is never reused.
"""

from __future__ import annotations

from cnncalc.codes import (
    advice,
    blocks,
    comments,
    expectations,
    fields,
    files,
    recipes,
    settings,
    shapes,
    wiring,
)
from cnncalc.codes.page import Page

__all__ = ["CODES", "Page"]

CODES: dict[str, Page] = {
    **files.PAGES,
    **fields.PAGES,
    **recipes.PAGES,
    **wiring.PAGES,
    **shapes.PAGES,
    **blocks.PAGES,
    **expectations.PAGES,
    **settings.PAGES,
    **comments.PAGES,
    **advice.PAGES,
}
