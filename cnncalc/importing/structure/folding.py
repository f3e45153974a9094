"""Neighbours that are the same, as one that repeats."""

from __future__ import annotations

from collections.abc import Hashable, Sequence, Set
from typing import Any

from cnncalc.importing.drafts import Draft
from cnncalc.importing.structure.calling import says
from cnncalc.importing.structure.module_groups import group
from cnncalc.importing.structure.phrases import GROUP, Phrase, weight
from cnncalc.importing.structure.series import common

FEWEST = 4
"""Phrases that a repeat of several must save."""

LONGEST = 8
"""Phrases of a row that is looked for again behind itself."""


def folded(phrases: Sequence[Phrase], read: Set[Draft]) -> list[Phrase]:
    """A list in which calls that are alike, but perhaps for the first of them, repeat, and rows of
    phrases that come again; in branches, what is quite alike. Nothing within a repeat is `read` by
    name."""
    for phrase in phrases:
        for strand in phrase.strands:
            strand.phrases = _branch(strand.phrases, read)
        if phrase.kind == GROUP:
            phrase.phrases = folded(phrase.phrases, read)
    return _rows(_runs(phrases, read), read)


def _branch(phrases: Sequence[Phrase], read: Set[Draft]) -> list[Phrase]:
    for phrase in phrases:
        for inner in phrase.lists:
            inner[:] = _branch(inner, read)
    return _rows([*phrases], read)


def _runs(phrases: Sequence[Phrase], read: Set[Draft]) -> list[Phrase]:
    found: list[Phrase] = []
    start = 0
    while start < len(phrases):
        end = start + 1
        if _can_repeat(phrases[start]):
            while end < len(phrases) and _goes_on(phrases, start, end, read):
                end += 1
        if end - start > 1:
            found.append(_repeated(phrases[start:end]))
        else:
            found.append(phrases[start])
        start = end
    return found


def _can_repeat(phrase: Phrase) -> bool:
    plain = phrase.repeat == 1 and phrase.share is None and not phrase.name
    return plain and not phrase.is_layer and phrase.kind != GROUP


def _goes_on(phrases: Sequence[Phrase], start: int, end: int, read: Set[Draft]) -> bool:
    """Whether one more call is of the run that begins at `start`."""
    first, before, phrase = phrases[start], phrases[end - 1], phrases[end]
    if phrase.kind != first.kind or not _can_repeat(phrase) or before.gives in read:
        return False
    if phrase.source is not None or _home(phrase) != _home(first):
        return False
    if end - start > 1:
        return values_of(phrase) == values_of(before)
    differs = [name for name in phrase.fields if phrase.fields[name] != first.fields[name]]
    if any(isinstance(first.fields[name], Draft) for name in differs):
        return False
    if not differs:
        return True
    if end + 1 < len(phrases) and _alike(phrases[end], phrases[end + 1]):
        return len(differs) <= 2
    return len(differs) == 1 and next(iter(phrase.fields)) not in differs


def _alike(phrase: Phrase, other: Phrase) -> bool:
    same = phrase.kind == other.kind and _home(phrase) == _home(other)
    return same and values_of(phrase) == values_of(other)


def _home(phrase: Phrase) -> tuple[str, ...]:
    """The modules that it stands in, whose names say something."""
    return tuple(word for word in phrase.path[:-1] if says(word))


def values_of(phrase: Phrase) -> Hashable:
    """All that it is told."""
    return tuple(
        (name, id(value) if isinstance(value, Draft) else (type(value), value))
        for name, value in phrase.fields.items()
    )


def _repeated(phrases: Sequence[Phrase]) -> Phrase:
    first, last = phrases[0], phrases[-1]
    made = Phrase(first.kind, last.fields, first.reads, last.gives, of=first.of)
    made.source = first.source
    made.count = sum(phrase.count for phrase in phrases)
    made.path = common([first.path, last.path])
    made.repeat = len(phrases)
    made.first = {
        name: value
        for name, value in first.fields.items()
        if (type(value), value) != (type(last.fields[name]), last.fields[name])
    }
    return made


def _rows(phrases: list[Phrase], read: Set[Draft]) -> list[Phrase]:
    """Rows of several phrases that come again at once."""
    keys = [key_of(phrase) for phrase in phrases]
    found: list[Phrase] = []
    start = 0
    while start < len(phrases):
        for length in range(1, LONGEST + 1):
            times = _times(keys, start, length)
            end = start + times * length
            inner = phrases[start:end]
            if times > 1 and _pays(inner[:length], times) and _is_free(inner, read):
                found.append(_row(inner[:length], inner, times))
                start = end
                break
        else:
            found.append(phrases[start])
            start += 1
    return found


def _pays(row: Sequence[Phrase], times: int) -> bool:
    """Whether it reads better than written out."""
    size = weight(row)
    return (size if len(row) > 1 else size + 1) * (times - 1) >= FEWEST


def _times(keys: Sequence[Hashable], start: int, length: int) -> int:
    times = 1
    row = keys[start : start + length]
    if None in row:
        return 1
    while keys[start + times * length : start + (times + 1) * length] == row:
        times += 1
    return times


def _is_free(phrases: Sequence[Phrase], read: Set[Draft]) -> bool:
    return not any(phrase.gives in read for phrase in phrases[:-1]) and all(
        phrase.source is None for phrase in phrases
    )


def _row(row: Sequence[Phrase], phrases: Sequence[Phrase], times: int) -> Phrase:
    made = row[0] if len(row) == 1 and row[0].repeat == 1 else group(row, row[0].path[:-1], "")
    made.gives = phrases[-1].gives
    made.count = sum(phrase.count for phrase in phrases)
    made.path = made.path[:-1] if len(row) == 1 else made.path
    made.repeat = times
    return made


def key_of(phrase: Phrase) -> Hashable:
    """The same for two phrases that are written alike; None of one that refers to others."""
    if any(True for _ in phrase.references) or phrase.share or phrase.name:
        return None
    inner: list[Any] = []
    for strand in phrase.strands:
        keys = [key_of(each) for each in strand.phrases]
        if None in keys:
            return None
        inner.append(tuple(keys))
    if phrase.kind == GROUP:
        keys = [key_of(each) for each in phrase.phrases]
        if None in keys:
            return None
        inner.append(tuple(keys))
    told = (phrase.kind, phrase.repeat, phrase.when, values_of(phrase))
    return (*told, tuple(phrase.first.items()), tuple(inner))
