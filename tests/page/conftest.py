"""Pages that are open in a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.inside import inside
from tests.page.browser import Opened, Show, browser


@pytest.fixture(scope="module")
def running() -> Iterator[Any]:
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def file_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The file of a network's page, written once."""
    folder = tmp_path_factory.mktemp("pages")

    def written(network: str) -> Path:
        path = folder / f"{network}.html"
        if not path.exists():
            assert inside("report", network, "-o", str(path)).returncode == 0
        return path

    return written


@pytest.fixture
def shown(running: Any, file_of: Callable[[str], Path]) -> Iterator[Show]:
    """Opens the page of a network, or a file; in the end it has asked for nothing, said nothing."""
    contexts: list[tuple[Any, Opened]] = []

    def show(network: str | Path, width: int = 1400, **options: Any) -> Any:
        context = running.new_context(viewport={"width": width, "height": 900}, **options)
        page = context.new_page()
        page.set_default_timeout(10_000)
        contexts.append((context, Opened(page)))
        path = network if isinstance(network, Path) else file_of(network)
        page.goto(path.as_uri())
        return page

    yield show
    for context, opened in contexts:
        opened.check()
        context.close()
