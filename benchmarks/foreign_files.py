"""`python -m benchmarks.foreign_files FOLDER`: the networks of other tools in a folder, as a table.

A row a file: the operations of its Program, parameters, the bytes of all that it stores, MACs, the
lines of its spec, or what it cannot say. `--input SHAPE` is for files that say no size of their
input. The last lines count them.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from math import prod
from pathlib import Path
from typing import NamedTuple

from cnncalc.importing.checked import DifferenceError, ImportingError
from cnncalc.importing.formats.asked import NetworkAsked
from cnncalc.importing.formats.format_error import FormatError
from cnncalc.importing.formats.telling import may_be_format, program_of_file
from cnncalc.importing.program import Program
from cnncalc.importing.whole_program import of_program

SIZE = "nothing says how large"


class Row(NamedTuple):
    """A file: its Program, its spec's lines, what is wrong or cannot be said."""

    path: Path
    program: Program | None
    lines: int
    said: str

    @property
    def sized(self) -> bool:
        """Whether all of its operations have sizes."""
        return self.program is not None and all(
            each.sizes for operation in self.program.operations for each in operation.outputs
        )


def rows(folder: Path, shapes: Sequence[tuple[int, ...]]) -> Iterator[Row]:
    """All files of a folder, whether or not they can be read."""
    for path in sorted(each for each in folder.rglob("*") if may_be_format(each.name)):
        try:
            program = _program(path, shapes)
        except FormatError as error:
            yield Row(path, None, 0, f"line {error.problem.line}: {error.problem.what}")
            continue
        yield _imported(path, program)


def _program(path: Path, shapes: Sequence[tuple[int, ...]]) -> Program:
    try:
        return program_of_file(str(path), NetworkAsked())
    except FormatError as error:
        if not shapes or SIZE not in error.problem.what:
            raise
    return program_of_file(str(path), NetworkAsked(shapes))


def _imported(path: Path, program: Program) -> Row:
    try:
        return Row(path, program, len(of_program(program).text.splitlines()), "")
    except ImportingError as error:
        return Row(path, program, 0, ", ".join(sorted({each.operator for each in error.blockers})))
    except DifferenceError as error:
        return Row(path, program, 0, f"difference: {error}")


def table(found: Sequence[Row], folder: Path) -> Iterator[str]:
    """Markdown."""
    yield "| file | operations | params | stored, in bytes | MACs | lines | cannot be said |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | --- |"
    for row in found:
        numbers = ["?"] * 4
        if row.program:
            params, macs = row.program.counted
            stored = 4 * sum(prod(each.sizes) for each in row.program.stored.values())
            counts = (len(row.program.operations), params, stored, macs)
            numbers = ["?" if n is None else f"{n:,}" for n in counts]
        cells = (str(row.path.relative_to(folder)), *numbers, str(row.lines or ""), row.said)
        yield f"| {' | '.join(cells)} |"


def totals(found: Sequence[Row]) -> Iterator[str]:
    """How many of them, and what stands in the way of the rest, most often first."""
    yield f"{len(found)} files: {sum(row.sized for row in found)} are Programs of which every"
    yield f"operation has sizes, {sum(row.lines > 0 for row in found)} are written as specs"
    for said, count in Counter(row.said for row in found if row.said).most_common():
        yield f"- {count}: {said}"


def main(arguments: Sequence[str]) -> None:
    """Prints all of it."""
    folder, *rest = arguments
    shapes = [tuple(map(int, each.split("x"))) for each in rest if each != "--input"]
    found = list(rows(Path(folder), shapes))
    print("\n".join([*table(found, Path(folder)), "", *totals(found)]))


if __name__ == "__main__":
    main(sys.argv[1:])
