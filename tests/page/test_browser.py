"""Pages in Chromium: they load alone, can be touched, hovered, sorted, filtered, folded, printed,
used with the keyboard, and what is hostile in a spec is text there."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import cnncalc
from cnncalc.text import line
from tests.inside import inside
from tests.page.browser import Show, check_axe, needs_axe
from tests.wiring.held import networks

ZOO = ("resnet152", "vit_b16", "densenet121", "nasnet_a_mobile", "faster_rcnn", "mobilenet_v2")


def thorough(*values: object) -> Any:
    """A case that `make thorough` runs."""
    return pytest.param(*values, marks=pytest.mark.thorough)


# -- loading --------------------------------------------------------------------------------


@pytest.mark.parametrize("network", ["resnet18", "resnet152", "unet", "lstm", "faster_rcnn", "mlp"])
def test_it_loads(network: str, shown: Show) -> None:
    page = shown(network)
    assert page.locator("#reader").inner_text().startswith("Point at a layer")


@pytest.mark.parametrize("width", [375, 900, 1400])
@pytest.mark.parametrize("network", ["resnet18", "googlenet"])
def test_only_boxes_that_scroll_are_wider_than_the_window(
    network: str, width: int, shown: Show
) -> None:
    page = shown(network, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_a_script_all_is_there(shown: Show) -> None:
    page = shown("resnet18", java_script_enabled=False)
    assert page.locator("tbody tr:visible").count() == page.locator("tbody tr").count()
    boxes = page.locator("svg.graph a.box")
    assert page.locator("svg.graph a.box:visible").count() == boxes.count() > 0
    assert page.locator(".shut:visible").count() == 0
    assert page.locator("button").count() == 0
    assert not page.locator("#reader").is_visible()


# -- the picture ----------------------------------------------------------------------------

OVERLAPS = """() => {
  const shapes = [...document.querySelectorAll("svg.graph :is(.box, .end, .shut)")];
  const boxes = shapes.filter((one) => one.getClientRects().length)
    .map((one) => one.querySelector("rect")).filter((one) => !one.matches(".frame"))
    .map((one) => one.getBoundingClientRect());
  const found = [];
  boxes.forEach((a, n) => boxes.slice(n + 1).forEach((b) => {
    if (a.left < b.right - 1 && b.left < a.right - 1
        && a.top < b.bottom - 1 && b.top < a.bottom - 1)
      found.push([a.left, a.top, b.left, b.top]);
  }));
  return found;
}"""
OUTSIDE = """() => {
  const svg = document.querySelector("svg.graph");
  const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  return [...svg.querySelectorAll("rect")].filter((one) => one.getClientRects().length)
    .map((one) => one.getBoundingClientRect())
    .filter((one) => {
      const all = svg.getBoundingClientRect();
      return one.left < all.left - 1 || one.right > all.right + 1
        || one.top < all.top - 1 || one.bottom > all.bottom + 1;
    }).length;
}"""
LOOSE = """() => {
  const ends = [...document.querySelectorAll("svg.graph path.wire")]
    .filter((one) => one.getClientRects().length)
    .map((one) => [one.getPointAtLength(one.getTotalLength()), one]);
  const boxes = [...document.querySelectorAll("svg.graph :is(.box, .end, .shut, .frame-of)")]
    .filter((one) => one.getClientRects().length)
    .map((one) => one.querySelector("rect"));
  const svg = document.querySelector("svg.graph").getBoundingClientRect();
  const rects = boxes.map((one) => one.getBoundingClientRect());
  const isAt = (x, y) => rects.some((one) =>
    one.left - 1 <= x && x <= one.right + 1
      && (Math.abs(one.top - y) < 1.5 || Math.abs(one.bottom - y) < 1.5));
  return ends.filter(([point]) => !isAt(point.x + svg.left, point.y + svg.top)).length;
}"""


PLACES = """() => [...document.querySelectorAll("svg.graph, svg.graph *")]
  .filter((one) => one.getClientRects().length).map((one) =>
  ["viewBox", "transform", "d", "x", "y", "width"].map((name) => one.getAttribute(name)).join())"""
NAMED = """() => document.activeElement.querySelector("title")?.textContent
  ?? document.activeElement.getAttribute("aria-label")"""


def check_picture(page: Any) -> None:
    """No box is upon another, none outside, each wire ends at a box or a frame."""
    assert page.evaluate(OVERLAPS) == []
    assert page.evaluate(OUTSIDE) == 0
    assert page.evaluate(LOOSE) == 0


@pytest.mark.parametrize(
    "network",
    ["resnet18", "unet", "googlenet", *map(thorough, ZOO)],
)
def test_blocks_open_and_shut(network: str, shown: Show) -> None:
    page = shown(network)
    check_picture(page)
    faces = page.locator("svg.graph .shut:visible")
    if faces.count():
        number, before = faces.count(), page.locator("svg.graph .box:visible").count()
        faces.nth(number // 2).click(position={"x": 12, "y": 8})
        check_picture(page)
        after = page.locator("svg.graph .box:visible").count()
        assert after > before or page.locator("svg.graph .shut:visible").count() >= number
    controls = page.locator("#picture .controls")
    controls.get_by_text("Open all").click()
    assert page.locator("svg.graph .shut:visible").count() == 0
    check_picture(page)
    controls.get_by_text("Shut all").click()
    assert page.locator("svg.graph .fold .box:visible").count() == 0
    check_picture(page)


@pytest.mark.torch
@pytest.mark.thorough
def test_blocks_of_random_networks_open_and_shut(shown: Show, tmp_path: Path) -> None:
    """Random in their wiring."""
    for number, graph in enumerate(networks(range(12), 400).values()):
        file = tmp_path / f"{number}.html"
        cnncalc.page(graph, file)
        page = shown(file)
        check_picture(page)
        for label in ("Open all", "Shut all") if page.locator("svg.graph .fold").count() else ():
            page.locator("#picture .controls").get_by_text(label).click()
            check_picture(page)


def test_a_block_that_is_shut_opens_as_it_was(shown: Show) -> None:
    page = shown("resnet18")
    before = page.evaluate(PLACES)
    page.locator("svg.graph .shut:visible").first.click(position={"x": 12, "y": 8})
    assert page.evaluate(PLACES) != before
    page.keyboard.press("Enter")
    assert page.evaluate(PLACES) == before


def test_the_keyboard_goes_through_the_picture(shown: Show) -> None:
    page = shown("resnet18")
    page.locator("#picture .scrolls").focus()
    page.keyboard.press("Tab")
    seen = []
    for _ in range(6):
        seen.append(page.evaluate(NAMED))
        page.keyboard.press("ArrowDown")
    assert len(set(seen)) == 6
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    assert "#S" in page.url or "#L" in page.url
    line = page.url.partition("#")[2]
    assert page.locator(f"[id='{line}']").inner_text() != ""


def test_enter_opens_a_block(shown: Show) -> None:
    page = shown("resnet18")
    face = page.locator("svg.graph .shut:visible").first
    face.focus()
    before = page.locator("svg.graph .box:visible").count()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "true"
    page.keyboard.press(" ")
    assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "false"
    assert page.locator("svg.graph .box:visible").count() == before


# -- what is told ---------------------------------------------------------------------------


def test_hovering_tells_the_arithmetic_that_explain_tells(shown: Show) -> None:
    """But for the effective field behind joins: for one layer it walks all that are before it."""
    page = shown("resnet18")
    page.locator("#picture .controls").get_by_text("Open all").click()
    for path in ("conv_bn.conv", "stage2.0.residual.conv_bn.conv", "linear"):
        page.locator("svg.graph a.box", has_text="").filter(
            has=page.locator(f"title:text-matches('^{path}:')")
        ).first.hover(position={"x": 10, "y": 8})
        told = page.locator("#reader").inner_text()
        assert told.partition("\n")[0].strip() in (path, "Close")
        said = inside("explain", "resnet18", path).stdout.partition("\n")[2]
        said = re.sub(r"effective about .*?random\s+weights", "", said, flags=re.DOTALL)
        assert [word for word in said.split() if word not in told] == []


def test_a_row_and_its_box_are_lit_together(shown: Show) -> None:
    page = shown("resnet18")
    page.locator("#layers .controls").get_by_text("Open all").click()
    page.locator("#layers tbody tr", has_text="max_pool").first.hover()
    lit = page.locator("svg.graph .lit title").first
    assert lit.text_content().startswith("max_pool: max_pool")
    assert page.locator(".listing .lit").count() == 1


def test_the_field_on_the_input_follows(shown: Show) -> None:
    page = shown("resnet18")
    page.locator("#layers .controls").get_by_text("Open all").click()
    rows = page.locator("#layers tbody tr:not(.group)")
    sizes = []
    for number in (0, 3):
        rows.nth(number).hover()
        seen = page.locator("#reader svg .seen")
        input_, field = (
            page.locator(f"#reader svg .{look}").get_attribute("width") for look in ("data", "seen")
        )
        assert seen.count() == 1
        sizes.append(float(field) / float(input_) * 224)
    assert sizes == [pytest.approx(7), pytest.approx(11)]


# -- the table ------------------------------------------------------------------------------


def column(page: Any, number: int) -> list[str]:
    found: list[str] = page.evaluate(
        "(n) => [...document.querySelectorAll('#layers tbody tr')]"
        ".filter((row) => row.getClientRects().length).map((row) => row.cells[n].textContent)",
        number,
    )
    return found


def test_the_table_sorts(shown: Show) -> None:
    page = shown("resnet18")
    names = page.locator("#layers thead th").all_inner_texts()
    at = names.index("params")
    head = page.locator("#layers thead th").nth(at)
    before = column(page, 0)
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    numbers = [int(text.replace(",", "")) for text in column(page, at)]
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) == 68
    assert column(page, 0)[0] == "stage4.0.residual.conv_bn_2.conv"
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"
    assert [int(text.replace(",", "")) for text in column(page, at)] == sorted(numbers)
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") is None
    assert column(page, 0) == before


def test_rounded_numbers_sort_by_the_exact_ones(shown: Show) -> None:
    page = shown("resnet18")
    at = page.locator("#layers thead th").all_inner_texts().index("MACs")
    page.locator("#layers thead th").nth(at).get_by_role("button").click()
    exact: list[float] = page.evaluate(
        "(n) => [...document.querySelectorAll('#layers tbody tr:not(.group)')]"
        ".map((row) => Number(row.cells[n].dataset.n ?? row.cells[n].textContent))",
        at,
    )
    assert exact == sorted(exact, reverse=True)
    assert exact[0] == 64 * 112 * 112 * 3 * 7 * 7


def test_the_table_filters(shown: Show) -> None:
    page = shown("resnet18")
    field = page.get_by_label("Filter by name or kind")
    field.fill("stage2 batch_norm")
    kinds = [kind for kind in column(page, 1) if kind == "batch_norm"]
    assert len(kinds) == 5
    assert page.locator("#layers [role=status]").inner_text() == "5 of 68 layers"
    assert set(column(page, 1)) == {"batch_norm", "conv_bn", "branch", "basic", "basic x2"}
    field.fill("nothing of the sort")
    assert column(page, 0) == []
    field.fill("")
    assert len(column(page, 0)) == 9


def test_the_table_folds(shown: Show) -> None:
    page = shown("resnet18")
    before = len(column(page, 0))
    stage = page.locator("#layers tbody").get_by_role("button", name="stage1", exact=True)
    assert stage.get_attribute("aria-expanded") == "false"
    stage.focus()
    page.keyboard.press("Enter")
    assert stage.get_attribute("aria-expanded") == "true"
    assert len(column(page, 0)) == before + 2
    page.locator("#layers .controls").get_by_text("Open all").click()
    assert len(column(page, 0)) == 111
    page.locator("#layers .controls").get_by_text("Shut all").click()
    assert len(column(page, 0)) == 9


# -- what is hostile ------------------------------------------------------------------------

HOSTILE = {
    "tags": "</code></title></script><script>window.hit=1</script><img src=x onerror=window.hit=1>",
    "svg": "</svg><svg onload=window.hit=1><a xlink:href='javascript:window.hit=1'>x</a>",
    "attributes": "\" onmouseover=window.hit=1 onfocus=window.hit=1 autofocus x='",
    "address": "javascript:window.hit=1//",
    "style": "</style><style>@import url(http://evil.example/x.css)</style>",
    "comment": "<!-- --><script>window.hit=1</script> ]]>",
    "entity": "&lt;script&gt;window.hit=1&lt;/script&gt; &#60;b&#62;",
    "TeX": r"$\href{javascript:window.hit=1}{x}$ \input{/etc/passwd}",
    "escapes": "\x1b[31mred\x1b]0;title\x07 \u202eevil\u2066",
}
SPEC = """name: {text}
about: {text}
source: {text}
input: 3x8x8
args: {{unread: 3}}
blocks:
  unused: {{layers: [relu]}}  # {comment}
layers:
  - conv: {{filters: 8, kernel: 3, stride: 3}}  # {comment}
  - flatten
"""


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_is_hostile_in_a_spec_is_text(text: str, shown: Show, tmp_path: Path) -> None:
    folder = tmp_path / text.replace("/", "")[:80]
    folder.mkdir()
    spec, file = folder / "spec.yaml", tmp_path / "page.html"
    comment = text if text.isprintable() else ""
    spec.write_text(SPEC.format(text=json.dumps(text), comment=comment), encoding="utf-8")
    run = inside("report", str(spec), "-o", str(file))
    assert run.returncode == 0, run.stderr
    page = shown(file)
    for each in page.locator("#layers tbody tr, svg.graph .box").all():
        each.hover()
    assert page.evaluate("window.hit") is None
    assert page.locator("#findings .finding").count() > 0
    seen = line(text)
    for place in ("h1", "#totals p", "header p"):
        assert page.locator(place).first.text_content() == seen
    assert comment in page.locator("#spec").text_content()
    assert seen.replace("/", "")[:20] in page.locator("#spec h3").text_content()
    assert page.title() == seen.strip()
    foreign = "img, iframe, object, main script, main style, [onerror], [onload], [onfocus]"
    assert page.locator(foreign).count() == 0
    leads: list[str] = page.evaluate(
        "[...document.querySelectorAll('a')].map((one) => one.getAttribute('href')[0])"
    )
    assert set(leads) == {"#"}


# -- looks ----------------------------------------------------------------------------------


def test_it_is_dark_where_the_reader_wants_it_dark(shown: Show) -> None:
    grounds = {}
    for scheme in ("light", "dark"):
        page = shown("lenet5", color_scheme=scheme)
        grounds[scheme] = page.evaluate(
            "[getComputedStyle(document.body).backgroundColor,"
            " getComputedStyle(document.querySelector('svg.graph rect.weighted')).fill]"
        )
    assert grounds["light"] == ["rgb(255, 255, 255)", "rgb(219, 234, 254)"]
    assert grounds["dark"] == ["rgb(13, 17, 23)", "rgb(23, 37, 84)"]


def test_it_prints_without_what_is_to_be_touched(shown: Show) -> None:
    page = shown("lenet5")
    page.emulate_media(media="print")
    for name in (".controls", "#reader", "nav"):
        assert page.locator(f"{name}:visible").count() == 0
    assert page.locator("tbody tr:visible").count() > 0
    assert len(page.pdf()) > 1000


@needs_axe
@pytest.mark.parametrize(
    ("network", "width", "scheme"),
    [
        ("resnet18", 375, "dark"),
        ("resnet18", 1400, "light"),
        *(
            thorough(name, width, scheme)
            for name in ("googlenet", "unet", "vit_b16", "faster_rcnn")
            for width in (375, 1400)
            for scheme in ("light", "dark")
        ),
    ],
)
def test_axe_finds_no_violation(network: str, width: int, scheme: str, shown: Show) -> None:
    page = shown(network, width, color_scheme=scheme)
    check_axe(page)
    page.locator("#layers .controls").get_by_text("Open all").click()
    page.locator("#layers tbody tr:not(.group)").nth(2).hover()
    page.locator("#picture .controls").get_by_text("Shut all").click()
    check_axe(page)
