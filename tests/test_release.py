"""A release gathers what is new, and every place says its version."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

import cnncalc
from tools.release import CHANGELOG, PIECES, PLACES, fault, pieces, release, section, with_section

ROOT = Path(__file__).parents[1]
DAY = date(2031, 2, 3)


def sections(root: Path) -> list[str]:
    """The headings of the changelog."""
    text = (root / CHANGELOG).read_text(encoding="utf-8")
    return re.findall(r"^## (.*)$", text, re.MULTILINE)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """What a release changes, with two pieces of news."""
    for place in (CHANGELOG, f"{PIECES}/README.md", *PLACES):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / place, tmp_path / place)
    write(tmp_path, "zoo", "There are\nmore networks.\n")
    write(tmp_path, "calc", f"`calc` is {'very, ' * 20}very quick.\n")
    return tmp_path


def write(root: Path, subject: str, text: str) -> None:
    (root / PIECES / f"{subject}.md").write_text(text, encoding="utf-8")


# -- what is so now -------------------------------------------------------------------------


def test_every_place_says_the_version() -> None:
    for place, form in PLACES.items():
        (found,) = form.finditer((ROOT / place).read_text(encoding="utf-8"))
        assert found[2] == cnncalc.__version__, place


def test_the_changelog_begins_with_the_version() -> None:
    first, *_ = sections(ROOT)
    assert re.fullmatch(rf"{re.escape(cnncalc.__version__)}, \d{{4}}-\d\d-\d\d", first)


def test_the_changelog_has_short_lines_and_links_that_lead_somewhere() -> None:
    text = (ROOT / CHANGELOG).read_text(encoding="utf-8")
    assert max(map(len, text.splitlines())) <= 100
    for target in re.findall(r"\]\(([^)]+)\)", text):
        assert (ROOT / target).exists()


# -- a release ------------------------------------------------------------------------------


def test_a_release(copy: Path) -> None:
    before = (copy / CHANGELOG).read_text(encoding="utf-8")
    release(copy, "7.8.9", DAY)
    head, mark, rest = before.partition("## ")
    assert (copy / CHANGELOG).read_text(encoding="utf-8") == (
        f"{head}## 7.8.9, 2031-02-03\n\n"
        f"- `calc` is {'very, ' * 13}very,\n"  # 12 + 13*6 + 5 = 95; 6 more are too many
        f"  {'very, ' * 6}very quick.\n"
        f"- There are more networks.\n\n{mark}{rest}"
    )
    assert pieces(copy) == []
    assert (copy / PIECES / "README.md").exists()
    assert '__version__ = "7.8.9"\n' in (copy / "cnncalc/__init__.py").read_text(encoding="utf-8")
    assert "    rev: v7.8.9 " in (copy / "docs/pre-commit.md").read_text(encoding="utf-8")


def test_one_release_after_another(copy: Path) -> None:
    was = sections(copy)
    for version in ("7.8.9", "7.9.0"):
        write(copy, "news", "Something is new.\n")
        assert fault(copy, version) is None
        release(copy, version, DAY)
    assert sections(copy) == ["7.9.0, 2031-02-03", "7.8.9, 2031-02-03", *was]
    assert fault(copy, "7.9.1") == "changelog.d/ has no sentence: nothing is new"


@pytest.mark.parametrize(
    ("version", "says"),
    [
        ("", "a version is three numbers with dots, got ``"),
        ("v7.8.9", "a version is three numbers with dots, got `v7.8.9`"),
        ("7.8", "a version is three numbers with dots, got `7.8`"),
        (cnncalc.__version__, f"{cnncalc.__version__} is not above {cnncalc.__version__}"),
        ("0.0.99", f"0.0.99 is not above {cnncalc.__version__}"),
    ],
)
def test_what_is_no_next_version(copy: Path, version: str, says: str) -> None:
    assert fault(copy, version) == says


def test_the_first_section() -> None:
    assert with_section("# What changed\n", section("0.1.0", DAY, ["It is there."])) == (
        "# What changed\n\n## 0.1.0, 2031-02-03\n\n- It is there.\n"
    )
