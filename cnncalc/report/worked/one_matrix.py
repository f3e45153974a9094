"""A layer as one matrix, on a terminal: what it multiplies, and what comes of it, as columns."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.layers.base import times
from cnncalc.layers.fields import counted
from cnncalc.network.graph import Node
from cnncalc.report.worked.grids import Sheet, beside
from cnncalc.worked.array import Array, flat
from cnncalc.worked.working import Place

WIDTH = 100


def one_matrix(
    node: Node,
    matrix: Array,
    at: Place,
    numbers: Array | None,
    made: Array | None,
    width: int | None,
) -> str:
    """The matrix, the row of the output `at` in brackets; with numbers these, stretched out, and
    the outputs; and how few of its entries are learned."""
    _, rows, columns = matrix.shape
    shapes = f"{times(node.shapes[0])} -> {times(node.shape)}"
    head = f"{node.kind}   {shapes}, a matrix of {rows}x{columns}"
    row = flat(node.shape, at)
    sheets = [_matrix(matrix, row), *_columns(numbers, made, row)]
    lines = [head, "", *beside(sheets, min(width or WIDTH, WIDTH)), "", _entries(node, matrix)]
    return "\n".join(lines) + "\n"


def _matrix(matrix: Array, row: int) -> Sheet:
    _, rows, columns = matrix.shape
    lines = [matrix.numbers[start : start + columns] for start in range(0, rows * columns, columns)]
    return Sheet("matrix", lines, {(row, column) for column in range(columns)}, ".")


def _columns(numbers: Array | None, made: Array | None, row: int) -> Iterator[Sheet]:
    """Stretched out, a number a row: what a row of the matrix makes, and all that it reads."""
    if numbers and made:
        read = {(place, 0) for place in range(len(numbers.numbers))}
        yield Sheet("output", [[number] for number in made.numbers], {(row, 0)})
        yield Sheet("input", [[number] for number in numbers.numbers], read)


def _entries(node: Node, matrix: Array) -> str:
    others = sum(1 for number in matrix.numbers if number)
    sizes = {weight.name: weight.size for weight in node.weights}
    parts = [f"{counted(len(matrix.numbers), 'number')}, {others:,} of them not 0"]
    parts += [f"made of {counted(sizes['weight'], 'weight')}"] if "weight" in sizes else []
    parts += ["to each output its bias is added"] if "bias" in sizes else []
    return ", ".join(parts[:2]) + "".join(f"; {part}" for part in parts[2:])
