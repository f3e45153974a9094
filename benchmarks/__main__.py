"""`python -m benchmarks`: every ratio with its bound; exit 1 where one does not hold.

`--smoke` runs each a few times only, and gives each bound a quarter of slack for that. What others
do on the machine meanwhile does not matter: the processor's time is measured.
"""

from __future__ import annotations

import sys

from benchmarks.against_torch import against_torch
from benchmarks.cold_start import cold_start
from benchmarks.long_chain import long_chain
from benchmarks.lowered import lowered
from benchmarks.many_specs import many_specs
from benchmarks.onnx_chains import onnx_chains
from benchmarks.other_tools import other_tools
from benchmarks.pages import pages
from benchmarks.pictures import pictures
from benchmarks.training import training
from benchmarks.whole_zoo import whole_zoo

LONG = (onnx_chains, training)
"""Which `--smoke` leaves out: half a minute each."""

BENCHMARKS = (
    cold_start,
    against_torch,
    other_tools,
    whole_zoo,
    many_specs,
    long_chain,
    onnx_chains,
    pictures,
    pages,
    lowered,
    training,
)


FEW, MANY = 3, 20
"""Rounds of `--smoke`, and others."""

SLACK = 1.25
"""Of `--smoke`: so few rounds scatter."""


def main(arguments: list[str]) -> int:
    """Run all of them and print a line each."""
    smoke = "--smoke" in arguments
    sound = True
    for benchmark in BENCHMARKS:
        if smoke and benchmark in LONG:
            continue
        for result in benchmark(FEW if smoke else MANY):
            held = result.holds(SLACK if smoke else 1.0)
            sound &= held
            verdict = "ok" if held else "MISSED"
            value = f"{result.value:.2f} {result.unit}"
            print(f"{result.name:<62} {value:>10}   {result.bound:<13} {verdict}", flush=True)
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
