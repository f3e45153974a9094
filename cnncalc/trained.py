"""What came of a training, as values."""

from __future__ import annotations

from pathlib import Path

from cnncalc.display import as_text
from cnncalc.records import NamedTuple


class Epoch(NamedTuple):
    """A line of `metrics.csv`. Errors are shares of wrong answers; None: nothing was validated, or
    answers are numbers."""

    epoch: int
    step: int
    loss: float
    error: float | None
    validation_loss: float | None
    validation_error: float | None
    learning_rate: float
    seconds: float
    images_per_second: float


class Trained(NamedTuple):
    """A training that has ended. As text it is what `cnncalc train` prints.

    epochs: each as it ended
    best: the number of the one whose weights are kept
    test_loss, test_error: of its weights, on what is only tested on; None: there was nothing
    checkpoint: its file; None: it was not kept
    lines: what was said
    refit: the file of the final fit, on what was validated on, too: what is tested is that one;
        None: there was none, or it was not kept
    """

    name: str
    epochs: tuple[Epoch, ...]
    best: int
    test_loss: float | None
    test_error: float | None
    checkpoint: Path | None
    lines: tuple[str, ...]
    refit: Path | None = None

    def forgotten(self) -> Trained:
        """Where nothing of it was kept."""
        return self._replace(checkpoint=None, refit=None)

    @property
    def loss(self) -> float:
        """Of the best epoch, on what was validated on, or else on what was trained on."""
        found = self.epochs[self.best - 1]
        return found.loss if found.validation_loss is None else found.validation_loss

    @property
    def accuracy(self) -> float | None:
        """The share of right answers, likewise; None where answers are numbers."""
        found = self.epochs[self.best - 1]
        error = found.error if found.validation_loss is None else found.validation_error
        return None if error is None else 1 - error

    def __str__(self) -> str:
        return as_text(self)

    def __repr__(self) -> str:
        right = self.accuracy
        what = f"loss {self.loss:.4g}" if right is None else f"accuracy {100 * right:.2f} %"
        return f"<Trained {self.name!r}: best epoch {self.best} of {len(self.epochs)}, {what}>"


class Round(NamedTuple):
    """An epoch of a generator and a discriminator, a line of `metrics.csv`: losses, and what the
    discriminator says of real and of drawn images before its step, all as means. By the logistic
    loss that is the chance that they are real, else its score. No `generator_loss`: it had no turn.
    """

    epoch: int
    step: int
    generator_loss: float | None
    discriminator_loss: float
    real: float
    drawn: float
    learning_rate: float
    discriminator_rate: float
    seconds: float
    images_per_second: float


class TrainedPair(NamedTuple):
    """A generator and a discriminator that were trained against each other. As text it is what
    `cnncalc train` prints.

    epochs: each as it ended
    checkpoint: of the last one; None: it was not kept
    samples: the folder of what was drawn after each epoch, from the same noise; None likewise
    lines: what was said
    """

    name: str
    discriminator: str
    epochs: tuple[Round, ...]
    checkpoint: Path | None
    samples: Path | None
    lines: tuple[str, ...]

    def forgotten(self) -> TrainedPair:
        """Where nothing of it was kept."""
        return self._replace(checkpoint=None, samples=None)

    def __str__(self) -> str:
        return as_text(self)

    def __repr__(self) -> str:
        return f"<TrainedPair {self.name!r}, {self.discriminator!r}: {len(self.epochs)} epochs>"
