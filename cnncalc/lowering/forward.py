"""The body of a part's `forward`: its plan, written down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from cnncalc.layers.base import TorchModule
from cnncalc.lowering import code
from cnncalc.lowering.code import (
    SELF,
    Assign,
    Attribute,
    Call,
    Dictionary,
    Effect,
    Expression,
    For,
    Infix,
    Name,
    Return,
    Statement,
    Subscript,
    Value,
)
from cnncalc.network.graph import Node
from cnncalc.network.parts import Part
from cnncalc.network.plan import Loop, Plan, Step
from cnncalc.records import NamedTuple


class Line(NamedTuple):
    """A statement, and the layer whose output it makes."""

    statement: Statement
    node: Node | None = None


def lines(plan: Plan, heads: Iterable[str] = ()) -> tuple[Line, ...]:
    """The lines of a `forward`. heads: what the outputs are called, where there are several."""
    found: list[Line] = []
    for turn in plan.turns:
        found += _loop(turn, plan) if isinstance(turn, Loop) else [_step(turn, plan)]
    gives = _named(plan.gives)
    names = list(heads)
    if len(names) > 1:
        found.append(Line(Return((Dictionary(tuple(zip(names, gives, strict=True))),))))
    elif found and isinstance(last := found[-1].statement, Assign) and last.targets == gives:
        found[-1] = Line(Return(last.values), found[-1].node)
    else:
        found.append(Line(Return(gives)))
    return tuple(found)


def _step(step: Step, plan: Plan) -> Line:
    value = _value(step, plan.repeats)
    if not step.names:
        return Line(Effect(value))
    return Line(Assign(_named(step.names), (value,)), step.node)


def _value(step: Step, repeats: Mapping[Part, Part]) -> Expression:
    """The expression of a step."""
    inputs = [Name(read) if isinstance(read, str) else _value(read, repeats) for read in step.reads]
    form = step.part.form
    if form and form.before:
        inputs = [_padded(value, form) for value in inputs]
    if form and step.part.function:
        return _function(form, inputs)
    return Call(_module(step.part, repeats), tuple(inputs))


def _module(part: Part, repeats: Mapping[Part, Part]) -> Expression:
    """How the module of a step, or of a repeat, is reached."""
    around = repeats.get(part)
    if around:
        return Subscript(_module(around, repeats), (Value(int(part.name)),))
    return Attribute(SELF, part.name)


def _loop(loop: Loop, plan: Plan) -> Iterator[Line]:
    """The lines of a loop."""
    if loop.names != loop.begin:
        yield Line(Assign(_named(loop.names), _named(loop.begin)))
    value = Call(Name(loop.run), _named(loop.reads))
    kept = _named(loop.names[:1] if len(loop.names) > 1 else ())
    body = Assign(_named(loop.names), (value, *kept))
    yield Line(For((loop.run,), _module(loop.around, plan.repeats), (body,)), loop.node)


def _named(names: Sequence[str]) -> tuple[Name, ...]:
    return tuple(map(Name, names))


def _padded(value: Expression, form: TorchModule) -> Expression:
    fill = (("value", Value(form.fill)),) if form.fill else ()
    mode = (("mode", Value(form.mode)),) if form.mode != "zeros" else ()
    return Call(Name("F.pad"), (value, Value(form.before)), (*mode, *fill))


def _function(form: TorchModule, inputs: list[Expression]) -> Expression:
    """Operators, and functions of PyTorch's."""
    if form.name == "nn.Identity":
        return inputs[0]
    if form.name == "torch.cat":
        arguments = tuple((name, Value(value)) for name, value in form.arguments.items())
        return Call(Name("torch.cat"), (code.Enclosed("[]", tuple(inputs)),), arguments)
    if form.operator:
        return Infix(form.operator, tuple(inputs))
    first, *others = inputs
    for other in others:
        first = Call(Name(form.name), (first, other))
    return first
