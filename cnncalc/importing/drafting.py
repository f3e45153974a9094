"""A Program to a Sketch: its operations one by one to layers."""

from __future__ import annotations

from typing import Any

from cnncalc.importing.drafts import Draft, Sketch
from cnncalc.importing.layouts import Layout, LayoutError, natural, whole
from cnncalc.importing.making import Called, Making, UnsayableError
from cnncalc.importing.of_weights import given_by, layered, sound, stored_alone
from cnncalc.importing.operators import OPERATORS
from cnncalc.importing.program import WHY, Argument, Operation, Program, Ref
from cnncalc.importing.program_values import (
    Computed,
    Laid,
    Lost,
    Value,
    held,
)
from cnncalc.importing.regrouping import of_sample, regrouped, split_batch
from cnncalc.importing.repeating import repeated_values
from cnncalc.importing.spec_names import input_names
from cnncalc.importing.stored_readers import VIEWS
from cnncalc.layers.base import ShapeError

SILENT = ("_assert_tensor_metadata", "_assert_async", "sym_constrain_range", "_assert_scalar")
"""Operations that give nothing."""


UNSAID = "it reads what no layer gives: places, statistics or states"
"""Of the further outputs of operations."""


def drafted(program: Program) -> Sketch:
    """The network of a program, layer by layer; where some operations could not become layers,
    `blockers` says which, all of them."""
    making = Making(program)
    inputs: dict[str, Draft] = {}
    for name, called in input_names(list(program.inputs)).items():
        inputs[called] = draft = _input(program, name)
        making.values[name] = Laid(draft, _laid(program, name, draft))
    for name, stored in program.stored.items():
        making.values[name] = held(stored)
    for operation in program.operations:
        _read(making, operation)
    outputs, laid = _outputs(making)
    return Sketch(program, inputs, tuple(making.drafts), outputs, laid, tuple(making.blockers))


def _input(program: Program, name: str) -> Draft:
    sizes = program.inputs[name].sizes
    shape = sizes[1:] if name in program.batched else sizes
    return Draft.of_input(name, shape or (1,))


def _laid(program: Program, name: str, draft: Draft) -> Layout:
    if name in program.batched:
        sizes = program.inputs[name].sizes
        return natural(draft.shape, program.batch)[: max(len(sizes), 1)]
    return tuple(whole(axis, count) for axis, count in enumerate(draft.shape))


def _read(making: Making, operation: Operation) -> None:
    """One operation: what it gives stands in the values then."""
    if operation.operator in SILENT or not operation.outputs:
        return
    making.site, making.output = operation.site, operation.outputs[0].name
    given = {name: _value(making, each) for name, each in operation.arguments.items()}
    call = Called(operation, given, making.dtype_read(operation))
    for output, value in zip(operation.outputs, _given(making, call), strict=True):
        making.values[output.name] = Lost(output.sizes, UNSAID) if value is None else value


def _value(making: Making, argument: Argument) -> Any:
    if isinstance(argument, Ref):
        return making.values.get(argument.name, Lost(()))
    if isinstance(argument, tuple):
        return tuple(_value(making, part) for part in argument)
    return argument


def _given(making: Making, call: Called) -> list[Value | None]:
    """What the operation gives: as many as it has outputs."""
    operation = call.operation
    lost: list[Value | None] = [Lost(each.sizes) for each in operation.outputs]
    found = [making.values.get(ref.name) for ref in operation.refs()]
    if any(isinstance(each, Lost | None) for each in found):
        if operation.operator not in OPERATORS:
            making.refuse(_unknown(operation), operation.operator)
        _tell_lost(making, call)
        return lost
    before = len(making.drafts)
    try:
        if stored_alone(found) and WHY not in operation.arguments:
            return _of_weights(making, call)
        if operation.operator not in OPERATORS:
            raise UnsayableError(_unknown(operation))
        return given_by(making, call)
    except UnsayableError as error:
        making.refuse(str(error), operation.operator)
    except LayoutError as error:
        making.refuse(f"a tensor is seen in a way that no layer has: {error}", operation.operator)
    except ShapeError as error:
        making.refuse(error.fact, operation.operator)
    making.forget(before)
    return lost


def _unknown(operation: Operation) -> str:
    """Why an operation that is not known is none: as its front end says it, if it does."""
    return str(operation.arguments.get(WHY) or f"no layer does what `{operation.operator}` does")


def _tell_lost(making: Making, call: Called) -> None:
    """Say once of what nobody can read that something does."""
    for ref in call.operation.refs():
        value = making.values.get(ref.name)
        if isinstance(value, Lost) and value.why:
            making.refuse(value.why, call.operation.operator)
            making.values[ref.name] = Lost(value.sizes)


def _of_weights(making: Making, call: Called) -> list[Value | None]:
    """What is made of stored tensors alone: seen otherwise, or noted as computed."""
    made = layered(making, call)
    if made is not None:
        return made
    function = OPERATORS.get(call.operation.operator)
    several = len(call.operation.outputs) > 1
    try:
        if function is not None and (several or call.operation.operator in VIEWS):
            return sound(call, function(making, call))
    except (UnsayableError, LayoutError):
        pass
    return [
        Computed(
            output.sizes,
            call.operation.operator,
            {**call.given, "output": place},
            call.operation,
            place,
        )
        for place, output in enumerate(call.operation.outputs)
    ]


def _outputs(making: Making) -> tuple[dict[str, Draft], dict[str, Layout]]:
    found: dict[str, Draft] = {}
    laid: dict[str, Layout] = {}
    making.site = making.site._replace(module="", kind="", file="", line=0)
    for name, ref in making.program.outputs.items():
        making.output = ref.name
        value = making.values.get(ref.name)
        if isinstance(value, Lost) and value.why:
            making.refuse(value.why, "output")
        if isinstance(value, Lost | None):
            continue
        try:
            if not isinstance(value, Laid):
                raise UnsayableError("an output that depends on no input")
            seen = _whole(making, repeated_values(making, value))
            found[name], laid[name] = seen.draft, seen.layout
        except (UnsayableError, LayoutError) as error:
            making.refuse(f"the output `{name}`: {error}", "output")
        except ShapeError as error:
            making.refuse(f"the output `{name}`: {error.fact}", "output")
    if not found and not making.blockers:
        making.refuse("no output can be followed", "output")
    return found, laid


def _whole(making: Making, seen: Laid) -> Laid:
    """A tensor whose dimensions are the axes of its layer, in whatever order."""
    rows = [row for each in seen.layout if (row := of_sample(each))]
    axes = [whole(axis, count) for axis, count in enumerate(seen.draft.shape) if count > 1]
    if sorted(rows) == sorted(axes) and len(seen.layout) == len(seen.draft.shape) + 1:
        return seen
    return regrouped(making, seen, split_batch(seen.layout) or [()])
