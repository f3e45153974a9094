"""Whole commands against Python importing what they cannot do without."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.measure import Result, at_most, python, ratio


def cold_start(rounds: int) -> Iterator[Result]:
    """`cnncalc analyze` of ResNet-152, `cnncalc check` of ResNet-50, and `import cnncalc`, as
    processes of their own."""
    analyze = python("-m", "cnncalc", "analyze", "specs/resnet/resnet152.yaml")
    imports = python("-c", "import yaml, typer")
    name = "cold `analyze` of ResNet-152 / `import yaml, typer`"
    yield at_most(name, ratio(analyze, imports, rounds), 2.0)
    check = python("-m", "cnncalc", "check", "resnet50")
    name = "cold `check` of ResNet-50 / `import yaml, typer`"
    yield at_most(name, ratio(check, imports, rounds), 2.0)
    bare, library = python("-c", "pass"), python("-c", "import cnncalc")
    yield at_most("`import cnncalc` / Python that does nothing", ratio(library, bare, rounds), 1.3)
