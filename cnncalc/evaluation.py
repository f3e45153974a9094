"""What a trained network makes of data, as values."""

from __future__ import annotations

from collections.abc import Mapping

from cnncalc.display import as_text
from cnncalc.records import NamedTuple


class ClassFigures(NamedTuple):
    """One class. Shares are None where there is nothing to take them of.

    answers: its own in the data; given: how often the network gives it; right: both at once
    """

    name: str
    answers: int
    given: int
    right: int

    @property
    def recall(self) -> float | None:
        """The share of its own that are right."""
        return self.right / self.answers if self.answers else None

    @property
    def precision(self) -> float | None:
        """The share of those given that are right."""
        return self.right / self.given if self.given else None


class Evaluation(NamedTuple):
    """How well a trained network does on data it is given.

    epoch: the last one that it has seen
    data: what it is, in words; part: which samples of it
    samples: how many; noun: what one is
    loss_kind: `cross_entropy`, in nats, or of numbers `mse`, `mae`, `huber`; loss: the mean
    classes: their names; none where answers are numbers, or the input is drawn again
    confusion: how often a class (first) was taken for one (second), where that was
    top5: the share of answers among the five likeliest; None with five classes or fewer
    averaged: whether the network's weights are running means of those in training
    """

    checkpoint: str
    name: str
    epoch: int
    data: str
    part: str
    samples: int
    noun: str
    loss_kind: str
    loss: float
    classes: tuple[str, ...]
    confusion: Mapping[tuple[int, int], int]
    top5: float | None
    averaged: bool = False

    def __str__(self) -> str:
        return as_text(self)

    def __repr__(self) -> str:
        right = self.accuracy
        what = f"loss {self.loss:.4g}" if right is None else f"accuracy {100 * right:.2f} %"
        return f"<Evaluation {self.name!r}: {what} of {self.samples:,}>"

    @property
    def answers(self) -> int:
        """How many are right or wrong: of maps, one for each place."""
        return sum(self.confusion.values())

    @property
    def accuracy(self) -> float | None:
        """The share of right answers; None where answers are numbers."""
        right = sum(count for (true, given), count in self.confusion.items() if true == given)
        return right / self.answers if self.classes else None

    def figures(self) -> tuple[ClassFigures, ...]:
        """Of each class."""
        own, given = [0] * len(self.classes), [0] * len(self.classes)
        for (true, found), times in self.confusion.items():
            own[true] += times
            given[found] += times
        return tuple(
            ClassFigures(name, own[place], given[place], self.confusion.get((place, place), 0))
            for place, name in enumerate(self.classes)
        )

    def mistakes(self) -> list[tuple[str, str, int]]:
        """A class, what it was taken for, and how often, the most frequent first."""
        wrong = [(pair, times) for pair, times in self.confusion.items() if pair[0] != pair[1]]
        wrong.sort(key=lambda found: (-found[1], found[0]))
        return [(self.classes[true], self.classes[given], times) for (true, given), times in wrong]


class Guess(NamedTuple):
    """A class, and how likely the network finds it."""

    name: str
    probability: float


class Prediction(NamedTuple):
    """What a trained network says of a sample.

    file: where it is from; place: which one there, from 0, of those that hold several
    guesses: the likeliest classes, the first the answer; none where answers are numbers
    values: those numbers
    map: the file with what it says of each place; None: it says something of the whole
    shares: of a map, the classes of most places, each with its share in place of a probability
    """

    file: str
    place: int | None
    guesses: tuple[Guess, ...]
    values: tuple[float, ...]
    map: str | None = None
    shares: tuple[Guess, ...] = ()

    def __str__(self) -> str:
        return as_text(self)
