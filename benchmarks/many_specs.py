"""Two hundred specs in one `cnncalc check`, as a hook passes them."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Result, at_most, python, seconds
from cnncalc.project import OWN_FILE
from cnncalc.zoo import LIBRARY, folder, networks

SPECS = 200


def many_specs(rounds: int) -> Iterator[Result]:
    """The zoo over and over, until it is two hundred specs; how long one takes of them."""
    with tempfile.TemporaryDirectory() as place:
        check = python("-m", "cnncalc", "check", *copies(Path(place)))
        fastest = min(seconds(check) for _ in range(max(rounds // 4, 1)))
    yield at_most(f"`check` of {SPECS} specs, for each", fastest / SPECS * 1000, 25, "ms")


def copies(place: Path) -> list[str]:
    """The specs, in as many copies of the zoo as it takes."""
    (place / OWN_FILE).touch()  # a project, whose specs lead to each other's blocks
    known = networks().values()
    for number in range(-(-SPECS // len(known))):
        shutil.copytree(folder(), place / str(number))
    paths = [path for path in sorted(place.rglob("*.yaml")) if path.parent.name != LIBRARY]
    return [str(path) for path in itertools.islice(paths, SPECS)]
