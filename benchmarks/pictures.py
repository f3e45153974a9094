"""Pictures against the analysis that they show, and alone; long networks, no slower a layer."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Iterator

from benchmarks.growth import LAYER
from benchmarks.measure import Result, Spread, at_most, exponent, python, ratio, seconds
from cnncalc.analysis import analyze
from cnncalc.language.load import loads
from cnncalc.report.picture.graph_style import graph_style
from cnncalc.report.picture.to_svg import to_svg
from cnncalc.report.picture.wish import Wish

LENGTHS = (1_000, 3_000, 10_000)
"""Of chains: on logarithmic axes their times lie on a line, of slope 1 where they are linear."""


def pictures(rounds: int) -> Iterator[Result]:
    """ResNet-152 with every box, as a process; chains of up to 10,000 layers."""
    command = ("-m", "cnncalc", "draw", "resnet152", "--depth", "all", "--unfold")
    draw = python(*command, "--format", "svg")
    analyzed = python("-m", "cnncalc", "analyze", "resnet152")
    yield at_most("`draw` of ResNet-152, unfolded / `analyze`", ratio(draw, analyzed, rounds), 5)
    taken = Spread.of(seconds(draw) for _ in range(rounds))
    yield at_most("`draw` of ResNet-152, unfolded, time of a processor", taken, 0.3, " s")
    times = [_drawing(length, max(rounds // 6, 2)) for length in LENGTHS]
    yield at_most("drawing 1,000 to 10,000 layers, exponent", exponent(LENGTHS, times), 1.15, "")


def _drawing(length: int, rounds: int) -> float:
    """Seconds of a processor for a chain as SVG, with every box, the least of several; without
    collecting garbage, as in commands."""
    summary = analyze(loads("input: 8x32x32\nlayers:\n" + LAYER * length))
    times = []
    gc.disable()
    for _ in range(rounds):
        start = time.process_time()
        to_svg(graph_style(summary, Wish(depth=sys.maxsize, unfold=True)))
        times.append(time.process_time() - start)
    gc.enable()
    return min(times)
