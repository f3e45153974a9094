"""Pages in a real browser, Debian's Chromium, driven by Playwright: what it asks for is kept, and
what it says on its console."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
AXE = Path(os.environ.get("CNNCALC_AXE", "node_modules/axe-core/axe.min.js"))
"""axe-core's script, `npm install axe-core`; no part of this repository."""

AXED = """async () => {
  const runOnly = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  const found = await axe.run(document, {runOnly});
  return found.violations.map(({id, help, nodes}) =>
    [id, help, nodes.slice(0, 3).map((node) => node.html.slice(0, 200))]);
}"""

needs_axe = pytest.mark.skipif(
    not AXE.exists(), reason="no axe-core: npm install axe-core, or CNNCALC_AXE"
)

Show = Callable[..., Any]
"""Opens a page in a window of a width, as the fixture `shown` does."""


class Opened:
    """A page that is open: what it asked for, said, and raised."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.asked: list[str] = []
        self.said: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("dialog", lambda dialog: (self.said.append("a dialog"), dialog.dismiss()))

    def check(self) -> None:
        """It asked for itself alone, and had nothing to say."""
        assert self.said == []
        assert [url for url in self.asked if not url.startswith("data:,")] == [
            self.page.url.partition("#")[0]
        ]


@contextmanager
def browser() -> Iterator[Any]:
    """A running one; the tests are skipped where there is none."""
    driver = pytest.importorskip(
        "playwright.sync_api", reason="no playwright: it is in the `dev` extra"
    )
    if CHROMIUM is None:
        pytest.skip("no Chromium: `apt-get install chromium`")
    with driver.sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        try:
            yield running
        finally:
            running.close()


def check_axe(page: Any) -> None:
    """axe-core finds no violation in an open page."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    assert page.evaluate(AXED) == []
