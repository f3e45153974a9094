"""The networks of the zoo in one process, against PyTorch doing nothing yet."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.measure import Result, at_most, python, ratio
from cnncalc.zoo import networks


def whole_zoo(rounds: int) -> Iterator[Result]:
    """`cnncalc zoo` analyses all of them to list their numbers; the ratio is that of a hundred."""
    name = "100 networks of the zoo / `import torch`"
    listing, importing = python("-m", "cnncalc", "zoo"), python("-c", "import torch")
    whole = ratio(listing, importing, max(rounds // 4, 1))
    hundred = 100 / len(networks())
    yield at_most(name, whole.each(lambda value: value * hundred), 1.3)
