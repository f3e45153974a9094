"""Whether what stands in a spec uses some names."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from cnncalc.language.text.tree import Scalar
from cnncalc.language.values.expressions import LONGEST
from cnncalc.later_patterns import pattern

_WORD = pattern(r"[^\W\d]\w*")


def mentions(part: object, names: Collection[str]) -> bool:
    """Whether a value, an item or several use one of some names."""
    return any(word in names for text in _texts(part) for word in _WORD.findall(text))


def _texts(part: object) -> Iterator[str]:
    """The texts in it that may be expressions."""
    if isinstance(part, Scalar):
        if len(part.text) <= LONGEST:
            yield part.text
    elif isinstance(part, Mapping):
        yield from _texts(tuple(part.values()))
    elif isinstance(part, tuple):
        for each in part:
            yield from _texts(each)
