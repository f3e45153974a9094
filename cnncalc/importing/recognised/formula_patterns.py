"""Patterns of operations: what an operation and what it reads look like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cnncalc.importing.program import Argument, Operation, Program, Ref, StoredTensor
from cnncalc.records import NamedTuple

SEEN_OTHERWISE = frozenset(
    (
        *("view", "reshape", "unsqueeze", "expand", "contiguous", "to", "_to_copy", "clone"),
        *("squeeze", "flatten", "alias", "detach", "type_as", "expand_as"),
    )
)
"""Operations that show the same numbers, for a pattern that does not mind."""

EITHER_WAY = ("add", "mul", "maximum", "minimum")


class Whatever(NamedTuple):
    """Whatever stands there, under a name: twice under one, it is the same."""

    name: str


class Number(NamedTuple):
    """A number, under a name; where `values` are given, one of them."""

    name: str
    values: tuple[float, ...] = ()


class MadeBy(NamedTuple):
    """An operation of one of these names, whose first arguments match in turn; `named`: others by
    their names."""

    operators: tuple[str, ...]
    reads: tuple[Pattern, ...] = ()
    named: Mapping[str, Any] = {}


class SeenOtherwise(NamedTuple):
    """What matches, perhaps in another shape."""

    pattern: Pattern


Pattern = Whatever | Number | MadeBy | SeenOtherwise
Found = dict[str, Argument]


def made(operators: str, *reads: Pattern, **named: Any) -> MadeBy:
    """A pattern of an operation: `made("add sub", x, y, alpha=1)`."""
    return MadeBy(tuple(operators.split()), reads, named)


class Web:
    """A program's operations by what they give."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.by_name = {o.name: op for op in program.operations for o in op.outputs}
        self.reads: dict[str, int] = {}
        for operation in program.operations:
            for ref in operation.refs():
                self.reads[ref.name] = self.reads.get(ref.name, 0) + 1
        for ref in program.outputs.values():
            self.reads[ref.name] = self.reads.get(ref.name, 0) + 1

    def operation(self, argument: Argument) -> Operation | None:
        """The operation that gives a tensor."""
        return self.by_name.get(argument.name) if isinstance(argument, Ref) else None

    def stored(self, argument: Argument) -> StoredTensor | None:
        """The stored tensor of that name."""
        return self.program.stored.get(argument.name) if isinstance(argument, Ref) else None

    def shown(self, argument: Argument) -> Argument:
        """What is seen otherwise there."""
        operation = self.operation(argument)
        while operation is not None and operation.operator in SEEN_OTHERWISE:
            argument = next(operation.refs())
            operation = self.operation(argument)
        return argument

    def number(self, argument: Argument) -> float | None:
        """The number that stands there, or that a constant is everywhere."""
        if isinstance(argument, int | float) and not isinstance(argument, bool):
            return float(argument)
        stored = self.stored(argument)
        if stored is None or stored.sort == "parameter" or stored.values is None:
            return None
        values = stored.values()
        if not values.size or values.dtype.kind not in "fiu" or values.size > 1:
            return None
        return float(values.flat[0])

    def match(self, pattern: Pattern, argument: Argument, found: Found) -> bool:
        """Whether a pattern is what stands there; what has names in it is found then."""
        if isinstance(pattern, Whatever):
            known = found.setdefault(pattern.name, argument)
            return known == argument
        if isinstance(pattern, Number):
            number = self.number(argument)
            if number is None or (pattern.values and not any(map(_near(number), pattern.values))):
                return False
            return self.match(Whatever(pattern.name), number, found)
        if isinstance(pattern, SeenOtherwise):
            return self.match(pattern.pattern, self.shown(argument), found)
        operation = self.operation(argument)
        return operation is not None and self.matches(pattern, operation, found)

    def matches(self, pattern: MadeBy, operation: Operation, found: Found) -> bool:
        """Whether an operation is what a pattern says."""
        if operation.operator not in pattern.operators:
            return False
        for name, wanted in pattern.named.items():
            if operation.arguments.get(name) != wanted:
                return False
        given = list(operation.arguments.values())[: len(pattern.reads)]
        if len(given) < len(pattern.reads):
            return False
        orders = [given]
        if operation.operator in EITHER_WAY and len(given) == 2:
            orders.append(given[::-1])
        for order in orders:
            tried = dict(found)
            if all(self.match(p, a, tried) for p, a in zip(pattern.reads, order, strict=True)):
                found |= tried
                return True
        return False

    def sizes(self, argument: Argument) -> tuple[int, ...] | None:
        """Of a tensor."""
        if not isinstance(argument, Ref):
            return None
        stored = self.program.stored.get(argument.name)
        if stored is not None:
            return stored.sizes
        passed = self.program.inputs.get(argument.name)
        if passed is not None:
            return passed.sizes
        operation = self.by_name[argument.name]
        return next(each.sizes for each in operation.outputs if each.name == argument.name)


def _near(number: float) -> Callable[[float], bool]:
    return lambda wanted: abs(number - wanted) <= 1e-4 * max(abs(wanted), 1e-12)


Builder = Callable[["Web", Operation, Found], Operation | None]


class Formula(NamedTuple):
    """What an operation looks like, and what stands in its place; None where it is another."""

    pattern: MadeBy
    build: Builder


def rewritten(program: Program, formulas: tuple[Formula, ...]) -> Program:
    """Each operation that is the last of a formula as the one that says it, without what nothing
    reads then."""
    web = Web(program)
    operations = tuple(_rewritten(web, operation, formulas) for operation in program.operations)
    if operations == program.operations:
        return program
    return read_alone(program._replace(operations=operations))


def _rewritten(web: Web, operation: Operation, formulas: tuple[Formula, ...]) -> Operation:
    for formula in formulas:
        found: Found = {}
        if web.matches(formula.pattern, operation, found):
            built = formula.build(web, operation, found)
            if built is not None:
                return built
    return operation


def read_alone(program: Program) -> Program:
    """Without operations that no output comes of."""
    wanted = {ref.name for ref in program.outputs.values()}
    kept: list[Operation] = []
    for operation in reversed(program.operations):
        if any(output.name in wanted for output in operation.outputs):
            kept.append(operation)
            wanted.update(ref.name for ref in operation.refs())
    return program._replace(operations=tuple(reversed(kept)))
