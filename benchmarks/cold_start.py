"""Whole commands against Python importing what they cannot do without."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.measure import Result, at_most, python, ratio

CONV = "conv: {filters: 1, kernel: 3, bias: false}"
BINARY = "11100 01110 00111 00110 01100"


def cold_start(rounds: int) -> Iterator[Result]:
    """`cnncalc analyze` of ResNet-152, `cnncalc check` of ResNet-50, `cnncalc calc` with numbers,
    and `import cnncalc`, as processes of their own."""
    analyze = python("-m", "cnncalc", "analyze", "specs/resnet/resnet152.yaml")
    imports = python("-c", "import yaml, typer")
    name = "cold `analyze` of ResNet-152 / `import yaml, typer`"
    yield at_most(name, ratio(analyze, imports, rounds), 1)
    check = python("-m", "cnncalc", "check", "resnet50")
    name = "cold `check` of ResNet-50 / `import yaml, typer`"
    yield at_most(name, ratio(check, imports, rounds), 1)
    sizes = python("-m", "cnncalc", "calc", CONV, "--input", "1x5x5")
    numbers = python("-m", "cnncalc", "calc", CONV, "--values", BINARY, "--kernel", "101 010 101")
    yield at_most("cold `calc --values` / cold `calc`", ratio(numbers, sizes, rounds), 1.2)
    bare, library = python("-c", "pass"), python("-c", "import cnncalc")
    yield at_most("`import cnncalc` / Python that does nothing", ratio(library, bare, rounds), 1.3)
