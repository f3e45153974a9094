"""The options of `cnncalc train`."""

from __future__ import annotations

from cnncalc.records import NamedTuple


class HowToTrain(NamedTuple):
    """How to train.

    data: a name or a path
    output: the folder to write in; None: one for the spec in `runs`
    resume: whether to go on from its last checkpoint; start: a file to take weights from
    names: a map of its tensors to the network's
    refit: whether to fit once more, on the images to validate on, too
    dry: whether to say what would be done, and do nothing
    device: `auto`, `cpu`, `cuda` or `cuda:1`; devices: how many
    discriminator: the spec that a generator trains against
    """

    data: str = "digits"
    output: str | None = None
    resume: bool = False
    start: str | None = None
    device: str = "auto"
    devices: int = 1
    discriminator: str | None = None
    names: str | None = None
    refit: bool = False
    dry: bool = False
