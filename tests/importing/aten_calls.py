"""A program run by PyTorch, operation by operation, each called by its name: what it gives is held
against what another runtime makes of the file that the program is from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy
import torch
from torch import Tensor
from torch.nn import functional

from cnncalc.importing.program import Argument, Operation, Program, Ref


def outputs_of(program: Program, inputs: Mapping[str, Any]) -> dict[str, Tensor]:
    """What a program gives of these arrays, by name."""
    known = {name: torch.from_numpy(numpy.array(array)) for name, array in inputs.items()}
    for name, stored in program.stored.items():
        assert stored.values is not None
        array = numpy.array(stored.values())
        assert array.shape == stored.sizes, name
        assert str(array.dtype) == stored.dtype, name
        known[name] = torch.from_numpy(array)
    for operation in program.operations:
        found = _called(operation, known)
        several = found if isinstance(found, tuple | list) else (found,)
        for made, value in zip(operation.outputs, several, strict=len(several) < 2):
            assert tuple(value.shape) == made.sizes, (operation, value.shape)
            known[made.name] = value
    return {name: known[ref.name] for name, ref in program.outputs.items()}


def _called(operation: Operation, known: Mapping[str, Tensor]) -> Any:
    given = {name: _value(each, known) for name, each in operation.arguments.items()}
    own = OWN.get(operation.operator)
    if own is not None:
        return own(**given)
    packet = getattr(torch.ops.aten, operation.operator)
    schemas = [getattr(packet, name) for name in packet.overloads()]
    fitting = [each for each in schemas if {a.name for a in each._schema.arguments} == set(given)]
    assert fitting, f"no {operation.operator} of ATen's has the arguments {list(given)}"
    for function in fitting:
        try:
            return function(**given)
        except RuntimeError as error:
            if "expected" not in str(error).lower() or function is fitting[-1]:
                raise
    raise AssertionError


def _value(argument: Argument, known: Mapping[str, Tensor]) -> Any:
    if isinstance(argument, Ref):
        return known[argument.name]
    if isinstance(argument, tuple):
        return [_value(each, known) for each in argument]
    return argument


def _lp_pool(rank: int) -> Callable[..., Tensor]:
    def pool(self: Tensor, norm_type: float, padding: Any, **rest: Any) -> Tensor:
        assert not any(padding)
        return getattr(functional, f"lp_pool{rank}d")(self, norm_type, **rest)

    return pool


def _pad(self: Tensor, pad: Any, mode: str, value: float | None) -> Tensor:
    return functional.pad(self, pad, mode, value)


OWN: Mapping[str, Callable[..., Any]] = {
    "pad": _pad,
    "softsign": lambda self: functional.softsign(self),
    "local_response_norm": lambda self, **rest: functional.local_response_norm(self, **rest),
    "normalize": lambda self, dim, p, eps: functional.normalize(self, p, dim[0], eps),
    "to": lambda self, dtype, **_: self.to(getattr(torch, dtype)),
    **{f"lp_pool{rank}d": _lp_pool(rank) for rank in (1, 2)},
}
"""Functions that no operation of ATen's is."""
