"""Pages of networks, against the analysis that they show; of long networks, no slower a layer."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.growth import LAYER
from benchmarks.measure import Result, at_most, python, ratio

PAGE = """
import cnncalc
graph = cnncalc.loads("input: 8x32x32\\nlayers:\\n" + {layer!r} * {length})
for _ in range({times}):
    cnncalc.page(graph)
"""
"""Written ten times more often where it is ten times shorter."""


def pages(rounds: int) -> Iterator[Result]:
    """ResNet-152, as a process; a chain of 2,000 layers against one of 200."""
    report = python("-m", "cnncalc", "report", "resnet152")
    analyze = python("-m", "cnncalc", "analyze", "resnet152")
    yield at_most("`report` of ResNet-152 / `analyze`", ratio(report, analyze, rounds), 12)
    most = 2_000 if rounds > 6 else 1_000
    long, short = (
        python("-c", PAGE.format(layer=LAYER, length=length, times=most // length))
        for length in (most, most // 10)
    )
    name = f"a page of {most:,} layers once / of {most // 10:,} ten times"
    yield at_most(name, ratio(long, short, max(rounds // 6, 1)), 3)
