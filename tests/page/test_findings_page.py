"""The page of `check --format html`: every finding is there, with its lines, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cnncalc.diagnostics import Source, Span
from cnncalc.report.page.spec_excerpt import LONGEST, spec_excerpt
from tests.inside import inside
from tests.page.parsed import Element, check_anchors, parsed

ROOT = Path(__file__).parents[2]
FAULTY = ROOT / "tests" / "fixtures" / "diagnostics"


def page_of(*arguments: str, code: int = 1) -> Element:
    run = inside("check", *arguments, "--format", "html", folder=ROOT)
    assert run.returncode == code
    page = parsed(run.stdout)
    check_anchors(page)
    return page


def test_every_finding_is_there() -> None:
    """As many as in JSON, with the same codes."""
    paths = [str(path) for path in sorted(FAULTY.glob("CNN5*.yaml"))]
    page = page_of(*paths)
    told = [each.one("b").text for each in page.every("span") if each.every("b")]
    found = json.loads(inside("check", *paths, "--format", "json", folder=ROOT).stdout)
    codes = [each["code"] for each in found["findings"]]
    assert sorted(text.split()[-1] for text in told) == sorted(codes)
    assert len(codes) > 20


def test_what_is_wrong_is_marked() -> None:
    page = page_of(str(FAULTY / "CNN202.yaml"))
    run = inside("check", str(FAULTY / "CNN202.yaml"), "--format", "json", folder=ROOT)
    for finding, each in zip(
        json.loads(run.stdout)["findings"], page.every("ol", class_="listing"), strict=True
    ):
        text = (FAULTY / "CNN202.yaml").read_text().splitlines()[finding["line"] - 1]
        start, end = finding["column"] - 1, finding["end_column"] - 1
        assert each.one("mark").text == text[start:end]
        number = int(each.attributes["start"])
        lines = [line.text for line in each.every("li")]
        assert lines[finding["line"] - number] == text


def test_sound_specs_are_named() -> None:
    page = page_of("specs/lenet/lenet5.yaml", code=0)
    assert "specs/lenet/lenet5.yaml" in page.one("section", id="without").text
    assert page.one("header").one("p").text == "1 spec sound"


@pytest.mark.parametrize("column", [1, 500, 900])
def test_a_long_line_is_cut_around_the_place(column: int) -> None:
    text = "x" * (column - 1) + "here" + "y" * (1000 - column)
    span = Span(Source("long.yaml", f"before\n{text}\n"), 2, column, 2, column + 4)
    excerpt = spec_excerpt(span)
    assert excerpt
    found = parsed(excerpt)
    assert found.one("mark").text == "here"
    _, line, *_ = found.every("li")
    assert len(line.text) <= LONGEST + 2 * len("...")


def test_a_place_without_a_line_has_no_lines() -> None:
    assert spec_excerpt(Span(Source("empty.yaml", ""), 5, 1, 5, 1)) is None
