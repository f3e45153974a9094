"""The page of every diagnostic code: those of `cnncalc.codes`, and those of the rules of advice."""

from __future__ import annotations

from cnncalc.analysis.lint import RULES
from cnncalc.codes import cnn1_files as files
from cnncalc.codes import cnn2_fields as fields
from cnncalc.codes import cnn3_wiring as wiring
from cnncalc.codes import cnn4_shapes as shapes
from cnncalc.codes import cnn5_blocks as blocks
from cnncalc.codes import cnn6_expectations as expectations
from cnncalc.codes import cnn7_settings as settings
from cnncalc.codes import cnn8_comments as comments
from cnncalc.codes import cnn25_recipes as recipes
from cnncalc.codes import cnn26_machines as machines
from cnncalc.codes.page import Page, page

CODES: dict[str, Page] = {
    **files.PAGES,
    **fields.PAGES,
    **recipes.PAGES,
    **machines.PAGES,
    **wiring.PAGES,
    **shapes.PAGES,
    **blocks.PAGES,
    **expectations.PAGES,
    **settings.PAGES,
    **comments.PAGES,
    **{
        rule.code: page(rule.title, rule.explanation, rule.bad, rule.good, ignorable=True)
        for rule in RULES
    },
}
