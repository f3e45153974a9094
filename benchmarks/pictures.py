"""Pictures against the analysis that they show, and alone; long networks, no slower a layer."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Iterator

from benchmarks.growth import LAYER
from benchmarks.measure import Result, at_most, exponent, python, ratio
from cnncalc.analysis import analyze
from cnncalc.language.load import loads
from cnncalc.report.picture.graph_style import graph_style
from cnncalc.report.picture.to_svg import to_svg
from cnncalc.report.picture.wish import Wish

LENGTHS = (1_000, 3_000, 10_000)
FEWER = (500, 2_000)
"""Of chains: on logarithmic axes their times lie on a line, of slope 1 where they are linear."""


def pictures(rounds: int) -> Iterator[Result]:
    """ResNet-152 with every box, as a process; chains of up to 10,000 layers."""
    command = ("-m", "cnncalc", "draw", "resnet152", "--depth", "all", "--unfold")
    draw = python(*command, "--format", "svg")
    analyzed = python("-m", "cnncalc", "analyze", "resnet152")
    yield at_most("`draw` of ResNet-152, unfolded / `analyze`", ratio(draw, analyzed, rounds), 5)
    lengths = LENGTHS if rounds > len(LENGTHS) else FEWER
    times = [_drawing(length, max(rounds // 6, 2)) for length in lengths]
    scale = f"{lengths[0]:,} to {lengths[-1]:,} layers"
    yield at_most(f"drawing {scale}: time grows with", exponent(lengths, times), 1.15, "power")


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
