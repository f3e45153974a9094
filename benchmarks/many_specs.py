"""Many specs in one `cnncalc check`, as a hook passes them: by one process, by two, and from what
is remembered."""

from __future__ import annotations

import itertools
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import NamedTuple

from benchmarks.measure import Result, Spread, at_least, at_most, peak_memory, python, seconds
from cnncalc.project import OWN_FILE
from cnncalc.zoo import LIBRARY, folder, networks

SPECS, MANY = 60, 2000
"""In a smoke run, and else."""

BUSY = 1.15
"""Times its processor's time that a run of one process takes where others are in the way: how much
sooner two are cannot be told then."""


class Taken(NamedTuple):
    """By a run: of the processor, and on the clock, in seconds."""

    spent: float
    passed: float


def many_specs(rounds: int) -> Iterator[Result]:
    """The zoo over and over, until it is so many specs; how long one takes of them."""
    number, times = (MANY, 3) if rounds > 4 else (SPECS, 1)
    imports = python("-c", "import yaml, typer")
    with tempfile.TemporaryDirectory() as place:
        specs = copies(Path(place, "specs"), number)
        check = ("-m", "cnncalc", "check", *specs)
        one, two = (python(*check, "--no-cache", "--jobs", jobs) for jobs in "12")
        remembering = python(*check, XDG_CACHE_HOME=place)
        remembering()
        runs = [(taken(one), taken(two), taken(remembering)) for _ in range(times)]
        unit = median(seconds(imports) for _ in range(5))
        memory = [_peak(specs[:some]) for some in (MANY // 10, MANY)] if number == MANY else []
    yield at_most(
        f"`check` of {number:,} specs, for each / `import yaml, typer`",
        Spread.of(alone.spent / number / unit for alone, _, _ in runs),
        0.25,
    )
    if memory:
        kept = (memory[1] - memory[0]) / (MANY - MANY // 10)
        yield at_most(f"`check` of {number:,} specs, memory kept of each", kept, 0.01, "MiB")
    yield at_most(
        f"`check` of {number:,} specs by two processes: the processor's time",
        Spread.of(shared.spent / alone.spent for alone, shared, _ in runs),
        1.1,
    )
    quiet = median(alone.passed / alone.spent for alone, _, _ in runs) < BUSY
    sooner = Spread.of(alone.passed / shared.passed for alone, shared, _ in runs)
    name = f"`check` of {number:,} specs by two processes: how much sooner"
    yield at_least(name, sooner if quiet else None, 1.7)
    yield at_most(
        f"`check` of {number:,} specs again, from what is remembered",
        Spread.of(again.spent / alone.spent for alone, _, again in runs),
        0.1 if memory else 0.2,  # of few, the start is most
    )


def taken(action: Callable[[], object]) -> Taken:
    """By one call."""
    start = perf_counter()
    return Taken(seconds(action), perf_counter() - start)


def _peak(specs: list[str]) -> float:
    """Of a process that checks them, in MiB."""
    return float(python("-m", "benchmarks.many_specs", *specs)())


def copies(place: Path, number: int) -> list[str]:
    """So many specs, in as many copies of the zoo as it takes."""
    place.mkdir()
    (place / OWN_FILE).touch()  # a project, whose specs lead to each other's blocks
    known = networks().values()
    for copy in range(-(-number // len(known))):
        shutil.copytree(folder(), place / str(copy))
    paths = [path for path in sorted(place.rglob("*.yaml")) if path.parent.name != LIBRARY]
    return [str(path) for path in itertools.islice(paths, number)]


def main(specs: list[str]) -> None:
    """Check them in this process, and print what that took at the peak, in MiB."""
    import gc

    from cnncalc.commands.check import check

    gc.disable()  # as commands do
    with open(os.devnull, "w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
        check(specs, [], jobs=1, remembers=False)
    print(peak_memory())


if __name__ == "__main__":
    main(sys.argv[1:])
