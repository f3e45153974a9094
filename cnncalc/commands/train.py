"""`cnncalc train`: a network is trained by its recipe."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from cnncalc.commands import PROBLEMS, SOUND
from cnncalc.commands.options import UsageError, arguments, graph_of, one_of, report
from cnncalc.commands.output import check_folder
from cnncalc.diagnostics import Diagnostics
from cnncalc.graph import Graph
from cnncalc.spec.load import file_of
from cnncalc.spec.recipe import Recipe
from cnncalc.spec.training import check_parts, overridden

DEVICES = ("auto", "cpu", "cuda")


class Choice(NamedTuple):
    """How to train.

    data: a name or a path
    output: the folder to write in; None: one for the spec in `runs`
    resume: whether to go on from its last checkpoint; start: a checkpoint to take weights from
    device: `auto`, `cpu` or `cuda`; devices: how many
    """

    data: str = "digits"
    output: str | None = None
    resume: bool = False
    start: str | None = None
    device: str = "auto"
    devices: int = 1


def train(spec: str, settings: list[str], changes: list[str], choice: Choice) -> int:
    """Train; 1 where the spec or its recipe has errors. Raises UsageError."""
    one_of("--device", choice.device, DEVICES)
    if choice.devices < 1:
        raise UsageError(f"--devices wants a number of at least 1, got {choice.devices}")
    if choice.resume and choice.start:
        raise UsageError("--resume goes on with a run, --from begins one: give one of them")
    check_folder(choice.output)
    overrides = arguments(settings)
    graph = graph_of(spec, overrides)
    if graph is None:
        return PROBLEMS
    recipe = recipe_of(graph, changes)
    return PROBLEMS if recipe is None else run(graph, recipe, overrides, choice)


def recipe_of(graph: Graph, changes: list[str]) -> Recipe | None:
    """The spec's recipe with `--recipe` in it; None where that has errors, which are printed."""
    diagnostics = Diagnostics()
    recipe = overridden(graph.recipe or Recipe(), changes, diagnostics)
    check_parts(recipe, graph, diagnostics)
    report(diagnostics)
    return None if diagnostics.failed else recipe


def run(graph: Graph, recipe: Recipe, overrides: dict[str, str], choice: Choice) -> int:
    """Raises UsageError where a package is missing, or data, device and network do not go
    together."""
    try:
        from cnncalc.runtime.train.engine import Run
        from cnncalc.runtime.train.engine import train as trained
    except ModuleNotFoundError as error:
        name = (error.name or "").partition(".")[0]
        raise UsageError(f"train needs {name}: pip install 'cnncalc[train]'") from None
    from cnncalc.runtime.train.errors import TrainError

    try:
        trained(
            graph,
            recipe,
            Run(
                data=choice.data,
                folder=Path(choice.output) if choice.output else None,
                resume=choice.resume,
                start=Path(choice.start) if choice.start else None,
                device=choice.device,
                devices=choice.devices,
                spec=text_of(graph),
                settings=overrides,
            ),
        )
    except TrainError as error:
        raise UsageError(str(error)) from None
    return SOUND


def text_of(graph: Graph) -> str:
    """The spec as it was written."""
    path = file_of(graph.path)
    if path.is_file():
        return path.read_text(encoding="utf-8-sig")
    return next(iter(graph.inputs.values())).span.source.text  # standard input
