"""`cnncalc predict`: what a trained network says of samples."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cnncalc.commands import SOUND
from cnncalc.commands.formats import PREDICT, show_all
from cnncalc.commands.options import UsageError, one_format
from cnncalc.commands.output import check_folder, tell
from cnncalc.commands.trained import USUAL, HowToRead, with_network
from cnncalc.stored_weights import MEANS

if TYPE_CHECKING:
    from cnncalc.evaluation import Prediction
    from cnncalc.runtime.trained.trained_network import TrainedNetwork


def predict(
    checkpoint: str,
    files: list[str],
    top: int = 3,
    array: str | None = None,
    form: str = "text",
    how: HowToRead = USUAL,
    output: str | None = None,
    force: bool = False,
) -> int:
    """Print the likeliest classes of each sample; of maps write a file for each to the folder
    `output`. Raises UsageError."""
    chosen = one_format(form, PREDICT)
    check_folder(output)
    if top < 1:
        raise UsageError(f"--top wants a number of at least 1, got {top}")

    def predicted(known: TrainedNetwork) -> list[Prediction]:
        from cnncalc.runtime.trained.predict import predict as of
        from cnncalc.runtime.trained.written_maps import Maps

        if known.averaged:
            tell([f"its weights are {MEANS}"])
        maps = Maps(Path(output), force) if output else None
        return of(known, files, top, how.batch, array, maps)

    show_all(chosen, with_network("predict", checkpoint, how, predicted))
    return SOUND
