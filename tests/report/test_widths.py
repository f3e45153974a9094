"""Tables, comparisons and explanations fit a terminal, and no number in them is ever cut."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from cnncalc import zoo
from cnncalc.analysis import Summary, analyze
from cnncalc.language.load import load
from cnncalc.report.comparison.comparison import side_by_side
from cnncalc.report.comparison.styled import styled
from cnncalc.report.explanation.layer import explanation
from cnncalc.report.fitting import shortened
from cnncalc.report.table.columns import SHOWN
from cnncalc.report.table.outline import fitting_depth
from cnncalc.report.table.ranking import Ranking
from cnncalc.report.table.table import Table, table
from cnncalc.report.table.to_terminal import to_terminal
from cnncalc.report.table.to_text import to_text
from cnncalc.report.zoo.entry import entry
from cnncalc.report.zoo.to_terminal import to_terminal as zoo_on_terminal

WIDTHS = (60, 80, 100, 200)
COLOUR = re.compile(r"\x1b\[[\d;]*m")


@pytest.fixture(scope="module", params=zoo.networks())
def summary(request: pytest.FixtureRequest) -> Summary:
    return analyze(load(request.param))


def rendered(shown: Table, width: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """On a terminal, and as plain text."""
    monkeypatch.setenv("COLUMNS", str(width))
    yield COLOUR.sub("", to_terminal([shown]))
    yield to_text(shown, width=width)


def omitted(text: str) -> list[str]:
    """The columns that a table says it leaves out."""
    found = re.search(r"columns left out: ([^;]*);", " ".join(text.split()))
    return found.group(1).split(", ") if found else []


@pytest.mark.parametrize("width", WIDTHS)
def test_tables(summary: Summary, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    ends_in_its_numbers(table(summary, SHOWN, fitting_depth(summary)), width, monkeypatch)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("unit", ["auto", "1", "M"])
@pytest.mark.parametrize("ranking", [None, Ranking("bytes", 5)], ids=["in order", "sorted"])
def test_tables_of_other_numbers(
    ranking: Ranking | None, unit: str, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("kind", "output", "size", "bytes", "kept", "alive", "macts", "intensity", "centre")
    shown = table(analyze(load("mobilenet_v2"), 256), names, 1, unit, ranking)
    ends_in_its_numbers(shown, width, monkeypatch)


def ends_in_its_numbers(whole: Table, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line has the numbers that the boundless table has, in those columns that stay."""
    for text in rendered(whole, width, monkeypatch):
        lines = text.splitlines()
        assert max(map(len, map(str.rstrip, lines))) <= width
        gone = omitted(text)
        kept = [column for column in whole.columns if column.name not in gone]
        assert len(gone) < len(whole.columns) - 1
        start = next(n for n, one in enumerate(lines) if one.startswith("layer "))
        for one, shown in zip(whole.lines, lines[start + 1 :], strict=False):
            if one.row is not None:
                wanted = " ".join(
                    c.shown(one.row, whole.numbers) for c in kept if c.name != "kind"
                ).split()
                words = [word for word in shown.split() if not set(word) <= BARS]
                assert words[-len(wanted) :] == wanted
        cells = [c.shown(whole.whole, whole.numbers) for c in kept if c.adds or c.of_whole]
        total = lines[start + 1 + len(whole.lines)].split()
        assert total == ["total", *" ".join(cells).split()]


BARS = set(" ▏▎▍▌▋▊▉█")


@pytest.mark.parametrize("width", WIDTHS)
def test_comparisons(width: int) -> None:
    """Of each network with the first, and of all beside each other: the same numbers."""
    summaries = tuple(analyze(load(name)) for name in zoo.networks())
    for pair in ((summaries[0], other) for other in summaries):
        same_numbers(pair, width)
    same_numbers(summaries, width)


def same_numbers(summaries: tuple[Summary, ...], width: int) -> None:
    comparison = [side_by_side(summaries, ())]
    wide, narrow = (
        "\n".join(text for text, _ in styled(comparison, wanted)).splitlines()
        for wanted in (None, width)
    )
    assert max(map(len, narrow)) <= width
    assert sorted(numbers(narrow)) == sorted(numbers(wide))


def numbers(lines: list[str]) -> list[str]:
    """Of the rows of counts."""
    counts = ("layers", "params", "frozen", "MACs", "FLOPs", "activations", "trainable")
    rows = (line.split() for line in lines if line.split() and line.split()[0] in counts)
    return [word for first, *words in rows for word in words if first != "MACs:"]


@pytest.mark.parametrize("width", WIDTHS)
def test_explanations(summary: Summary, width: int) -> None:
    """The same words in the same order."""
    for row in summary.rows[:: max(1, len(summary.rows) // 20)]:
        wide, narrow = explanation(summary, row, 10_000), explanation(summary, row, width)
        assert max(map(len, narrow.splitlines())) <= width
        assert re.sub(r"\s", "", narrow) == re.sub(r"\s", "", wide)
        digits = re.compile(r"\d[\d.,]*")
        assert digits.findall(narrow) == digits.findall(wide)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_zoo(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is shown of a network is whole; its source ends at a word."""
    entries = [entry(name, analyze(load(name))) for name in list(zoo.networks())[::5]]
    monkeypatch.setenv("COLUMNS", str(width))
    lines = zoo_on_terminal(entries).splitlines()
    assert max(map(len, lines)) <= width
    for one, text in zip(entries, lines[1:], strict=False):
        words = " ".join(one.cells).split()
        shown = text.removesuffix("...").split()
        assert shown == words[: len(shown)]
        assert len(shown) >= len(" ".join(one.cells[:3]).split())  # name, params, MACs


@pytest.mark.parametrize(
    ("text", "width", "short"),
    [
        ("conv", 10, "conv"),
        ("global_avg_pool", 10, "glob...ool"),
        ("  global_avg_pool", 12, "  glob...ool"),
        ("bottleneck_block x116", 15, "bott...ock x116"),
        ("conv_1234_relu_56789", 12, "conv_..."),
    ],
)
def test_a_name_is_shortened(text: str, width: int, short: str) -> None:
    """In its middle; a number in it is left out whole."""
    assert shortened(text, width) == short
