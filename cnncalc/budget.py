"""What reading a spec may cost: a network needs little, a text made to cost much is refused."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

STEPS = 2_000_000
"""Steps that any spec is allowed; each character of its files allows one more."""

LETTERS = 60
"""Letters of a word that are compared with others."""

COMPARISONS = 200_000
"""Words that are compared to find what misspelt ones were meant to be, in all of a spec."""

CLOSE = 0.6
"""How much of two words is alike from which on one may be meant for the other."""

NAMES = 64
"""Names that are copied for nothing: hardly a network has more in sight."""


class TooCostlyError(Exception):
    """A spec asks for more than any network needs."""


class Budget:
    """What is left to spend on one spec.

    allowed: the steps; values: those read so far, of all its files
    """

    __slots__ = ("_meant", "allowed", "characters", "comparisons", "steps", "values")

    def __init__(self) -> None:
        self.allowed = STEPS
        self.steps = STEPS
        self.characters = 0
        self.values = 0
        self.comparisons = COMPARISONS
        self._meant: dict[tuple[str, frozenset[str]], str | None] = {}

    def read(self, characters: int) -> None:
        """A text of so many characters was read: it may cost as many steps more."""
        self.characters += characters
        self.allowed += characters
        self.steps += characters

    def spend(self, steps: int) -> None:
        """Raises TooCostlyError where so many steps are not left."""
        self.steps -= steps
        if self.steps < 0:
            raise TooCostlyError

    def closest(self, word: str, known: Iterable[str]) -> str | None:
        """The one of the `known` words that `word` was probably meant to be; None where none is
        close, or too many were compared already."""
        if self.comparisons <= 0:
            return None
        letters = word[:LETTERS].lower()
        names = {name.lower(): name for name in islice(known, self.comparisons)}
        few = len(names) <= NAMES
        key = (letters, frozenset(names.values()) if few else frozenset())
        if few and key in self._meant:
            return self._meant[key]
        close = self._compared(letters, names)
        meant = names[close] if close else None
        if few:
            self._meant[key] = meant
        return meant

    def _compared(self, word: str, known: Iterable[str]) -> str | None:
        """The closest of some words, as `difflib.get_close_matches` finds it."""
        from difflib import SequenceMatcher  # only ever needed once something is wrong

        matcher: SequenceMatcher[str] = SequenceMatcher()
        matcher.set_seq2(word)
        best: tuple[float, str] | None = None
        for name in known:
            self.comparisons -= 1
            if self.comparisons < 0:
                break
            matcher.set_seq1(name)
            least = best[0] if best else CLOSE
            if matcher.real_quick_ratio() < least or matcher.quick_ratio() < least:
                continue
            self.comparisons -= 4  # to compare in full takes longer
            ratio = matcher.ratio()
            if ratio >= CLOSE and (best is None or (ratio, name) > best):
                best = (ratio, name)
        return best[1] if best else None
