"""What commands share that use a trained network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from cnncalc.commands.options import UsageError, one_device, samples
from cnncalc.records import NamedTuple

if TYPE_CHECKING:
    from cnncalc.runtime.trained.trained_network import TrainedNetwork

T = TypeVar("T")

DEVICES = ("auto", "cpu", "cuda")


class HowToRead(NamedTuple):
    """How samples are read, and where the network runs.

    resize, recolour: whether images are made to fit beyond what the recipe says
    ema: whether running means of the weights are taken, where there are any
    """

    resize: bool = False
    recolour: bool = False
    batch: int = 64
    device: str = "auto"
    ema: bool = True


USUAL = HowToRead()


def with_network(
    command: str, checkpoint: str, how: HowToRead, use: Callable[[TrainedNetwork], T]
) -> T:
    """What `use` makes of the network of a checkpoint. Raises UsageError."""
    one_device(how.device, DEVICES)
    samples(how.batch)
    try:
        from cnncalc.runtime.train.errors import TrainError
        from cnncalc.runtime.trained.trained_network import trained_network

        known = trained_network(Path(checkpoint), how.device, how.ema)
        recipe = known.recipe._replace(
            resize=known.recipe.resize or how.resize,
            recolour=known.recipe.recolour or how.recolour,
        )
        return use(known._replace(recipe=recipe))
    except ModuleNotFoundError as error:
        name = (error.name or "").partition(".")[0]
        raise UsageError(f"{command} needs {name}: pip install 'cnncalc[train]'") from None
    except TrainError as error:
        raise UsageError(str(error)) from None
