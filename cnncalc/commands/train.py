"""`cnncalc train`: a network is trained by its recipe."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cnncalc.commands import PROBLEMS, SOUND
from cnncalc.commands.graphs import graph_of, report
from cnncalc.commands.how_to_train import HowToTrain
from cnncalc.commands.options import UsageError, arguments, one_device, shapes
from cnncalc.commands.output import check_folder
from cnncalc.diagnostics import Diagnostics
from cnncalc.language.recipe.agreement import check_parts
from cnncalc.language.recipe.opponents import PREFIX, check_opponents, divided
from cnncalc.language.recipe.training import overridden
from cnncalc.network.graph import Graph
from cnncalc.network.recipe import Recipe
from cnncalc.records import NamedTuple
from cnncalc.text import line
from cnncalc.trained import Trained

INTERRUPTED = 130

if TYPE_CHECKING:
    from cnncalc.runtime.train.interruption import InterruptionError

DEVICES = ("auto", "cpu", "cuda")


def train(
    spec: str,
    settings: list[str],
    changes: list[str],
    choice: HowToTrain,
    inputs: Sequence[str] = (),
) -> int:
    """Train; 1 where the spec or its recipe has errors. Raises UsageError."""
    one_device(choice.device, DEVICES)
    if choice.devices < 1:
        raise UsageError(f"--devices wants a number of at least 1, got {choice.devices}")
    if choice.resume and choice.start:
        raise UsageError("--resume goes on with a run, --from begins one: give one of them")
    if choice.names and not choice.start:
        raise UsageError("--map says which tensor is which of --from: give both")
    if choice.dry and choice.resume:
        raise UsageError("--dry-run is of a run that begins, --resume goes on with one: give one")
    check_folder(choice.output)
    again = Words(spec, settings, changes, choice, inputs)
    others = None
    if choice.discriminator:
        (settings, set_there), (changes, changed_there) = divided(settings), divided(changes)
        others = opponent_of(choice.discriminator, set_there, changed_there)
        if others is None:
            return PROBLEMS
    graph = graph_of(spec, arguments(settings), shapes(inputs))
    recipe = recipe_of(graph, changes) if graph else None
    if graph is None or recipe is None:
        return PROBLEMS
    if others and not agree(graph, recipe, others):
        return PROBLEMS
    if choice.dry:
        from cnncalc.commands.train_dry import train_dry

        return train_dry(graph, recipe, choice, others.graph if others else None)
    return run(graph, recipe, choice, again, others)


class Other(NamedTuple):
    """A discriminator, and how it trains."""

    graph: Graph
    recipe: Recipe


def opponent_of(spec: str, settings: list[str], changes: list[str]) -> Other | None:
    """The discriminator; None where it has errors, which are printed."""
    graph = graph_of(spec, arguments(settings))
    recipe = recipe_of(graph, changes, PREFIX) if graph else None
    return Other(graph, recipe) if graph and recipe else None


def agree(graph: Graph, recipe: Recipe, other: Other) -> bool:
    """Whether a generator and a discriminator can train; why not is printed."""
    diagnostics = Diagnostics()
    check_opponents(graph, recipe, other.graph, other.recipe, diagnostics)
    report(diagnostics)
    return not diagnostics.failed


def recipe_of(graph: Graph, changes: list[str], owner: str = "") -> Recipe | None:
    """The spec's recipe with `--recipe` in it; None where that has errors, which are printed."""
    diagnostics = Diagnostics()
    recipe = overridden(graph.recipe or Recipe(), changes, diagnostics, owner)
    check_parts(recipe, graph, diagnostics)
    report(diagnostics)
    return None if diagnostics.failed else recipe


def run(
    graph: Graph,
    recipe: Recipe,
    choice: HowToTrain,
    words: Words,
    other: Other | None,
) -> int:
    """Raises UsageError where a package is missing, or data, device and network do not go
    together."""
    try:
        from cnncalc.runtime.train.engine import Opponent, Training, is_first
        from cnncalc.runtime.train.engine import train as trained
    except ModuleNotFoundError as error:
        name = (error.name or "").partition(".")[0]
        raise UsageError(f"train needs {name}: pip install 'cnncalc[train]'") from None
    from cnncalc.runtime.train.errors import TrainError
    from cnncalc.runtime.train.interruption import InterruptionError

    try:
        found = trained(
            graph,
            recipe,
            Training(
                data=choice.data,
                folder=Path(choice.output) if choice.output else None,
                resume=choice.resume,
                refit=choice.refit,
                start=Path(choice.start) if choice.start else None,
                names=Path(choice.names) if choice.names else None,
                device=choice.device,
                devices=choice.devices,
                opponent=Opponent(*other) if other else None,
            ),
        )
    except TrainError as error:
        raise UsageError(str(error)) from None
    except InterruptionError as error:
        tell(error, words)
        return error.code
    if is_first() and isinstance(found, Trained) and found.checkpoint:
        suggest(words.then(found.refit or found.checkpoint))
    return SOUND


def suggest(commands: Sequence[str]) -> None:
    """What to type next, to standard error."""
    for number, command in enumerate(commands):
        print(f"{'      ' if number else 'next: '}{line(command)}", file=sys.stderr)  # noqa: T201


def tell(error: InterruptionError, words: Words) -> None:
    """Which checkpoint stands, and how to go on, to standard error."""
    if error.last is None:
        return
    ended = "interrupted" if error.code == INTERRUPTED else "terminated"
    if error.epochs:
        again = words.again(_run_of(error.last, words.choice.refit))
        text = f"{ended}; `{error.last}` stands, after epoch {error.epochs}: go on with {again}"
    else:
        text = f"{ended} in the first epoch: there is no checkpoint yet"
    print(f"cnncalc: {line(text)}", file=sys.stderr)  # noqa: T201


def _run_of(checkpoint: Path, refits: bool) -> Path:
    """The folder of a run, from a checkpoint there or of its final fit."""
    folder = checkpoint.parent
    return folder.parent if refits and (folder.parent / checkpoint.name).exists() else folder


class Words(NamedTuple):
    """What was typed."""

    spec: str
    settings: list[str]
    changes: list[str]
    choice: HowToTrain
    inputs: Sequence[str] = ()

    def again(self, folder: Path) -> str:
        """The command that goes on with this run."""
        choice, usual = self.choice, HowToTrain()
        words = [*_launcher(), "train", self.spec, "--resume", "--output", str(folder)]
        given = ("--set", self.settings), ("--input", self.inputs), ("--recipe", self.changes)
        for option, value in given:
            words += [word for text in value for word in (option, text)]
        for name in ("data", "device", "devices", "discriminator"):
            if getattr(choice, name) != getattr(usual, name):
                words += [f"--{name}", str(getattr(choice, name))]
        return shlex.join([*words, *(["--refit"] * choice.refit)])

    def then(self, checkpoint: Path) -> list[str]:
        """The commands that use what was trained."""
        words = ["cnncalc", "evaluate", str(checkpoint)]
        if self.choice.data != HowToTrain().data:
            words += ["--data", self.choice.data]
        predict = ["cnncalc", "predict", str(checkpoint)]
        export = ["cnncalc", "export", self.spec, "--weights", str(checkpoint)]
        for option, value in (("--set", self.settings), ("--input", self.inputs)):
            export += [word for text in value for word in (option, text)]
        to = ["--to", "onnx", "--with-preprocessing", "-o", str(checkpoint.with_suffix(".onnx"))]
        return [shlex.join(words), f"{shlex.join(predict)} FILES...", shlex.join([*export, *to])]


def _launcher() -> list[str]:
    """torchrun's own arguments are not known here."""
    return (
        ["torchrun", "...", "-m", "cnncalc"] if "TORCHELASTIC_RUN_ID" in os.environ else ["cnncalc"]
    )
