"""Networks as charts: params against MACs; where they were published, accuracies against MACs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cnncalc.analysis import Summary
from cnncalc.layers.base import times
from cnncalc.network.published import Published, errors_said
from cnncalc.numbers import exact, rounded
from cnncalc.report.picture.scatter_style import Chart, Dot

FEWEST = 2
"""Networks that a chart of accuracies has: fewer are not compared."""

SINGLE = "a single centre crop"
"""How accuracies were measured that say nothing of it."""


def size_chart(summaries: Iterable[Summary]) -> Chart | None:
    """Params against MACs of networks that have both; None where none has."""
    dots = tuple(
        Dot(*_named(one), _macs(one), _params(one))
        for one in summaries
        if _params(one) and _macs(one)
    )
    if not dots:
        return None
    return Chart("Params against MACs", "MACs of one sample", "params", dots)


def accuracy_charts(summaries: Iterable[Summary]) -> tuple[Chart, ...]:
    """Accuracies against MACs with params as area: a chart for all that tell one number of classes
    apart and were measured one way, as others are not to be compared; that of the most networks
    first. Of the two errors the one that more of them have."""
    alike: dict[tuple[str, str], list[Summary]] = {}
    for one in summaries:
        if one.graph.published and _macs(one):
            way = one.graph.published.protocol or SINGLE
            alike.setdefault((_task(one), way), []).append(one)
    charts = [_accuracies(*key, some) for key, some in alike.items()]
    found = [chart for chart in charts if len(chart.dots) >= FEWEST]
    return tuple(sorted(found, key=lambda chart: -len(chart.dots)))


def _accuracies(task: str, way: str, some: Sequence[Summary]) -> Chart:
    guesses = max(
        ("top1", "top5"), key=lambda name: sum(_error(one, name) is not None for one in some)
    )
    dots = tuple(
        Dot(
            *_named(one),
            _macs(one),
            100 - error,
            _params(one),
        )
        for one in some
        if (error := _error(one, guesses)) is not None
    )
    title = f"Accuracy against MACs: {task}, {way}"
    named = f"{guesses.replace('top', 'top-')} accuracy, %"
    return Chart(title, "MACs of one sample", named, dots, more=True, area="params")


def _error(one: Summary, guesses: str) -> float | None:
    found: float | None = getattr(one.graph.published or Published(), guesses)
    return found


def _named(one: Summary) -> tuple[str, str, str, str]:
    """What tells it from others, and what is told of it."""
    return one.graph.path, one.graph.name, _told(one), _task(one)


def _task(one: Summary) -> str:
    """What a network does, as far as its shapes tell."""
    shape = one.graph.output.shape
    return f"{shape[0]} outputs" if len(shape) == 1 else f"an output of {times(shape)}"


def _params(one: Summary) -> int:
    return one.totals.params.total


def _macs(one: Summary) -> int:
    return one.totals.ops.macs


def _told(one: Summary) -> str:
    """`ResNet-18: 11,689,512 params, 1.814 G MACs, top-1 error 30.24 %`"""
    said = [f"{exact(_params(one))} params", f"{rounded(_macs(one))} MACs"]
    said += errors_said(one.graph.published) if one.graph.published else []
    return f"{one.graph.name}: {', '.join(said)}"
