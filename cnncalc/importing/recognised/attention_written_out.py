"""Attention written out: scores, what is added to them, a softmax, and what it weighs."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.importing.program import Argument, Operation, Program, Ref
from cnncalc.importing.recognised.formula_patterns import SEEN_OTHERWISE, Web, read_alone
from cnncalc.records import NamedTuple

PRODUCTS = ("matmul", "bmm", "mm", "baddbmm")
WEIGHED = ("dropout", "to", "_to_copy", "contiguous", "clone", "type_as", *SEEN_OTHERWISE)


class Scores(NamedTuple):
    """What the softmax is of: the product, a factor, tensors of weights alone that it is multiplied
    by, and what is added, the last first."""

    product: Operation
    factor: float
    scales: tuple[Argument, ...]
    added: tuple[Argument, ...]


class ScoreStep(NamedTuple):
    """A factor that an operation brings in, a number or a tensor, and what it adds."""

    factor: float = 1.0
    scale: Argument = None
    added: Argument = None


def recognised(program: Program) -> Program:
    """With each attention that is written out as one operation, which has all of its parts."""
    web = Web(program)
    operations = tuple(_attention(web, each) or each for each in program.operations)
    if operations == program.operations:
        return program
    return read_alone(program._replace(operations=operations))


def _attention(web: Web, operation: Operation) -> Operation | None:
    """The attention of which an operation is the last product."""
    if operation.operator not in PRODUCTS or operation.operator == "baddbmm":
        return None
    weights, values = list(operation.arguments.values())[:2]
    softmax = web.operation(weights)
    while softmax is not None and softmax.operator in WEIGHED:
        if softmax.operator == "dropout" and softmax.arguments["train"]:
            return None
        softmax = web.operation(next(softmax.refs()))
    if softmax is None or softmax.operator not in ("softmax", "_softmax"):
        return None
    sizes = softmax.outputs[0].sizes
    if softmax.arguments["dim"] not in (-1, len(sizes) - 1):
        return None
    scores = _scores(web, next(softmax.refs()))
    if scores is None:
        return None
    queries, keys = list(scores.product.arguments.values())[:2]
    arguments: dict[str, Argument] = {
        "query": queries,
        "key_turned": keys,
        "value": values,
        "factor": scores.factor,
        "scales": scores.scales,
        "added": scores.added,
    }
    return operation._replace(operator="attention_written_out", arguments=arguments)


def _scores(web: Web, argument: Argument) -> Scores | None:
    factor = 1.0
    scales: list[Argument] = []
    added: list[Argument] = []
    for operation in _upwards(web, argument):
        if operation.operator in PRODUCTS and operation.operator != "baddbmm":
            return Scores(operation, factor, tuple(scales), tuple(added))
        step = _step(web, operation)
        if step is None:
            return None
        if step.added is not None and (factor != 1 or scales):
            return None  # it is multiplied, too
        factor *= step.factor
        scales += [step.scale] if step.scale is not None else []
        added += [step.added] if step.added is not None else []
    return None


def _upwards(web: Web, argument: Argument) -> Iterator[Operation]:
    operation = web.operation(argument)
    while operation is not None:
        yield operation
        operation = web.operation(_main(web, operation))


def _main(web: Web, operation: Operation) -> Argument:
    """Of what an operation reads, that which comes of a product."""
    refs = list(operation.refs())
    if operation.operator == "add" and len(refs) == 2 and not _has_product(web, refs[0]):
        return refs[1]
    return refs[0] if refs else None


def _has_product(web: Web, argument: Argument) -> bool:
    """Whether scores come this way."""
    for _ in range(8):
        operation = web.operation(argument)
        if operation is None:
            return False
        if operation.operator in PRODUCTS:
            return True
        if operation.operator not in (*SEEN_OTHERWISE, "add", "mul", "div"):
            return False
        argument = next(operation.refs(), None)
    return False


def _step(web: Web, operation: Operation) -> ScoreStep | None:
    """What an operation does to the scores; None for what no attention says."""
    if operation.operator in WEIGHED and operation.operator != "dropout":
        return ScoreStep()
    if operation.operator in ("mul", "div"):
        other = operation.arguments["other"]
        number = web.number(other)
        if number is not None:
            return ScoreStep(number if operation.operator == "mul" else 1 / number)
        of_heads = (web.sizes(other) or ())[-2:] == (1, 1)
        return ScoreStep(scale=other) if operation.operator == "mul" and of_heads else None
    if operation.operator == "add" and operation.arguments.get("alpha") == 1:
        main = _main(web, operation)
        other = next((ref for ref in operation.refs() if ref != main), None)
        return ScoreStep(added=other) if isinstance(other, Ref) else None
    return None
