"""Every network of the zoo in one process, against PyTorch doing nothing yet."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.measure import Result, at_most, python, ratio


def whole_zoo(rounds: int) -> Iterator[Result]:
    """`cnncalc zoo` analyses all of them to list their numbers."""
    name = "the whole zoo / `import torch`"
    listing, importing = python("-m", "cnncalc", "zoo"), python("-c", "import torch")
    yield at_most(name, ratio(listing, importing, max(rounds // 4, 1)), 1)
