"""Many specs in one `cnncalc check`, as a hook passes them: by one process, by two, and from what
is remembered."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks.measure import Result, at_least, at_most, python, seconds
from cnncalc.project import OWN_FILE
from cnncalc.zoo import LIBRARY, folder, networks

SPECS, MANY = 100, 2000
"""In a smoke run, and else."""

BUSY = 1.15
"""Times its processor's time that a run of one process takes where others are in the way: how much
sooner two are cannot be told then."""


def many_specs(rounds: int) -> Iterator[Result]:
    """The zoo over and over, until it is so many specs; how long one takes of them."""
    number = MANY if rounds > 4 else SPECS
    with tempfile.TemporaryDirectory() as place:
        specs = Path(place, "specs")
        check = ("-m", "cnncalc", "check", *copies(specs, number))
        one, two = (python(*check, "--no-cache", "--jobs", jobs) for jobs in "12")
        remembering = python(*check, XDG_CACHE_HOME=place)
        remembering()
        times = [(both(one), both(two)) for _ in range(max(rounds // 7, 1))]
        again = min(seconds(remembering) for _ in range(3))
    spent, taken = (median(alone[of] for alone, _ in times) for of in (0, 1))
    spent_by_two, taken_by_two = (median(shared[of] for _, shared in times) for of in (0, 1))
    yield at_most(f"`check` of {number:,} specs, for each", spent / number * 1000, 25, "ms")
    yield at_most("  by two processes: the processor's time", spent_by_two / spent, 1.1)
    if taken < BUSY * spent:
        yield at_least("  by two processes: how much sooner", taken / taken_by_two, 1.7)
    yield at_most("  again, from what is remembered", again / spent, 0.1)


def both(action: Callable[[], object]) -> tuple[float, float]:
    """The processor's time for one call, and how long it takes."""
    start = perf_counter()
    return seconds(action), perf_counter() - start


def copies(place: Path, number: int) -> list[str]:
    """So many specs, in as many copies of the zoo as it takes."""
    place.mkdir()
    (place / OWN_FILE).touch()  # a project, whose specs lead to each other's blocks
    known = networks().values()
    for copy in range(-(-number // len(known))):
        shutil.copytree(folder(), place / str(copy))
    paths = [path for path in sorted(place.rglob("*.yaml")) if path.parent.name != LIBRARY]
    return [str(path) for path in itertools.islice(paths, number)]
