"""Numbers as people read them."""

from __future__ import annotations

import pytest

from cnncalc.numbers import bar, exact, per_axis, rounded


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1_000, "1.000 K"),
        (9_999, "9.999 K"),
        (99_900_000, "99.90 M"),
        (99_996_000, "100.0 M"),
        (854_196_224, "854.2 M"),
        (999_949_000, "999.9 M"),
        (999_950_000, "1.000 G"),
        (4_089_184_256, "4.089 G"),
        (12_345_600_000_000_000, "12346 T"),
    ],
)
def test_rounded(number: int, text: str) -> None:
    assert rounded(number) == text


def test_exact() -> None:
    assert exact(25_557_032) == "25,557,032"


@pytest.mark.parametrize(
    ("values", "text"), [((2, 2), "2"), ((2, 1), "2x1"), ((0.5, 0.5), "0.5"), ((8,), "8")]
)
def test_per_axis(values: tuple[float, ...], text: str) -> None:
    assert per_axis(values) == text


@pytest.mark.parametrize(
    ("share", "text", "plain"),
    [(0, "", ""), (1e-9, "▏", "#"), (0.5, "████", "####"), (1, "████████", "########")],
)
def test_bar(share: float, text: str, plain: str) -> None:
    assert bar(share, 8) == text
    assert bar(share, 8, plain=True) == plain


def test_bar_in_eighths() -> None:
    assert [bar(eighths / 64, 8) for eighths in (1, 2, 7, 9)] == ["▏", "▎", "▉", "█▏"]
