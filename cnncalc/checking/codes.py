"""The page of every diagnostic code: those of `cnncalc.codes`, and those of the rules of advice."""

from __future__ import annotations

from cnncalc.analysis.lint import RULES
from cnncalc.codes import (
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
from cnncalc.codes.page import Page, page

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
    **{rule.code: page(rule.title, rule.explanation, rule.bad, rule.good) for rule in RULES},
}
