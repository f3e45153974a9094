"""LaTeX compiles, where there is one: pictures, and texts that are made to be obeyed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pypdfium2
import pytest

from cnncalc.analysis import analyze
from cnncalc.language.load import load
from cnncalc.report.picture.bars_style import bars_style
from cnncalc.report.picture.field_style import field_style
from cnncalc.report.picture.graph_style import graph_style
from cnncalc.report.picture.lettering import width
from cnncalc.report.picture.marks import Letters, Picture
from cnncalc.report.picture.to_tikz import to_tikz
from cnncalc.report.picture.volumes_style import volumes_style
from tests.output.hostile import EVERY, TEXTS

pytestmark = pytest.mark.skipif(
    shutil.which("pdflatex") is None,
    reason="no LaTeX: `apt-get install texlive-latex-extra texlive-pictures lmodern`",
)


def compiled(picture: Picture, folder: Path, inches: float | None = None) -> tuple[str, float]:
    """The text of its page, and how wide that is in inches."""
    (folder / "a.tex").write_text(to_tikz(picture, inches), encoding="utf-8")
    command = ("pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "a")
    ran = subprocess.run(command, cwd=folder, capture_output=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stdout[-2000:].decode("latin-1")
    with pypdfium2.PdfDocument(folder / "a.pdf") as document:
        page = document[0]
        return page.get_textpage().get_text_range(), page.get_size()[0] / 72


@pytest.mark.parametrize(
    "style", [graph_style, volumes_style, bars_style, field_style], ids=lambda one: one.__name__
)
def test_pictures_compile(style: object, tmp_path: Path) -> None:
    """As wide as a column."""
    picture = style(analyze(load("alexnet")))  # type: ignore[operator]
    text, wide = compiled(picture, tmp_path, 3.3)
    assert "conv" in text
    assert wide == pytest.approx(3.3, abs=0.01)


def test_hostile_texts_compile(tmp_path: Path) -> None:
    """Each is set as it is: of a command of TeX, every letter."""
    texts = [*TEXTS.values(), EVERY]
    marks = [Letters(5, 20 * row + 20, each, "plain") for row, each in enumerate(texts)]
    wide = max(width(each, "plain") for each in texts) + 10
    picture = Picture(wide, 20 * len(texts) + 20, " ".join(texts), tuple(marks))
    text, _ = compiled(picture, tmp_path)
    assert r"\input{/etc/passwd}" in text.replace(" ", "")
