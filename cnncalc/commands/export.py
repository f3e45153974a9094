"""`cnncalc export`: PyTorch source that stands alone, or ONNX."""

from __future__ import annotations

import sys

from cnncalc.commands import PROBLEMS, SOUND
from cnncalc.commands.options import UsageError, arguments, graph_of, one_of
from cnncalc.commands.output import check_free, whole, write
from cnncalc.network.graph import Graph

FORMS = ("torch", "onnx")


def export(
    spec: str,
    settings: list[str],
    form: str = "torch",
    output: str | None = None,
    force: bool = False,
) -> int:
    """Write a network as source to standard output or a file, or as ONNX to a file; over a file
    that exists with `force` alone. Raises UsageError."""
    one_of("--to", form, FORMS)
    if form == "onnx" and output is None:
        raise UsageError("--to onnx writes a file: say which, `--output network.onnx`")
    check_free(output, force)
    graph = graph_of(spec, arguments(settings))
    if graph is None:
        return PROBLEMS
    if form == "onnx":
        return write_onnx(graph, output or "")
    from cnncalc.lowering.source import source

    if output is None:
        sys.stdout.write(source(graph))
    else:
        write(source(graph), output)
    return SOUND


def write_onnx(graph: Graph, output: str) -> int:
    """Through PyTorch's exporter. Raises UsageError where a package is missing."""
    try:
        from cnncalc.runtime.onnx import to_onnx
    except ModuleNotFoundError as error:
        message = f"--to onnx needs {error.name}: pip install 'cnncalc[onnx]'"
        raise UsageError(message) from None
    with whole(output) as file:
        to_onnx(graph, file)
    return SOUND
