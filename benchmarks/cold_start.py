"""The whole command against Python importing what it cannot do without."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.measure import Result, at_most, python, ratio


def cold_start(rounds: int) -> Iterator[Result]:
    """`cnncalc analyze` of ResNet-152 as a process of its own."""
    analyze = python("-m", "cnncalc", "analyze", "specs/resnet/resnet152.yaml")
    imports = python("-c", "import yaml, typer")
    name = "cold `analyze` of ResNet-152 / `import yaml, typer`"
    yield at_most(name, ratio(analyze, imports, rounds), 2.0)
