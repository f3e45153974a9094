"""A picture of every network of the zoo: what `cnncalc draw NAME --depth 1 --show params` draws.

`REGENERATE=1 pytest tests/docs` draws them anew.
"""

from __future__ import annotations

import os

from cnncalc import zoo
from cnncalc.analysis import analyze
from cnncalc.language.load import load
from cnncalc.report.picture.graph_style import graph_style
from cnncalc.report.picture.to_svg import to_svg
from cnncalc.report.picture.wish import Wish
from tests.docs.pages import ROOT
from tests.together import in_groups, slices

FOLDER = ROOT / "docs" / "pictures" / "zoo"
MOST = 2_000_000
"""Bytes that all of them may have."""


@in_groups(slices(list(zoo.networks()), 32))
def test_a_picture_is_of_the_network_as_it_is(name: str) -> None:
    drawn = to_svg(graph_style(analyze(load(name)), Wish(depth=1, show="params")))
    file = FOLDER / f"{name}.svg"
    if os.environ.get("REGENERATE"):
        file.write_text(drawn, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == drawn


def test_every_picture_is_of_a_network() -> None:
    kept = [*FOLDER.iterdir()]
    assert {path.name for path in kept} == {f"{name}.svg" for name in zoo.networks()}
    assert sum(path.stat().st_size for path in kept) < MOST
