"""A module as `torch.export` sees it: its operations, and the classes that they stand in."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from unittest.mock import patch

import torch
from torch import Tensor, nn
from torch.export import ExportedProgram
from torch.fx import Node

from cnncalc.runtime.reading import first_line


class TraceError(Exception):
    """A module cannot be traced: what depends on data in Python has no operation."""


def traced(module: nn.Module, samples: Sequence[Tensor]) -> ExportedProgram:
    """The operations of a forward pass in inference; nothing is computed. Where one writes into a
    part of a tensor, all are given as those that make a new one. Raises TraceError."""
    with inference(module), quietly():
        try:
            program = torch.export.export(module, tuple(samples), strict=False)
        except Exception as error:
            raise TraceError(first_line(error)) from error
    return written_anew(program)


def written_anew(program: ExportedProgram) -> ExportedProgram:
    """With no operation that writes into what another one reads."""
    with quietly():
        return program.run_decompositions({}) if any(_written_parts(program)) else program


def _written_parts(program: ExportedProgram) -> Iterator[Node]:
    """Operations that write into a tensor which others see, too: the tracer itself follows those
    that write all of one."""
    for node in program.graph.nodes:
        written = writes_into(node)
        if written is not None and (_sees(written) or any(map(_sees, written.users))):
            yield node


def writes_into(node: Node) -> Node | None:
    """The tensor that an operation writes into."""
    schema = getattr(node.target, "_schema", None)
    if node.op != "call_function" or schema is None:
        return None
    for place, argument in enumerate(schema.arguments):
        if argument.alias_info is not None and argument.alias_info.is_write:
            found = node.args[place] if place < len(node.args) else node.kwargs.get(argument.name)
            return found if isinstance(found, Node) else None
    return None


def _sees(node: Node) -> bool:
    """Whether what it gives is part of what it reads."""
    schema = getattr(node.target, "_schema", None)
    if node.op != "call_function" or schema is None:
        return False
    return any(a.alias_info is not None and not a.alias_info.is_write for a in schema.arguments)


@contextmanager
def inference(module: nn.Module) -> Iterator[None]:
    """In inference, by the operations of training, and as it was again behind it."""
    trained = [part for part in module.modules() if part.training]
    fast = torch.backends.mha.get_fastpath_enabled()
    module.eval()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with torch.no_grad():
            yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)
        for part in trained:
            part.training = True


@contextmanager
def quietly() -> Iterator[None]:
    """Without what PyTorch says of itself."""
    logger = logging.getLogger("torch._subclasses.fake_tensor")
    with warnings.catch_warnings(), patch.object(logger, "disabled", True):
        warnings.simplefilter("ignore")
        yield
