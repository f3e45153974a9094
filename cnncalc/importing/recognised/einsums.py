"""Einstein sums of two tensors as products of matrices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

from cnncalc.importing.program import Argument, Operation, PassedTensor, Program, Ref, Sizes
from cnncalc.importing.recognised.formula_patterns import Web


def recognised(program: Program) -> Program:
    """Each that is a product, as one between tensors with their dimensions in its order."""
    if all(operation.operator != "einsum" for operation in program.operations):
        return program
    web = Web(program)
    operations = tuple(each for one in program.operations for each in _product(web, one))
    return program._replace(operations=operations)


def _product(web: Web, operation: Operation) -> Iterator[Operation]:
    given = _read(web, operation)
    if given is None:
        yield operation
        return
    one, other, result, tensors = given
    sizes = dict(zip(one + other, (n for t in tensors for n in web.sizes(t) or ()), strict=True))
    batch = [letter for letter in one if letter in other and letter in result]
    summed = [letter for letter in one if letter in other and letter not in result]
    rows = [letter for letter in one if letter not in other]
    columns = [letter for letter in other if letter not in one]
    maker = _Maker(operation, sizes)
    left = maker.arranged(tensors[0], one, [batch, [rows], [summed]], "left")
    right = maker.arranged(tensors[1], other, [batch, [summed], [columns]], "right")
    shape = (*(sizes[b] for b in batch), maker.size(rows), maker.size(columns))
    product = maker.made("matmul", {"self": left, "other": right}, shape, "product")
    order = [*batch, *rows, *columns]
    split = maker.viewed(product, tuple(sizes[letter] for letter in order), "split")
    maker.last(split, order, result)
    yield from maker.operations


class _Maker:
    """The operations of one sum, one after another."""

    def __init__(self, operation: Operation, sizes: dict[str, int]) -> None:
        self.operation = operation
        self.sizes = sizes
        self.operations: list[Operation] = []

    def size(self, letters: Sequence[str]) -> int:
        return prod(self.sizes[letter] for letter in letters)

    def made(self, operator: str, arguments: dict[str, Argument], sizes: Sizes, end: str) -> Ref:
        name = f"{self.operation.outputs[0].name}.{end}"
        output = PassedTensor(name, sizes)
        self.operations.append(Operation(operator, arguments, (output,), self.operation.site))
        return Ref(name)

    def viewed(self, tensor: Argument, sizes: Sizes, end: str) -> Argument:
        return self.made("view", {"self": tensor, "size": sizes}, sizes, end)

    def arranged(
        self, tensor: Argument, letters: str, groups: Sequence[Sequence[object]], end: str
    ) -> Argument:
        """With the dimensions of the batch, then two that stand for several each."""
        batch, *others = groups
        together = [list(each[0]) for each in others]  # type: ignore[call-overload]
        order = [*batch, *(letter for each in together for letter in each)]
        numbers = tuple(letters.index(str(letter)) for letter in order)
        if numbers != tuple(range(len(numbers))):
            sizes = tuple(self.sizes[str(letter)] for letter in order)
            tensor = self.made("permute", {"self": tensor, "dims": numbers}, sizes, f"{end}_order")
        if any(len(each) != 1 for each in together):
            sizes = (*(self.sizes[str(b)] for b in batch), *map(self.size, together))
            tensor = self.viewed(tensor, sizes, f"{end}_matrix")
        return tensor

    def last(self, tensor: Argument, order: Sequence[str], result: str) -> None:
        """The output itself, in its own order."""
        dims = tuple(order.index(letter) for letter in result)
        outputs = self.operation.outputs
        given: dict[str, Argument] = {"self": tensor, "dims": dims}
        operator = "permute"
        if dims == tuple(range(len(dims))):
            operator, given = "view", {"self": tensor, "size": outputs[0].sizes}
        self.operations.append(Operation(operator, given, outputs, self.operation.site))


def _read(web: Web, operation: Operation) -> tuple[str, str, str, tuple[Argument, ...]] | None:
    """The letters of both tensors and of the result, and the tensors; None for another sum."""
    if operation.operator != "einsum":
        return None
    equation, tensors = operation.arguments["equation"], operation.arguments["tensors"]
    if not isinstance(equation, str) or not isinstance(tensors, tuple) or len(tensors) != 2:
        return None
    inputs, arrow, result = equation.replace(" ", "").partition("->")
    one, comma, other = inputs.partition(",")
    if not arrow or not comma or "." in equation:
        return None
    each = (one, other, result)
    if any(len(set(letters)) != len(letters) for letters in each):
        return None
    kept = set(result) == (set(one) ^ set(other)) | (set(one) & set(other) & set(result))
    known = [web.sizes(tensor) for tensor in tensors]
    if not kept or [len(sizes or ()) for sizes in known] != [len(one), len(other)]:
        return None
    return one, other, result, tensors
