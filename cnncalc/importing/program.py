"""A network as another program runs it: operations as data, whichever framework they come from.

A front end (`runtime/importing/`) makes a Program of a PyTorch module, a `.pt2` or an ONNX file;
all that follows reads nothing else. Operations are called as PyTorch's ATen calls them (`conv2d`,
without an overload), and have all of its arguments by name, defaults filled in: a front end of
another framework says what its operation is in these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

from cnncalc.records import NamedTuple

if TYPE_CHECKING:
    import numpy

Sizes = tuple[int, ...]
"""Of a tensor, the batch among them where it has one."""

BATCH = 2
"""Samples that go through at once where nothing says how many: of one alone nobody could say which
axis is the batch."""

LARGEST_SIZE = 10**9
"""Along an axis."""


class Ref(NamedTuple):
    """A tensor by its name: an input's, a stored one's, or one that an operation gives."""

    name: str


Argument = Ref | int | float | bool | str | None | tuple["Argument", ...]


def several(value: Any) -> tuple[Any, ...]:
    """A tuple as it is; one value as a tuple of it."""
    return value if isinstance(value, tuple) else (value,)


WHY = "why"
"""An argument of an operation that its front end could not read: a text that says why."""


class Site(NamedTuple):
    """Where in its model an operation stands.

    module: the path of the module that calls it, `layer1.0.conv1`; empty for the model itself
    kind: that module's class, by its own name: `Conv2d`
    file, line: of the model's source, where they are known
    """

    module: str = ""
    kind: str = ""
    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        at = f" ({place})" if place else ""
        return f"{self.module or 'the model'}, {self.kind}{at}" if self.kind else self.module + at


NOWHERE = Site()

FOREIGN = "foreign"
"""The operation that no front end has: it stands for what is stated in numbers alone."""


class PassedTensor(NamedTuple):
    """A tensor that an operation gives: by name, as large as `sizes`, of numbers as `dtype` says
    (`float32`, `int64`, `bool`)."""

    name: str
    sizes: Sizes
    dtype: str = "float32"


class Operation(NamedTuple):
    """An operation in its place.

    operator: as ATen calls it, without overload, and without the `_` of one in place: `relu`; of
        what ATen does not have, that of the tool before a dot: `onnx.NonZero`
    arguments: by the names of ATen's schema, all of them
    outputs: one, or as many as it gives
    """

    operator: str
    arguments: Mapping[str, Argument]
    outputs: tuple[PassedTensor, ...]
    site: Site = NOWHERE

    @property
    def unsaid(self) -> bool:
        """Whether it is none of ATen's, which alone can be said in the language."""
        return "." in self.operator

    def refs(self) -> Iterator[Ref]:
        """The tensors it reads, in the order of its arguments."""
        for argument in self.arguments.values():
            yield from refs(argument)


def refs(argument: Argument) -> Iterator[Ref]:
    """The tensors in an argument."""
    if isinstance(argument, Ref):
        yield argument
    elif isinstance(argument, tuple):
        for part in argument:
            yield from refs(part)


class StoredTensor(NamedTuple):
    """A tensor that the model holds.

    name: in its state_dict, or of the constant
    sort: whether it is trained, moves along without being trained, or is written into the model
    values: makes them an array; None where they are not at hand (the meta device)
    persistent: whether a file of weights has it
    """

    name: str
    sort: Literal["parameter", "buffer", "constant"]
    sizes: Sizes
    dtype: str = "float32"
    values: Callable[[], numpy.ndarray[Any, Any]] | None = None
    persistent: bool = True


class ModelCounts(NamedTuple):
    """The model's own numbers, by its own framework: params of all modules, those of one forward
    pass of one sample in MACs; None where nothing counts them."""

    params: int
    macs: int | None = None


class Program(NamedTuple):
    """A network as another program runs it.

    name: of its class or file; source: what it came from, with the library's version
    batch: samples in its inputs; an input's first size is the batch where `batched` has its name
    inputs: by name; stored: by the name that operations call them; operations: in order
    outputs: what it gives, by name, `output` where it gives one
    modules: the classes of its modules, by their paths; classes: with where they are from,
        `package.module:Class`, where the front end knows
    macs: counts those of each operation, of one sample, by the name of its first output; None where
        nothing does
    counted_by: who counted its MACs; notes: what of the file was read otherwise than it says
    """

    name: str
    source: str
    batch: int
    inputs: Mapping[str, PassedTensor]
    stored: Mapping[str, StoredTensor]
    operations: tuple[Operation, ...]
    outputs: Mapping[str, Ref]
    modules: Mapping[str, str]
    counted: ModelCounts
    batched: frozenset[str] = frozenset()
    classes: Mapping[str, str] = {}
    macs: Callable[[], Mapping[str, int] | None] | None = None
    counted_by: str = "PyTorch"
    notes: tuple[str, ...] = ()
