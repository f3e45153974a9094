"""Runs and what was learned of them -> a page, as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from benchmarks.roofline.runs import Runs
from cnncalc.analysis.learning import Lesson, left_out
from cnncalc.analysis.roofline import least
from cnncalc.machine import Ceilings, Machine, Rates
from cnncalc.numbers import rounded, seconds

LONG = 0.05
"""Seconds above which a bound should be at least half."""


def page(runs: Runs, lessons: Sequence[Lesson], found: Machine, today: str, command: str) -> str:
    """All of it."""
    (rates,) = found.rates.values()
    head = _head(found, today, command)
    return "\n".join([*head, "", *_summary(lessons, rates), "", *_table(runs, lessons, rates)])


def _head(found: Machine, today: str, command: str) -> Iterator[str]:
    ((dtype, rates),) = found.rates.items()
    known = rates.ceilings
    yield f"# Roofline, {today}"
    yield ""
    yield f"- device: {found.device}, {found.threads} threads; PyTorch {found.torch}, {dtype}"
    shortened = re.sub(r"--networks \S+", "--networks NAMES", command)
    yield f"- `{shortened}`"
    yield (
        f"- ceilings: {rounded(round(known.flops))}FLOP/s in a matrix product, "
        f"{rounded(round(known.window_flops or 0))}FLOP/s in a convolution with windows, "
        f"{rounded(round(known.bandwidth))}B/s in a large copy"
    )
    if known.disturbed:
        yield "- disturbed: others used the processor in all rounds of some ceilings"


def _summary(lessons: Sequence[Lesson], rates: Rates) -> Iterator[str]:
    known = rates.ceilings
    layers = [each for lesson in lessons for each in lesson.samples if each.seconds]
    shares = [least(work, known).seconds / taken for work, taken in layers]
    beyond = [share for share in shares if share > 1]
    most = f", {max(beyond) - 1:.0%} less at most" if beyond else ""
    yield f"{len(beyond):,} of {len(layers):,} layers took less than their bound{most}."
    long = [each for each in lessons if each.seconds > LONG]
    half = [each for each in long if _bound(each, known) >= each.seconds / 2]
    yield (
        f"Of {len(long)} networks above {seconds(LONG)} the bound is at least half of the time for "
        f"{len(half)}."
    )
    if rates.held_out:
        off = rates.held_out
        yield (
            f"Told from all others, a network's time is off by {off.mean:.1%} on average, by "
            f"{off.worst:.1%} at most."
        )


def _bound(lesson: Lesson, known: Ceilings) -> float:
    return sum(least(work, known).seconds for work, _ in lesson.samples)


def _table(runs: Runs, lessons: Sequence[Lesson], rates: Rates) -> Iterator[str]:
    apart = left_out(lessons, rates.ceilings)
    yield "| network | measured | bound | of it | told from the others | disturbed |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    for run, lesson in zip(runs.found.values(), lessons, strict=True):
        bound = _bound(lesson, rates.ceilings)
        cells = [
            lesson.name,
            seconds(lesson.seconds),
            seconds(bound),
            f"{bound / lesson.seconds:.0%}",
            f"{apart[lesson.name]:+.1%}",
            f"{run.disturbed} of {run.rounds} rounds" if run.disturbed else "",
        ]
        yield f"| {' | '.join(cells)} |"
    yield ""
