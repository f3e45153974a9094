"""`cnncalc evaluate`: how well a trained network does on data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cnncalc.commands import SOUND
from cnncalc.commands.formats import EVALUATE, show_all
from cnncalc.commands.options import one_format, one_of
from cnncalc.commands.trained import USUAL, HowToRead, with_network

if TYPE_CHECKING:
    from cnncalc.evaluation import Evaluation
    from cnncalc.runtime.trained.trained_network import TrainedNetwork

PARTS = ("train", "val", "test")


def evaluate(
    checkpoint: str,
    data: str,
    part: str | None = None,
    form: str = "text",
    how: HowToRead = USUAL,
) -> int:
    """Print loss and answers of the network of a checkpoint. Raises UsageError."""
    chosen = one_format(form, EVALUATE)
    if part is not None:
        one_of("--part", part, PARTS)

    def evaluated(known: TrainedNetwork) -> Evaluation:
        from cnncalc.runtime.trained.evaluate import evaluate as of

        return of(known, Path(checkpoint), data, part, how.batch)

    show_all(chosen, with_network("evaluate", checkpoint, how, evaluated))
    return SOUND
