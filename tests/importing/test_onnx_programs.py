"""ONNX files as programs: run by PyTorch, operation by operation, they give what ONNX Runtime makes
of the file."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

import numpy
import onnxruntime

from cnncalc.importing.program import Program
from cnncalc.runtime.importing.onnx.from_onnx import program_of_onnx
from tests.importing.aten_calls import outputs_of
from tests.importing.small_onnx import CASES, onnx_model, saved
from tests.together import in_groups, slices

CLOSE = 2e-5


def drawn(program: Program) -> dict[str, Any]:
    """Arrays for its inputs, always the same."""
    draw = numpy.random.default_rng(1)
    return {
        name: draw.integers(0, 5, each.sizes).astype(each.dtype)
        if each.dtype.startswith("int")
        else draw.standard_normal(each.sizes).astype(each.dtype)
        for name, each in program.inputs.items()
    }


def run(file: str, inputs: dict[str, Any]) -> list[Any]:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    return list(session.run(None, inputs))


def off(file: str) -> float:
    """How far apart the two are, as part of the largest number."""
    program = program_of_onnx(file)
    assert not [each.operator for each in program.operations if "." in each.operator]
    inputs = drawn(program)
    pairs = zip(run(file, inputs), outputs_of(program, inputs).values(), strict=True)
    return max(
        float(numpy.abs(theirs - ours.numpy()).max() / max(numpy.abs(theirs).max(), 1e-30))
        for theirs, ours in pairs
    )


@in_groups(slices(list(CASES), 30))
def test_a_small_model_gives_what_onnx_runtime_does(name: str) -> None:
    with TemporaryDirectory() as folder:
        assert off(saved(onnx_model(*CASES[name]), Path(folder))) < CLOSE
