"""A model as it is where it comes from: its numbers, its weights, and how to run it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from cnncalc.importing.drafting import drafted
from cnncalc.importing.drafts import Sketch
from cnncalc.importing.passes import settled
from cnncalc.importing.program import ModelCounts, Program
from cnncalc.importing.recognised import recognised
from cnncalc.records import NamedTuple
from cnncalc.runtime.importing.counting import counted
from cnncalc.runtime.importing.from_torch import program_of
from cnncalc.runtime.importing.imported_model import Tell
from cnncalc.runtime.importing.named import module_of
from cnncalc.runtime.importing.pt2 import exported_in, program_of_file
from cnncalc.runtime.importing.traced import TraceError, inference, quietly
from cnncalc.runtime.reading import ReadError, first_line

Run = Callable[[Sequence[Tensor]], list[Tensor]]


class Original(NamedTuple):
    """A model.

    counts: its own numbers; state: its weights by its names, in its order
    sketch: the layers that it was read as; None where some cannot be said, or it cannot be followed
    run: what it makes of a batch
    batch: how many samples that has
    """

    counts: ModelCounts
    state: Mapping[str, Tensor]
    sketch: Sketch | None
    run: Run
    batch: int


def original(
    name: str,
    arguments: Mapping[str, Any],
    part: str,
    samples: Sequence[Tensor],
    tell: Tell,
) -> Original:
    """What `package.module:callable`, `file.py:Class`, a `.pt2` or an `.onnx` file stands for, that
    reads such samples. Raises NoModelError, ReadError, TraceError."""
    if name.endswith(".pt2"):
        return _of_pt2(name)
    if name.endswith(".onnx"):
        return _of_onnx(name, samples)
    tell([f"running the code of {name.partition(':')[0]} to make the model"])
    return of_module(module_of(name, arguments, part, weightless=False), samples)


def of_module(module: nn.Module, samples: Sequence[Tensor]) -> Original:
    """A module that is there. Raises NoModelError."""

    def run(given: Sequence[Tensor]) -> list[Tensor]:
        with inference(module), quietly():
            return [*tensors(module(*given))]

    try:
        sketch = _sketch(program_of(module, samples))
    except TraceError:
        sketch = None
    counts = counted(module, [each[:1] for each in samples])
    return Original(counts, module.state_dict(), sketch, run, len(samples[0]))


def _of_pt2(name: str) -> Original:
    program = program_of_file(name)
    module = exported_in(Path(name)).module()

    def run(given: Sequence[Tensor]) -> list[Tensor]:
        with torch.no_grad(), quietly():
            return [*tensors(module(*given))]

    return Original(program.counted, module.state_dict(), _sketch(program), run, program.batch)


def _of_onnx(name: str, samples: Sequence[Tensor]) -> Original:
    from cnncalc.runtime.importing.onnx.from_onnx import program_of_onnx

    program = program_of_onnx(name, [tuple(each.shape[1:]) for each in samples], {})
    state = {
        stored.name: torch.as_tensor(stored.values())
        for stored in program.stored.values()
        if stored.values
    }
    run = _session(name)
    return Original(program.counted, state, _sketch(program), run, program.batch)


def _session(name: str) -> Run:
    try:
        import onnxruntime  # type: ignore[import-untyped]
    except ImportError:
        raise ReadError("is run by ONNX Runtime: pip install 'cnncalc[onnx]'") from None
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # what fails is raised too

    def run(given: Sequence[Tensor]) -> list[Tensor]:
        try:
            session = onnxruntime.InferenceSession(
                name, options, providers=["CPUExecutionProvider"]
            )
            names = [each.name for each in session.get_inputs()]
            pairs = zip(names, given, strict=True)
            found = session.run(None, {each: tensor.numpy() for each, tensor in pairs})
        except Exception as error:  # it has no common class for its errors
            raise ReadError(f"is not run by ONNX Runtime: {first_line(error)}") from None
        return [torch.from_numpy(each) for each in found]

    return run


def _sketch(program: Program) -> Sketch | None:
    sketch = settled(drafted(recognised(program)))
    return None if sketch.blockers else sketch


def tensors(given: Any) -> Iterator[Tensor]:
    """Those in what a model gives, in order."""
    if isinstance(given, Tensor):
        yield given
    elif isinstance(given, Mapping):
        yield from tensors([*given.values()])
    elif isinstance(given, list | tuple):
        for each in given:
            yield from tensors(each)
    elif hasattr(given, "__dict__"):
        yield from tensors(vars(given))
