"""Networks as dots: each where its numbers are, no name upon another, the front that none beats."""

from __future__ import annotations

from functools import cache
from itertools import combinations
from math import log10, pi

import pytest

from cnncalc import zoo
from cnncalc.analysis import Summary, analyze
from cnncalc.language.load import load
from cnncalc.report.picture.lettering import width
from cnncalc.report.picture.marks import Figure, Letters, Picture, Rectangle
from cnncalc.report.picture.network_charts import accuracy_charts, size_chart
from cnncalc.report.picture.scales import in_powers, in_steps
from cnncalc.report.picture.scatter_style import LEFT, PLOT, TOP, Chart, Dot, scatter_style
from tests.analysis.specs import graph_of
from tests.pictures.test_styles import outside


@cache
def summaries() -> tuple[Summary, ...]:
    return tuple(analyze(load(name)) for name in zoo.networks())


def charts() -> list[Chart]:
    sizes = size_chart(summaries())
    assert sizes
    return [sizes, *accuracy_charts(summaries())]


def dots(picture: Picture) -> dict[str, Rectangle]:
    """The dots by what is told of them."""
    return {
        shape.told.removesuffix("; on the front"): shape.shapes[0]
        for shape in picture.shapes
        if isinstance(shape, Figure) and isinstance(shape.shapes[0], Rectangle)
    }


def middle(ring: Rectangle) -> tuple[float, float]:
    return ring.x + ring.width / 2, ring.y + ring.height / 2


@pytest.mark.parametrize("chart", charts(), ids=lambda chart: chart.title)
def test_no_name_lies_on_anything(chart: Chart) -> None:
    picture = scatter_style(chart)
    assert not outside(picture)
    rings = dots(picture)
    assert len(rings) == len({dot.told for dot in chart.dots})
    boxes = [(r.x, r.y, r.x + r.width, r.y + r.height) for r in rings.values()]
    names = [one for one in picture.shapes if isinstance(one, Letters) and _in_plot(one)]
    assert len(names) >= len(chart.dots) / 5
    texts = [(t.x, t.y - 8, t.x + width(t.text, "faint"), t.y + 2) for t in names]
    for one, other in [*combinations(texts, 2), *((t, b) for t in texts for b in boxes)]:
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart


def _in_plot(text: Letters) -> bool:
    return text.anchor == "start" and text.x > LEFT and TOP < text.y < TOP + PLOT[1]


def test_a_dot_stands_where_its_numbers_are() -> None:
    """Between two networks on log axes lies the logarithm of their ratio."""
    chart = charts()[0]
    rings = dots(scatter_style(chart))
    first, second, third = (
        next(dot for dot in chart.dots if dot.name == name)
        for name in ("LeNet-5", "ResNet-18", "VGG-16")
    )
    places = [middle(rings[dot.told]) for dot in (first, second, third)]
    across = (places[1][0] - places[0][0]) / (places[2][0] - places[0][0])
    assert across == pytest.approx(log10(second.x / first.x) / log10(third.x / first.x))
    up = (places[1][1] - places[0][1]) / (places[2][1] - places[0][1])
    assert up == pytest.approx(log10(second.y / first.y) / log10(third.y / first.y))


def test_the_area_is_the_params() -> None:
    chart = accuracy_charts(summaries())[0]
    rings = dots(scatter_style(chart))
    areas = {dot.name: pi * (rings[dot.told].width / 2) ** 2 for dot in chart.dots}
    assert areas["VGG-16"] / areas["ResNet-18"] == pytest.approx(138_357_544 / 11_689_512)


def test_numbers_are_those_of_the_analysis() -> None:
    """torchvision prints 30.24 % for ResNet-18."""
    dot = next(dot for dot in accuracy_charts(summaries())[0].dots if dot.name == "ResNet-18")
    (one,) = (one for one in summaries() if one.graph.name == "ResNet-18")
    assert (dot.x, dot.area) == (one.totals.ops.macs, one.totals.params.total)
    assert dot.y == pytest.approx(100 - 30.24)


def test_only_what_does_the_same_is_beaten() -> None:
    chart = Chart(
        "sizes",
        "MACs",
        "params",
        (
            Dot("tiny", "tiny", "tiny", "10 outputs", 1, 1),
            Dot("small", "small", "small", "1000 outputs", 10, 30),
            Dot("slim", "slim", "slim", "1000 outputs", 20, 10),
            Dot("large", "large", "large", "1000 outputs", 30, 30),
        ),
    )
    assert [dot.name for dot in chart.front] == ["small", "slim"]


def test_one_network_is_a_chart() -> None:
    one = analyze(graph_of("input: 3x7x7\nlayers: [{conv: {filters: 2, kernel: 3}}]"))
    chart = size_chart([one])
    assert chart
    assert not outside(scatter_style(chart))
    assert size_chart([]) is None


def test_what_has_no_macs_is_on_no_chart() -> None:
    assert size_chart([analyze(graph_of("input: 3x7x7\nlayers: [relu]"))]) is None


def test_marks_of_an_axis() -> None:
    assert [text for _, text in in_powers([1000, 10_000_000]).ticks] == [
        "1 K",
        "10 K",
        "100 K",
        "1 M",
        "10 M",
    ]
    assert [text for _, text in in_powers([90_000_000, 900_000_000]).ticks] == [
        "100 M",
        "200 M",
        "500 M",
        "1 G",
    ]
    assert [text for _, text in in_steps([56, 82.3]).ticks] == ["55", "60", "65", "70", "75", "80"]


def test_many_networks_take_their_time_alone() -> None:
    """Names are placed by a grid: 5,000 dots do not ask each other."""
    dots = tuple(
        Dot(f"n{n}", f"n{n}", f"n{n}", "", 1 + n * n % 977, 1 + n % 991) for n in range(5000)
    )
    assert not outside(scatter_style(Chart("many", "x", "y", dots)))
