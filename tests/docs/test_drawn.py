"""The pictures of the documentation are what their commands draw.

`REGENERATE=1 pytest tests/docs` draws them anew.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, all_blocks, prose
from tests.inside import inside

PICTURES = ROOT / "docs" / "pictures"
LINK = re.compile(r"\]\(((?:docs/)?pictures/[^)/]+\.svg)\)")
DRAWN = {
    words[words.index("-o") + 1]: words[1:]
    for block in all_blocks("console")
    for command in re.findall(r"^\$ (cnncalc draw .*)", block.text, re.MULTILINE)
    if command.endswith(".svg") and (words := shlex.split(command))
}


@pytest.mark.parametrize("name", DRAWN)
def test_a_picture_is_what_its_command_draws(name: str, tmp_path: Path) -> None:
    (tmp_path / "specs").symlink_to(ROOT / "specs", target_is_directory=True)
    assert inside(*DRAWN[name], folder=tmp_path).returncode == 0
    drawn = (tmp_path / name).read_text(encoding="utf-8")
    if os.environ.get("REGENERATE"):
        (PICTURES / name).write_text(drawn, encoding="utf-8")
    assert (PICTURES / name).read_text(encoding="utf-8") == drawn


def test_every_picture_is_shown_and_drawn() -> None:
    shown = {Path(link).name for page in PAGES for link in LINK.findall(prose(page))}
    kept = {path.name for path in PICTURES.glob("*.svg")}
    assert kept == {*DRAWN}
    assert shown == kept
