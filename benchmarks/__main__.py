"""Every ratio with its quartiles and its bound; exit 1 where one does not hold.

Ratios are of the processor's time, of two things in turn: what others do on the machine meanwhile
hardly matters, and where it does, that is said.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

from benchmarks import history
from benchmarks.verdicts import SMOKE, WHOLE, WORSE, Benchmark, verdicts

BENCHMARKS = (
    "cold_start",
    "against_torch",
    "other_tools",
    "whole_zoo",
    "many_specs",
    "growth",
    "onnx_chains",
    "pictures",
    "pages",
    "lowered",
    "training",
)
"""Each a function in a file of its name, which imports what it measures."""

QUICK = ("cold_start", "against_torch", "many_specs", "growth", "pictures", "pages")
"""Those of `--smoke`: a few seconds each."""


def main(arguments: list[str]) -> int:
    """Run some of them, and print what came of each."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    for name in asked.names:
        if name not in BENCHMARKS:
            parser.error(f"there is no benchmark {name!r}: {', '.join(BENCHMARKS)}")
    way = SMOKE if asked.smoke else WHOLE
    recorded = history.medians(way.name)
    slack = f", bounds with {way.slack - 1:.0%} of slack" if way.slack > 1 else ""
    print(f"{way.rounds} rounds{slack}", end="\n\n", flush=True)
    found = []
    for name in asked.names or (QUICK if asked.smoke else BENCHMARKS):
        told, others = verdicts(_benchmark(name), way, recorded)
        share = "" if others is None else f"   (others took {others:.0%} of the processors)"
        print(f"{name}{share}", *told, sep="\n  ", end="\n\n", flush=True)
        found += told
    if asked.record:
        history.keep(way.name, [verdict.result for verdict in found])
    failed = sum(verdict.failed for verdict in found)
    print(f"{len(found)} results, {failed} missed")
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)} [default: all]"
    )
    parser.add_argument(
        "--smoke",
        action="store_true",
        help=f"the quick ones, {SMOKE.rounds} rounds in place of {WHOLE.rounds}, each bound with"
        f" {100 * SMOKE.slack - 100:.0f}%% of slack; what is {WORSE:g} times worse than recorded"
        " fails",
    )
    parser.add_argument(
        "--record", action="store_true", help="add what comes of it to docs/measurements/speed.csv"
    )
    return parser


def _benchmark(name: str) -> Benchmark:
    found: Benchmark = getattr(import_module(f"benchmarks.{name}"), name)
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
