"""`cnncalc train --dry-run`: what a training would do, which is not begun."""

from __future__ import annotations

from pathlib import Path

from cnncalc.commands import PROBLEMS, SOUND
from cnncalc.commands.how_to_train import HowToTrain
from cnncalc.commands.options import UsageError
from cnncalc.network.graph import Graph
from cnncalc.network.recipe import Recipe
from cnncalc.text import line


def train_dry(graph: Graph, recipe: Recipe, choice: HowToTrain, opponent: Graph | None) -> int:
    """Print it; 1 where a step takes more memory than there is. Raises UsageError."""
    try:
        from cnncalc.runtime.train.dry_run import Devices, dry_run
        from cnncalc.runtime.train.errors import TrainError

        found = dry_run(
            graph,
            recipe,
            choice.data,
            Devices(choice.device, choice.devices),
            _path(choice.output),
            _path(choice.start),
            _path(choice.names),
            opponent,
            choice.refit,
        )
    except ModuleNotFoundError as error:
        name = (error.name or "").partition(".")[0]
        raise UsageError(f"train needs {name}: pip install 'cnncalc[train]'") from None
    except TrainError as error:
        raise UsageError(str(error)) from None
    from cnncalc.report.memory.to_recipe import to_recipe

    memory = to_recipe(found.use) if found.use else ["memory: not known of such networks"]
    for text in (*found.lines, *memory, f"folder: {found.folder}", "nothing was trained"):
        print(line(text))  # noqa: T201
    return SOUND if found.fits else PROBLEMS


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None
