"""`cnncalc export`: PyTorch source that stands alone, ONNX, or `torch.export`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnncalc.commands import PROBLEMS, SOUND
from cnncalc.commands.formats import EXPORT, Format, load
from cnncalc.commands.graphs import graph_of
from cnncalc.commands.options import UsageError, arguments, need_torch, one_format, shapes
from cnncalc.commands.output import check_apart, check_free, put, tell, whole
from cnncalc.network.graph import Graph
from cnncalc.stored_weights import MEANS
from cnncalc.text import line

if TYPE_CHECKING:
    from cnncalc.runtime.lower import Module


def export(
    spec: str,
    settings: list[str],
    form: str = "torch",
    output: str | None = None,
    force: bool = False,
    inputs: Sequence[str] = (),
    weights: str | None = None,
    names: str | None = None,
    preprocessing: bool = False,
) -> int:
    """Write a network as source to standard output or a file, or as a file that runs, with the
    weights of another and, but in source, the normalisation of their training; over a file that
    exists with `force` alone. Raises UsageError."""
    chosen = one_format(form, EXPORT, "--to")
    if chosen.file and output is None:
        raise UsageError(f"--to {form} writes a file: say which, `--output network.{form}`")
    if weights and output is None:
        raise UsageError("--weights writes two files: say where, `--output network.py`")
    if names and not weights:
        raise UsageError("--map says which tensor is which of --weights: give both")
    if preprocessing and not (weights and chosen.file):
        raise UsageError("--with-preprocessing wants --weights CHECKPOINT and --to onnx or pt2")
    check_free(output, force)
    beside = _beside(output) if weights and not chosen.file else None
    check_free(beside, force)
    check_apart(output, beside, "the source and its weights")
    graph = graph_of(spec, arguments(settings), shapes(inputs))
    if graph is None:
        return PROBLEMS
    exporter = loaded(chosen)
    network = _network(graph, weights, names, preprocessing) if weights else None
    if chosen.file:
        return _to_file(graph, chosen, exporter, output or "", network)
    if network is None:
        put(exporter(graph), output)
    else:
        _with_weights(exporter(graph), network, output or "")
    return SOUND


def _beside(output: str | None) -> str:
    """The file of the weights of source in another."""
    return str(Path(output or "").with_suffix(".safetensors"))


def _network(graph: Graph, weights: str, names: str | None, preprocessing: bool) -> Module:
    """With the weights of a file, by a map of names, and its normalisation. Raises UsageError."""
    need_torch("--weights")
    from cnncalc.runtime.lower import lower
    from cnncalc.runtime.train.errors import TrainError
    from cnncalc.runtime.trained.preprocessed import preprocessed
    from cnncalc.runtime.weights.fitted_weights import UnfitError, some
    from cnncalc.runtime.weights.fitted_weights import whole as whole_of

    try:
        network = lower(graph)
        found = whole_of(network, Path(weights), Path(names) if names else None)
        found.put_into(network)
        if found.averaged:
            tell([f"{weights}: {MEANS}"])
        if found.left:
            tell([f"not used of {weights}: {some(found.left)}"])
        return preprocessed(network, graph, Path(weights)) if preprocessing else network
    except (UnfitError, TrainError) as error:
        raise UsageError(str(error)) from None


def _with_weights(source: str, network: Module, output: str) -> None:
    """Both files, or none."""
    from cnncalc.runtime.weights.to_safetensors import to_safetensors

    with whole(output) as file:
        file.write_text(source, encoding="utf-8", newline="")
        to_safetensors(network.state_dict(), Path(_beside(str(file))))
    print(f"{line(_beside(output))}: the weights; `{line(output)}` loads them strictly")  # noqa: T201


RUNS = {
    "onnx": "ONNX Runtime runs it, and gives what PyTorch gives",
    "pt2": "PyTorch loads it, and gives what the network gives",
}
"""What is known of a file that was written."""


def _to_file(
    graph: Graph,
    form: Format,
    exporter: Callable[..., None],
    output: str,
    network: Module | None,
) -> int:
    """Write a file that runs, or none."""
    from cnncalc.runtime.alike import NoFormError

    try:
        with whole(output) as file:
            exporter(graph, file, *([network] if network else []))
    except NoFormError as error:
        print(f"cnncalc: {line(f'{error}; nothing was written')}", file=sys.stderr)  # noqa: T201
        return PROBLEMS
    print(f"{line(output)}: {RUNS[form.name]}")  # noqa: T201
    return SOUND


def loaded(form: Format) -> Callable[..., Any]:
    """What writes the format. Raises UsageError where a package is missing."""
    try:
        return load(form.renderer)
    except ModuleNotFoundError as error:
        message = f"--to {form.name} needs {error.name}: pip install 'cnncalc[{form.extra}]'"
        raise UsageError(message) from None
