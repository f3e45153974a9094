"""A sheet of characters on which lines and texts are put."""

from __future__ import annotations

from typing import Literal

Side = Literal["up", "down", "left", "right"]

UP, DOWN, LEFT, RIGHT = 1, 2, 4, 8

_STROKES = " ╵╷│╴┘┐┤╶└┌├─┴┬┼"
_PLAIN = " |||-++++++++-+++"[:16]


class Canvas:
    """Rows of cells: each is a letter, or strokes from its middle to some of its sides."""

    def __init__(self, width: int, height: int) -> None:
        self.strokes = [[0] * width for _ in range(height)]
        self.letters: dict[tuple[int, int], str] = {}

    def down(self, x: int, y: int, to: int) -> None:
        """A line from the middle of a cell down to that of another."""
        for row in range(y, to + 1):
            self.strokes[row][x] |= (UP if row > y else 0) | (DOWN if row < to else 0)

    def across(self, x: int, y: int, to: int) -> None:
        """A line from the middle of a cell to that of another in its row."""
        first, last = sorted((x, to))
        for column in range(first, last + 1):
            self.strokes[y][column] |= (LEFT if column > first else 0) | (
                RIGHT if column < last else 0
            )

    def frame(self, x: int, y: int, width: int, height: int) -> None:
        """Four lines around."""
        right, bottom = x + width - 1, y + height - 1
        for row in (y, bottom):
            self.across(x, row, right)
        for column in (x, right):
            self.down(column, y, bottom)

    def write(self, x: int, y: int, text: str) -> None:
        """Letters upon what is there."""
        for place, letter in enumerate(text):
            self.letters[y, x + place] = letter

    def text(self, plain: bool = False) -> str:
        """All rows; `plain` without Unicode's lines."""
        strokes = _PLAIN if plain else _STROKES
        rows = (
            "".join(self.letters.get((y, x), strokes[cell]) for x, cell in enumerate(row)).rstrip()
            for y, row in enumerate(self.strokes)
        )
        return "\n".join(rows) + "\n"
