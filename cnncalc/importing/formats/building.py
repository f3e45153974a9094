"""A Program in the making: operations one by one, each with the sizes of what it gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

from cnncalc.importing.formats.format_error import FormatError, shortened
from cnncalc.importing.formats.product_counts import macs_of
from cnncalc.importing.program import (
    BATCH,
    LARGEST_SIZE,
    Argument,
    ModelCounts,
    Operation,
    PassedTensor,
    Program,
    Ref,
    Site,
    Sizes,
    StoredTensor,
)

MOST_OPERATIONS = 50_000
UNKNOWN: Sizes = ()
"""The sizes of a tensor of which nobody knows them."""


class Building:
    """What a front end has said so far; `site` is where in its file it stands.

    file: its name, as a person gave it; tool: whose format it is
    """

    def __init__(self, name: str, file: str, tool: str) -> None:
        self.name, self.file, self.tool = name, file, tool
        self.site = Site(file=file)
        self.inputs: dict[str, PassedTensor] = {}
        self.stored: dict[str, StoredTensor] = {}
        self.operations: list[Operation] = []
        self.modules: dict[str, str] = {}
        self.batched: set[str] = set()
        self.named: Mapping[str, str] = {}

    def enter(
        self, module: str, kind: str, line: int, named: Mapping[str, str] | None = None
    ) -> None:
        """What follows belongs to this layer of the file; `named`: names under which some of its
        weights stand, which other layers may have, too."""
        self.site = Site(module, shortened(kind), self.file, line)
        self.modules[module] = kind
        self.named = named or {}

    def input(self, name: str, sizes: Sequence[int], batched: bool = True) -> PassedTensor:
        """A tensor that the network reads, of these sizes without the batch."""
        given = (BATCH, *sizes) if batched else tuple(sizes)
        if name.startswith("%"):
            raise FormatError(f"an input is called `{shortened(name)}`", self.site.line)
        self._check(given)
        self.inputs[name] = PassedTensor(name, given)
        if batched:
            self.batched.add(name)
        return self.inputs[name]

    def weight(self, name: str, sizes: Sequence[int], trained: bool = True, of: str = "") -> Ref:
        """A stored tensor of the layer at hand, or of the one that it shares with. Raises
        FormatError where that has it of other sizes."""
        full = self.named.get(name) or f"{of or self.site.module}.{name}"
        sort = "parameter" if trained else "buffer"
        known = self.stored.setdefault(full, StoredTensor(full, sort, tuple(sizes)))  # type: ignore[arg-type]
        if known.sizes != tuple(sizes):
            both = f"{_times(known.sizes)} in one layer and {_times(sizes)} in another"
            raise FormatError(f"`{shortened(full)}` is {both}", self.site.line)
        return Ref(full)

    def call(self, operator: str, sizes: Sequence[int], /, **arguments: Any) -> PassedTensor:
        """What an operation gives, of ATen's name and arguments. Raises FormatError."""
        return self.call_for(operator, [sizes], arguments)[0]

    def call_for(
        self, operator: str, outputs: Sequence[Sequence[int]], arguments: Mapping[str, Any]
    ) -> tuple[PassedTensor, ...]:
        """All that an operation gives. Raises FormatError."""
        if len(self.operations) >= MOST_OPERATIONS:
            raise FormatError(f"more than {MOST_OPERATIONS:,} operations", self.site.line)
        place = len(self.operations)
        given = tuple(
            PassedTensor(f"%{place}.{n}" if n else f"%{place}", tuple(sizes))
            for n, sizes in enumerate(outputs)
        )
        for each in given:
            self._check(each.sizes)
        told = {name: _argument(value) for name, value in arguments.items()}
        self.operations.append(Operation(operator, told, given, self.site))
        return given

    def unsayable(
        self, what: str, reads: Sequence[PassedTensor], sizes: Sequence[int] = UNKNOWN
    ) -> PassedTensor:
        """What a layer gives for which there is no operation: `what` names it in messages."""
        return self.call(f"{self.tool}.{shortened(what)}", sizes, tensors=tuple(reads))

    def leave_out_unread_inputs(self) -> None:
        """Inputs that no operation reads are none."""
        read = {ref.name for each in self.operations for ref in each.refs()}
        self.inputs = {name: each for name, each in self.inputs.items() if name in read}

    def _check(self, sizes: Sequence[int]) -> None:
        """Raises FormatError where a tensor would hold nothing, or more than anyone has."""
        name = shortened(self.site.module)
        if any(size < 1 for size in sizes):
            what = f"`{name}` would give {_times(sizes[1:])}: its window is too large"
            raise FormatError(what, self.site.line, "--input sets the shape of the input")
        if any(size > LARGEST_SIZE for size in sizes):
            raise FormatError(f"`{name}` would give more than 10^9", self.site.line)

    def program(self, outputs: Mapping[str, PassedTensor]) -> Program:
        """All of it."""
        operations = tuple(read_by(self.operations, [each.name for each in outputs.values()]))
        for name in self.inputs.keys() & self.stored.keys():
            raise FormatError(f"`{shortened(name)}` is an input and a weight")
        for name in self.stored.keys() & {out.name for each in operations for out in each.outputs}:
            raise FormatError(f"a weight is called `{shortened(name)}`, as what an operation gives")
        params = sum(prod(each.sizes) for each in self.stored.values() if each.sort == "parameter")
        macs = macs_of(operations, self.inputs, self.stored, BATCH)
        return Program(
            name=self.name,
            source=f"{self.file.rpartition('/')[2]}, {self.tool}",
            batch=BATCH,
            inputs=self.inputs,
            stored=self.stored,
            operations=operations,
            outputs={name: Ref(each.name) for name, each in outputs.items()},
            modules=self.modules,
            counted=ModelCounts(params, macs),
            batched=frozenset(self.batched),
        )


def read_by(operations: Sequence[Operation], names: Sequence[str]) -> list[Operation]:
    """Those of which these tensors come, and those that cannot be said."""
    wanted, found = set(names), []
    for operation in reversed(operations):
        if operation.unsaid or any(each.name in wanted for each in operation.outputs):
            wanted.update(ref.name for ref in operation.refs())
            found.append(operation)
    return found[::-1]


def _argument(value: Any) -> Argument:
    if isinstance(value, PassedTensor):
        return Ref(value.name)
    if isinstance(value, list | tuple) and not isinstance(value, Ref):
        return tuple(_argument(part) for part in value)
    return value  # type: ignore[no-any-return]


def _times(sizes: Sequence[int]) -> str:
    return "x".join(map(str, sizes)) or "a number"
