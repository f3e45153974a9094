"""Pictures and pages, against the analysis that they show; and long networks, no slower a layer."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.long_chain import LAYER
from benchmarks.measure import Result, at_most, python, ratio

DRAW = """
import sys
from cnncalc.analysis import analyze
from cnncalc.language.load import loads
from cnncalc.report.picture.graph_style import graph_style
from cnncalc.report.picture.to_svg import to_svg
from cnncalc.report.picture.wish import Wish
summary = analyze(loads("input: 8x32x32\\nlayers:\\n" + {layer!r} * {length}))
for _ in range({times}):
    to_svg(graph_style(summary, Wish(depth=sys.maxsize, unfold=True)))
"""
"""Drawn ten times more often where it is ten times shorter."""

PAGE = """
import cnncalc
graph = cnncalc.loads("input: 8x32x32\\nlayers:\\n" + {layer!r} * {length})
for _ in range({times}):
    cnncalc.page(graph)
"""


def pictures(rounds: int) -> Iterator[Result]:
    """ResNet-152 with every box, or its page, as a process; a chain of 10,000 layers against one of
    1,000."""
    command = ("-m", "cnncalc", "draw", "resnet152", "--depth", "all", "--unfold")
    draw = python(*command, "--format", "svg")
    analyze = python("-m", "cnncalc", "analyze", "resnet152")
    yield at_most("`draw` of ResNet-152, unfolded / `analyze`", ratio(draw, analyze, rounds), 2.5)
    report = python("-m", "cnncalc", "report", "resnet152")
    yield at_most("`report` of ResNet-152 / `analyze`", ratio(report, analyze, rounds), 6)
    long, short = (
        python("-c", DRAW.format(layer=LAYER, length=length, times=10_000 // length))
        for length in (10_000, 1_000)
    )
    name = "drawing 10,000 layers once / 1,000 ten times"
    yield at_most(name, ratio(long, short, max(rounds // 6, 1)), 3)
    long, short = (
        python("-c", PAGE.format(layer=LAYER, length=length, times=10_000 // length))
        for length in (10_000, 1_000)
    )
    name = "a page of 10,000 layers once / of 1,000 ten times"
    yield at_most(name, ratio(long, short, max(rounds // 6, 1)), 3)
