"""The classes of a network: constructors and `forward`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import fill

from cnncalc.layers.base import Shape, times
from cnncalc.lowering.classes import PartClass, is_block
from cnncalc.lowering.code import (
    SELF,
    Argument,
    Assign,
    Attribute,
    Call,
    Chain,
    Class,
    Commented,
    Effect,
    Expression,
    Method,
    Name,
    Statement,
    Subscript,
    Value,
)
from cnncalc.lowering.drawing import drawing
from cnncalc.lowering.forward import Line
from cnncalc.lowering.printing import WIDTH, ordered
from cnncalc.lowering.shared_modules import ties
from cnncalc.network.graph import Graph
from cnncalc.network.names import is_identifier
from cnncalc.network.parts import Part

TENSOR = Name("Tensor")
NAMED_TENSORS = Subscript(Name("dict"), (Name("str"), TENSOR))
BEGIN = Attribute(Call(Name("super")), "__init__")

FRAME = '    """' + '"""'
"""What stands around a docstring of one line."""


def definition(made: PartClass) -> Class:
    """A class for parts of the network."""
    part = made.parts[0]
    name = part.kind if is_block(part) else part.path
    count = f", {len(made.parts)} times" if len(made.parts) > 1 else ""
    says = f"`{name}` of the spec{count}."
    if made.base == "nn.Sequential":
        chain = Chain(tuple(m for _, m in made.modules), tuple(name for name, _ in made.modules))
        body: tuple[Statement, ...] = (Effect(Call(BEGIN, (ordered(chain),))),)
        return Class(made.name, made.base, says, (_constructor(made, body),))
    gives = len(part.gives)
    result = TENSOR if gives <= 1 else Subscript(Name("tuple"), (TENSOR,) * gives)
    methods = (_constructor(made, _modules(made)), _forward(made, result))
    return Class(made.name, made.base, says, methods)


def network(made: PartClass, root: Part, graph: Graph, blocks: Sequence[PartClass]) -> Class:
    """The class of the whole network; blocks: those of its parts."""
    arriving = ", ".join(_batch(node.shape) for node in graph.inputs.values())
    says = fill(f"{graph.name}: {arriving} to {_batch(graph.output.shape)}.", WIDTH - len(FRAME))
    draw = Effect(Call(Attribute(SELF, "reset_parameters")))
    constructor = _constructor(made, (*_modules(made), *ties(root, blocks), draw))
    forward = _forward(made, NAMED_TENSORS if graph.outputs else TENSOR)
    return Class(made.name, made.base, says, (constructor, drawing(graph), forward))


def _batch(shape: Shape) -> str:
    return " x ".join(["N", *map(str, shape)])


def _constructor(made: PartClass, body: tuple[Statement, ...]) -> Method:
    """What has a default comes last."""
    arguments = [Argument(p.name, p.annotation, p.default) for p in made.parameters]
    arguments.sort(key=lambda argument: bool(argument.default))
    return Method("__init__", tuple(arguments), Value(None), body)


def _modules(made: PartClass) -> tuple[Statement, ...]:
    """The assignments of the constructor."""
    return (Effect(Call(BEGIN)), *(_kept(name, module) for name, module in made.modules))


def _kept(name: str, module: Expression) -> Statement:
    """A child becomes the module's; by a call where its name cannot stand behind a dot."""
    if is_identifier(name):
        return Assign((Attribute(SELF, name),), (module,))
    return Effect(Call(Attribute(SELF, "add_module"), (Value(name), module)))


def _forward(made: PartClass, result: Expression) -> Method:
    arguments = tuple(Argument(name, TENSOR) for name in made.inputs)
    return Method("forward", arguments, result, tuple(_statements(made)))


def _statements(made: PartClass) -> Iterator[Statement]:
    """The lines of `forward`; behind each, where the class is for one part alone, the shape."""
    for line in made.lines:
        yield _commented(line) if len(made.parts) == 1 else line.statement


def _commented(line: Line) -> Statement:
    return Commented(line.statement, times(line.node.shape)) if line.node else line.statement
