"""Sizes that frameworks print where a number may be anything: `None`, `-1`, `N`, `?`."""

from __future__ import annotations

from cnncalc.language.text.tree import Node, Scalar, Sequence
from cnncalc.later_patterns import pattern
from cnncalc.layers.base import times
from cnncalc.records import NamedTuple

_OPEN = frozenset(("?", "-1", "none", "null", "~", "n", "b", "c", "d", "h", "w", "t", "l", "batch"))
_NUMBER = pattern(r"[0-9]{1,9}\Z")
_BETWEEN = pattern(r"[\s()\[\],]+|(?<![a-z])x|x(?![a-z])")
ANOTHER = "`--input 3x320x320` analyses it for others"


class OpenSize(NamedTuple):
    """A size without a number in a shape, and what to write in its place."""

    text: str
    hint: str


def open_size(node: Node) -> OpenSize | None:
    """The first size of a shape that is no number to anyone; None where there is none. Names that
    stand for a number are those of arguments: they are not looked up here."""
    parts = _parts(node)
    open_at = [place for place, part in enumerate(parts) if part.lower() in _OPEN]
    if not open_at or any(_NUMBER.match(p) is None for p in parts if p.lower() not in _OPEN):
        return None
    return OpenSize(parts[open_at[0]], _meant(parts, open_at))


def _parts(node: Node) -> list[str]:
    if isinstance(node, Scalar):
        return [part for part in _BETWEEN.split(node.text) if part]
    if not isinstance(node, Sequence):
        return []
    return [one.text or "null" if isinstance(one, Scalar) else "" for one in node.items]


def _meant(parts: list[str], open_at: list[int]) -> str:
    if open_at != [0] or len(parts) < 2:
        return f"write the size that is meant, each a number: `3x224x224`; {ANOTHER}"
    sizes = tuple(int(part) for part in parts[1:])
    if len(sizes) > 2 and sizes[-1] in (1, 3, 4) and min(sizes[:-1]) > sizes[-1]:
        return (
            f"leave out the batch axis, and write channels first: `{times(_channels_first(sizes))}`"
        )
    return f"leave out the batch axis: `{times(sizes)}`"


def _channels_first(sizes: tuple[int, ...]) -> tuple[int, ...]:
    return sizes[-1], *sizes[:-1]
