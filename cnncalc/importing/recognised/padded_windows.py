"""A padding in front of a window, as the padding of that window: other before than behind."""

from __future__ import annotations

from math import inf

from cnncalc.importing.program import Argument, Operation, Program
from cnncalc.importing.recognised.formula_patterns import Web, read_alone

WINDOWS = {
    f"{name}{rank}d": (rank, value)
    for rank in (1, 2, 3)
    for name, value in (("conv", 0.0), ("max_pool", -inf), ("avg_pool", 0.0), ("lp_pool", 0.0))
}
"""Operations with a window, over how many axes, and what stands in their own padding."""


def recognised(program: Program) -> Program:
    """With each such padding in the window that alone reads it."""
    web = Web(program)
    operations = tuple(_joined(web, each) for each in program.operations)
    if operations == program.operations:
        return program
    return read_alone(program._replace(operations=operations))


def _joined(web: Web, operation: Operation) -> Operation:
    rank, value = WINDOWS.get(operation.operator, (0, 0.0))
    given = operation.arguments
    name = "input" if "input" in given else "self"
    pad = web.operation(given.get(name)) if rank else None
    if pad is None or pad.operator not in ("pad", "constant_pad_nd"):
        return operation
    own = given["padding"]
    untouched = isinstance(own, tuple) and not any(own)
    sides = _sides(pad, rank, value)
    if not untouched or sides is None or given.get("count_include_pad") is False:
        return operation
    if web.reads[pad.outputs[0].name] > 1:
        return operation
    seen = pad.arguments["self"]
    return operation._replace(arguments={**given, name: seen, "padding": sides})


def _sides(pad: Operation, rank: int, value: float) -> Argument:
    """Before and behind, of each axis of space; None where others are padded, or by else."""
    mode, given = pad.arguments.get("mode", "constant"), pad.arguments["pad"]
    fill = pad.arguments.get("value")
    if mode != "constant" or not isinstance(given, tuple) or float(fill or 0.0) != value:  # type: ignore[arg-type]
        return None
    sides = [each for each in given if isinstance(each, int)]
    if len(sides) != len(given) or min(sides, default=0) < 0 or any(sides[2 * rank :]):
        return None
    sides += [0] * (2 * rank - len(sides))
    found = tuple((sides[2 * n], sides[2 * n + 1]) for n in reversed(range(rank)))
    alike = all(before == behind for before, behind in found)
    return tuple(before for before, _ in found) if alike else found
