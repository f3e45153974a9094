"""`cnncalc export`: PyTorch source that stands alone, or ONNX."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

from cnncalc.commands import PROBLEMS, SOUND
from cnncalc.commands.formats import EXPORT, Format, load
from cnncalc.commands.graphs import graph_of
from cnncalc.commands.options import UsageError, arguments, one_format, shapes
from cnncalc.commands.output import check_free, put, whole
from cnncalc.network.graph import Graph
from cnncalc.text import line


def export(
    spec: str,
    settings: list[str],
    form: str = "torch",
    output: str | None = None,
    force: bool = False,
    inputs: Sequence[str] = (),
) -> int:
    """Write a network as source to standard output or a file, or as ONNX to a file; over a file
    that exists with `force` alone. Raises UsageError."""
    chosen = one_format(form, EXPORT, "--to")
    if chosen.file and output is None:
        raise UsageError(f"--to {form} writes a file: say which, `--output network.{form}`")
    check_free(output, force)
    graph = graph_of(spec, arguments(settings), shapes(inputs))
    if graph is None:
        return PROBLEMS
    exporter = loaded(chosen)
    if chosen.file:
        return _to_file(graph, exporter, output or "")
    put(exporter(graph), output)
    return SOUND


def _to_file(graph: Graph, exporter: Callable[..., None], output: str) -> int:
    """Write a file that runs, or none."""
    from cnncalc.runtime.onnx.running import OnnxError

    try:
        with whole(output) as file:
            exporter(graph, file)
    except OnnxError as error:
        print(f"cnncalc: {line(f'{error}; nothing was written')}", file=sys.stderr)  # noqa: T201
        return PROBLEMS
    print(f"{line(output)}: ONNX Runtime runs it, and gives what PyTorch gives")  # noqa: T201
    return SOUND


def loaded(form: Format) -> Callable[..., Any]:
    """What writes the format. Raises UsageError where a package is missing."""
    try:
        return load(form.renderer)
    except ModuleNotFoundError as error:
        message = f"--to {form.name} needs {error.name}: pip install 'cnncalc[{form.extra}]'"
        raise UsageError(message) from None
