"""What the parts of a data set are called: those to validate on, those to test on."""

from __future__ import annotations

from collections.abc import Iterable

from cnncalc.records import NamedTuple
from cnncalc.runtime.train.errors import TrainError

TRAIN = "train"
VALIDATION = ("val", "valid", "validation")
TEST = ("test",)


class PartNames(NamedTuple):
    """The names that a set has for its parts, as it writes them."""

    train: str | None
    validation: str | None
    test: str | None

    @property
    def named(self) -> dict[str, str]:
        """Of those that are there beside the images to train on."""
        found = {"validation": self.validation, "test": self.test}
        return {part: name for part, name in found.items() if name}


def parts(names: Iterable[str], where: str, test: tuple[str, ...] = TEST) -> PartNames:
    """Which of some names are parts, in capitals or not. Raises TrainError where two are one."""
    given = sorted(names)
    return PartNames(
        _one(given, (TRAIN,), where), _one(given, VALIDATION, where), _one(given, test, where)
    )


def _one(given: list[str], words: tuple[str, ...], where: str) -> str | None:
    found = [name for name in given if name.lower() in words]
    if len(found) > 1:
        raise TrainError(
            f"`{where}` has {' and '.join(f'`{name}`' for name in found)}: which one is meant?"
            " Leave one of them there"
        )
    return found[0] if found else None
