"""Pages of several networks, and of a folder, in Chromium."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.inside import inside
from tests.page.browser import Show, check_axe, needs_axe

ROOT = Path(__file__).parents[2]

HOSTILE = """
name: "<script>document.title = 'ran'</script><img src=x onerror=alert(1)>"
about: "</script><svg onload=alert(1)>"
published: {top1: 12.5, top5: 1.5, protocol: "<b onmouseover=alert(1)>x", source: "x"}
input: 3x8x8
layers: [{conv: {filters: %d, kernel: 3}}]
"""
BROKEN = """
name: "<img src=x onerror=alert(1)>"
input: 3x8x8
layers: [{conv: {filters: 4, kernel: 3, "<img src=x onerror=alert(1)>": 2}}]
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of each sort, and of each sort a hostile one."""
    folder = tmp_path_factory.mktemp("several")
    (folder / "specs").mkdir()
    (folder / "specs" / "one.yaml").write_text(HOSTILE % 4)
    (folder / "specs" / "other.yaml").write_text(HOSTILE % 5)
    (folder / "specs" / "broken.yaml").write_text(BROKEN)
    for name, *arguments in (
        ("folder", str(ROOT / "specs" / "resnet")),
        ("pair", "resnet18", "resnet34"),
        ("three", "lenet5", "mlp", "alexnet"),
        ("hostile-folder", "specs"),
        ("hostile-pair", "specs/one.yaml", "specs/other.yaml"),
    ):
        run = inside("report", *arguments, "-o", f"{name}.html", folder=folder)
        assert run.returncode == (name == "hostile-folder")
    run = inside("check", "specs", "--format", "html", folder=folder)
    (folder / "findings.html").write_text(run.stdout)
    return folder


SORTS = ("folder", "pair", "three", "hostile-folder", "hostile-pair", "findings")


@pytest.mark.parametrize("name", SORTS)
def test_it_loads_and_no_script_of_a_spec_runs(name: str, pages: Path, shown: Show) -> None:
    """What a page says on its console, or asks for, fails the test as it ends."""
    page = shown(pages / f"{name}.html", 375)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    assert page.title() != "ran"
    assert page.locator("img").count() == 0
    for figure in page.locator("svg a.box").all()[:3]:
        figure.dispatch_event("pointerover")


def test_dots_lead_to_lines(pages: Path, shown: Show) -> None:
    """By the pointer, which lights both, and by the keyboard, which stops once in a chart."""
    page = shown(pages / "folder.html")
    dot = page.locator("#chart-0 a.box").nth(3)
    dot.hover()
    assert "lit" in (dot.get_attribute("class") or "")
    row = page.locator("#networks tr.lit")
    assert row.get_attribute("data-part") == dot.get_attribute("data-part")
    assert page.locator("#reader h2").inner_text() == row.locator("th").inner_text()
    assert page.locator("#chart-0 a.box[tabindex='0']").count() == 1
    page.locator("#chart-0 a.box[tabindex='0']").focus()
    page.keyboard.press("ArrowRight")
    target = page.evaluate("document.activeElement.getAttribute('href')")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{target}")
    assert page.locator(target).is_visible()


def test_networks_sort_and_filter(pages: Path, shown: Show) -> None:
    page = shown(pages / "folder.html")
    names = page.locator("#networks tbody th:visible")
    page.locator("#networks thead").get_by_text("params").click()
    assert names.first.inner_text() == "ResNet-200"
    page.locator("#networks thead").get_by_text("params").click()
    assert names.first.inner_text() == "ResNet-18"
    page.get_by_label("Filter by name or file").fill("resnet50")
    assert names.count() == 2
    assert page.locator("#networks [role=status]").inner_text().startswith("2 of ")
    assert page.locator("#networks .controls button").count() == 0


def test_a_layer_is_lit_in_both_pictures(pages: Path, shown: Show) -> None:
    page = shown(pages / "pair.html")
    page.locator("#layers tbody tr:not(.added)").first.hover()
    assert page.locator("#picture .pair > div:nth-child(1) .lit").count() == 1
    assert page.locator("#picture .pair > div:nth-child(2) .lit").count() == 1
    page.locator("#layers thead").get_by_text("params, change").click()
    first = page.locator("#layers tbody tr:visible").first
    assert first.get_attribute("class") == "added"
    assert first.locator("th").inner_text().startswith("+ stage4.2")
    page.get_by_label("Filter by name or kind").fill("+ linear")
    assert page.locator("#layers tbody tr:visible").count() == 0


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["folder", "pair", "three", "hostile-folder", "findings"])
def test_axe_finds_no_violation(name: str, scheme: str, pages: Path, shown: Show) -> None:
    check_axe(shown(pages / f"{name}.html", 1400, color_scheme=scheme))
