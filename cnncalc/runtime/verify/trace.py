"""One forward pass of a network, written down: which layers ran, in which order, on what.

A layer with a module is seen by hooks on it. What stands between the modules (a join, zeros around
an input) is a call of PyTorch's, which a `TorchFunctionMode` sees; calls within a layer's module
are its own affair. Tensors are told apart by identity, so that it is known which layer's output
each layer reads. The pass is on the meta device: no arithmetic, no memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils.flop_counter import FlopCounterMode

from cnncalc.records import NamedTuple
from cnncalc.runtime.exhaustion import ran_out
from cnncalc.runtime.reading import first_line

Value = int
"""A tensor of the pass: the inputs are 0, 1, ..., then each output takes the next number."""


class Traced(NamedTuple):
    """A module or function that ran.

    reads: the tensors it was given; makes: the one it returned
    arguments: what else a function was given, by position and by name
    macs: half of what PyTorch's counter counted meanwhile
    trains: whether a gradient passes back through it
    """

    function: nn.Module | Callable[..., Any]
    reads: tuple[Value, ...]
    makes: Value
    arguments: tuple[Any, ...]
    macs: int
    trains: bool

    @property
    def name(self) -> str:
        """`Conv2d`, `cat`."""
        if isinstance(self.function, nn.Module):
            return type(self.function).__name__
        return str(getattr(self.function, "__name__", self.function))


class Trace(NamedTuple):
    """A forward pass: its calls in order, the shape of each value, batch included.

    outputs: what the network returned, by name
    macs: of the whole pass, whatever they were spent in
    error: why it ended early, if it did
    """

    calls: tuple[Traced, ...]
    shapes: Mapping[Value, tuple[int, ...]]
    outputs: Mapping[str, Value]
    macs: int
    error: str = ""


class Tracer(TorchFunctionMode):
    """Writes down calls of the given modules, and of functions outside of them."""

    def __init__(self, counter: FlopCounterMode) -> None:
        super().__init__()
        self.counter = counter
        self.inside: list[int] = []
        self.calls: list[Traced] = []
        self.tensors: list[Tensor] = []  # kept, so that no other gets the same id
        self.numbers: dict[int, Value] = {}

    def number(self, tensor: Tensor) -> Value:
        """The number of a tensor; a new one for a tensor not seen before."""
        if id(tensor) not in self.numbers:
            self.numbers[id(tensor)] = len(self.tensors)
            self.tensors.append(tensor)
        return self.numbers[id(tensor)]

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        before = self.counter.get_total_flops()
        output = func(*args, **(kwargs or {}))
        if not self.inside and isinstance(output, Tensor):
            self.record(func, [args, kwargs or {}], output, before)
        return output

    def enter(self, module: nn.Module, given: Any) -> None:
        """Before a layer's module runs."""
        self.inside.append(self.counter.get_total_flops())

    def leave(self, module: nn.Module, given: Any, output: Any) -> None:
        """After it."""
        before = self.inside.pop()
        if not self.inside and isinstance(output, Tensor):
            self.record(module, given, output, before)

    def record(self, function: Any, given: Any, output: Tensor, before: int) -> None:
        """Write down one call."""
        reads = tuple(self.number(tensor) for tensor in _tensors(given))
        macs, odd = divmod(self.counter.get_total_flops() - before, 2)
        assert not odd
        made = self.number(output)
        arguments = tuple(_plain(given))
        self.calls.append(Traced(function, reads, made, arguments, macs, output.requires_grad))


def traced(network: nn.Module, inputs: Sequence[Tensor], layers: Sequence[nn.Module]) -> Trace:
    """A pass of a network that is on the meta device; `layers`: the modules to see."""
    counter = FlopCounterMode(display=False)
    recorder = Tracer(counter)
    for each in inputs:
        recorder.number(each)
    with ExitStack() as stack:
        stack.enter_context(_slow_attention())
        stack.enter_context(torch.enable_grad())
        for layer in dict.fromkeys(layers):
            first = layer.register_forward_pre_hook(recorder.enter, prepend=True)
            last = layer.register_forward_hook(recorder.leave)
            stack.callback(first.remove)
            stack.callback(last.remove)
        stack.enter_context(counter)
        stack.enter_context(recorder)
        given, error = attempt(network, inputs)
    found = given if isinstance(given, dict) else {"output": given}
    outputs = {name: recorder.number(tensor) for name, tensor in found.items()}
    shapes = {number: tuple(tensor.shape) for number, tensor in enumerate(recorder.tensors)}
    return Trace(tuple(recorder.calls), shapes, outputs, counter.get_total_flops() // 2, error)


def attempt(network: nn.Module, inputs: Sequence[Tensor]) -> tuple[Any, str]:
    """What a network makes of its inputs, or nothing, and what PyTorch says of it. Memory that runs
    out says nothing of the network, and is raised."""
    try:
        return network(*inputs), ""
    except Exception as error:  # any: a network that differs may fail in any way
        if ran_out(error):
            raise
        return {}, first_line(error)


@contextmanager
def _slow_attention() -> Iterator[None]:
    """The fused form of `nn.MultiheadAttention` is one operation, unknown to the counter."""
    before = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(before)


def _tensors(given: Any) -> Iterator[Tensor]:
    """The tensors in what a function is given, from left to right."""
    if isinstance(given, Tensor):
        yield given
    elif isinstance(given, dict):
        yield from _tensors(list(given.values()))
    elif isinstance(given, list | tuple):
        for each in given:
            yield from _tensors(each)


def _plain(given: Any) -> Iterator[Any]:
    """What a function is given besides tensors: numbers, and lists of numbers."""
    if isinstance(given, dict):
        yield from _plain(list(given.values()))
    elif isinstance(given, list | tuple) and given and all(isinstance(n, int) for n in given):
        yield tuple(given)
    elif isinstance(given, list | tuple):
        for each in given:
            yield from _plain(each)
    elif isinstance(given, int | float):
        yield given
