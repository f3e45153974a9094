"""`cnncalc export`: PyTorch source that stands alone, or ONNX."""

from __future__ import annotations

from pathlib import Path

from cnncalc.commands import PROBLEMS, SOUND
from cnncalc.commands.options import UsageError, arguments, graph_of, one_of, write
from cnncalc.graph import Graph

FORMS = ("torch", "onnx")


def export(spec: str, settings: list[str], form: str = "torch", output: str | None = None) -> int:
    """Write a network as source to standard output or a file, or as ONNX to a file. Raises
    UsageError."""
    one_of("--to", form, FORMS)
    if form == "onnx" and output is None:
        raise UsageError("--to onnx writes a file: say which, `--output network.onnx`")
    graph = graph_of(spec, arguments(settings))
    if graph is None:
        return PROBLEMS
    if form == "onnx":
        return write_onnx(graph, Path(output or ""))
    from cnncalc.lowering.source import source

    write(source(graph), output)
    return SOUND


def write_onnx(graph: Graph, output: Path) -> int:
    """Through PyTorch's exporter. Raises UsageError where a package is missing."""
    try:
        from cnncalc.runtime.onnx import to_onnx
    except ModuleNotFoundError as error:
        message = f"--to onnx needs {error.name}: pip install 'cnncalc[onnx]'"
        raise UsageError(message) from None
    try:
        to_onnx(graph, output)
    except OSError as error:
        raise UsageError(f"cannot write `{output}`: {error.strerror or error}") from None
    return SOUND
