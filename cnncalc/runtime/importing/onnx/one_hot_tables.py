"""A linear layer that reads places written out, a one among zeros, as the table that it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy

from cnncalc.importing.program import Argument, Operation, Ref, Sizes, StoredTensor
from cnncalc.records import NamedTuple
from cnncalc.runtime.importing.onnx.file_tensors import Array

MOST = 2**20
"""Places that are looked through, whether each is its own number."""


class Reading(NamedTuple):
    """What is known where an operation stands: who makes each tensor, and what is stored."""

    made: Mapping[str, Operation]
    stored: dict[str, StoredTensor]

    def maker(self, argument: Argument, *operators: str) -> Operation | None:
        """The operation that makes a tensor, if it is one of these."""
        found = self.made.get(argument.name) if isinstance(argument, Ref) else None
        return found if found and found.operator in operators else None

    def held(self, argument: Argument) -> StoredTensor | None:
        """The stored tensor that an argument is."""
        return self.stored.get(argument.name) if isinstance(argument, Ref) else None


def with_tables(
    operations: Sequence[Operation], stored: dict[str, StoredTensor]
) -> tuple[Operation, ...]:
    """The operations, such layers as embeddings; their tables, to whose rows a bias is added, are
    in `stored` then."""
    reading = Reading({out.name: each for each in operations for out in each.outputs}, stored)
    return tuple(_table(each, reading) or each for each in operations)


def _table(operation: Operation, reading: Reading) -> Operation | None:
    if operation.operator != "linear":
        return None
    written_out = reading.maker(operation.arguments["input"], "to")
    compared = written_out and reading.maker(written_out.arguments["self"], "eq")
    if not compared:
        return None
    weight = _columns(operation.arguments["weight"], reading)
    indices = _indices(compared, reading, weight.sizes[1] if weight else 0)
    if weight is None or indices is None:
        return None
    given: Mapping[str, Argument] = {
        "weight": _rows(weight, operation.arguments["bias"], reading),
        "indices": indices,
        "padding_idx": -1,
        "scale_grad_by_freq": False,
        "sparse": False,
    }
    return operation._replace(operator="embedding", arguments=given)


def _indices(compared: Operation, reading: Reading, count: int) -> Ref | None:
    """The places that are compared with each number below a count, along a last dimension."""
    seen, places = compared.arguments["self"], reading.held(compared.arguments["other"])
    shown = reading.maker(seen, "reshape")
    sizes = compared.outputs[0].sizes
    if not shown or places is None or places.values is None or shown.outputs[0].sizes[-1:] != (1,):
        return None
    indices = shown.arguments["self"]
    if places.sizes[-1:] != (count,) or not count <= MOST or sizes[-1] != count:
        return None
    numbers = numpy.arange(count)
    alike = places.values().size == count and (places.values().reshape(-1) == numbers).all()
    return indices if alike and isinstance(indices, Ref) else None


class Columns(NamedTuple):
    """A linear layer's weight: the stored tensor, of which it may be the transpose."""

    tensor: StoredTensor
    turned: bool

    @property
    def sizes(self) -> Sizes:
        """Features that it gives and reads."""
        return self.tensor.sizes[::-1] if self.turned else self.tensor.sizes

    def rows(self, bias: StoredTensor | None) -> Array:
        """A vector for each place, with a bias added."""
        assert self.tensor.values is not None
        found = self.tensor.values()
        found = found if self.turned else found.T
        added = bias.values() if bias and bias.values else 0
        return numpy.ascontiguousarray(found + numpy.reshape(added, (1, -1)))


def _columns(weight: Argument, reading: Reading) -> Columns | None:
    turned = reading.maker(weight, "t")
    tensor = reading.held(turned.arguments["self"] if turned else weight)
    if tensor is None or tensor.values is None or len(tensor.sizes) != 2:
        return None
    return Columns(tensor, bool(turned))


def _rows(weight: Columns, bias: Argument, reading: Reading) -> Ref:
    """The table as a stored tensor."""
    shown = reading.maker(bias, "reshape")
    added = reading.held(shown.arguments["self"] if shown else bias)
    if added is None and weight.turned:
        return Ref(weight.tensor.name)
    name = f"{weight.tensor.name}~rows"
    values = partial(weight.rows, added)
    sizes = weight.sizes[::-1]
    reading.stored[name] = weight.tensor._replace(
        name=name, sort="parameter", sizes=sizes, values=values
    )
    return Ref(name)
