"""The pictures in a run's folder: what they show is what the run's files say."""

from __future__ import annotations

import csv
import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from cnncalc.report.picture.confusion_style import Matrix, confusion_style
from cnncalc.report.picture.curve_style import CurveLine, Curves, Panel, curve_style
from cnncalc.report.picture.marks import Figure, Letters, Rectangle, Stroke, flat
from cnncalc.report.picture.to_svg import to_svg
from tests.inside import inside
from tests.train.small import run, spec

pytestmark = pytest.mark.torch

NS = "{http://www.w3.org/2000/svg}"


def titles(path: Path) -> list[str]:
    """What is told of each thing in a picture."""
    root = ElementTree.fromstring(path.read_text(encoding="utf-8"))
    return [found.text or "" for group in root.iter(f"{NS}g") for found in group.iter(f"{NS}title")]


def test_confusion_is_what_evaluate_finds(finished: Path) -> None:
    said = json.loads(inside("evaluate", "best.ckpt", "--format", "json", folder=finished).stdout)
    wanted = {
        f"{i} {'right' if i == j else f'taken for {j}'}: {count:,}"
        for i, row in enumerate(said["confusion"])
        for j, count in enumerate(row)
        if count
    }
    assert {title.rpartition(", ")[0] for title in titles(finished / "confusion.svg")} == wanted


def test_curves_are_the_lines_of_metrics(tmp_path: Path) -> None:
    """Of a run that went on, too."""
    for more in ((), ("--resume", "-r", "epochs=5")):
        assert run(tmp_path, spec(tmp_path), "--output", "run", *more).returncode == 0
    with (tmp_path / "run/metrics.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    found = titles(tmp_path / "run/curves.svg")
    for title, times, column in (
        ("loss, trained on", 1, "loss"),
        ("loss, validated on", 1, "validation_loss"),
        ("wrong answers, %, trained on", 100, "error"),
        ("wrong answers, %, validated on", 100, "validation_error"),
    ):
        first, last = (times * float(row[column]) for row in (rows[0], rows[-1]))
        assert f"{title}: {first:.4g} at first, {last:.4g} at last" in found
    root = ElementTree.fromstring((tmp_path / "run/curves.svg").read_text())
    lines = [line.get("points", "").split() for line in root.iter(f"{NS}polyline")]
    assert sum(len(points) == len(rows) == 5 for points in lines) == 4
    errors = [float(row["validation_error"]) for row in rows]
    assert (
        f"best: epoch {errors.index(min(errors)) + 1}" in (tmp_path / "run/curves.svg").read_text()
    )


def test_places_on_the_paper_are_in_the_order_of_the_numbers() -> None:
    values = (2.0, 0.5, 1.25, 0.5)
    line = CurveLine("l", "seen", tuple(enumerate(values, 1)))
    picture = curve_style(Curves("n", (Panel("loss", (line,)),)))
    (points,) = (
        mark.points
        for figure in picture.shapes
        if isinstance(figure, Figure)
        for mark in figure.shapes
        if isinstance(mark, Stroke)
    )
    (x1, y1), (x2, y2), (x3, y3), (_, y4) = points
    assert x2 - x1 == pytest.approx(x3 - x2)
    assert y2 == y4 > y3 > y1
    assert (y3 - y1) / (y2 - y1) == pytest.approx((2.0 - 1.25) / (2.0 - 0.5))


@pytest.mark.parametrize("values", [(3.0,), (0.0, 0.0), (-1e-9, 1e9), (5e8, 5e8)])
def test_any_numbers_have_a_picture(values: tuple[float, ...]) -> None:
    line = CurveLine("l", "seen", tuple(enumerate(values, 1)))
    picture = curve_style(Curves("n", (Panel("loss", (line,)),), 1))
    ElementTree.fromstring(to_svg(picture))
    assert all(
        0 <= x <= picture.width and 0 <= y <= picture.height
        for mark in flat(picture.shapes)
        if isinstance(mark, Stroke)
        for x, y in mark.points
    )


def test_areas_are_shares_of_the_row() -> None:
    picture = confusion_style(Matrix("m", ("a", "b"), {(0, 0): 30, (0, 1): 10, (1, 1): 5}))
    areas = {
        figure.told: square.width * square.height
        for figure in picture.shapes
        if isinstance(figure, Figure)
        for square in figure.shapes
        if isinstance(square, Rectangle)
    }
    assert [*areas] == ["a right: 30, 75.0 %", "a taken for b: 10, 25.0 %", "b right: 5, 100.0 %"]
    three, one, four = areas.values()
    assert (three, one) == (pytest.approx(four * 3 / 4), pytest.approx(four / 4))


def test_of_many_classes_those_with_most_mistakes_are_shown() -> None:
    names = tuple(f"<class> {n}\u202e" for n in range(200))
    pairs = {(n, n): 9 for n in range(200)} | {(n, n - 1): 200 - n for n in range(1, 200)}
    picture = confusion_style(Matrix("m", names, pairs))
    ElementTree.fromstring(to_svg(picture))
    told = [mark.text for mark in flat(picture.shapes) if isinstance(mark, Letters)]
    assert any("of 200 classes the 60 with the most mistakes" in text for text in told)
    assert picture.width < 1_200
