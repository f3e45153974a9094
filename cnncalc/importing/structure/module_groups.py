"""Phrases that were one module, as a group: what may become a block."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from cnncalc.importing.drafts import Draft
from cnncalc.importing.structure.phrases import GROUP, Phrase, walk
from cnncalc.importing.structure.series import common

CONTAINERS = ("Sequential", "ModuleList", "ModuleDict", "")
"""Classes that say nothing of what is in them."""


def grouped(phrases: Sequence[Phrase], modules: Mapping[str, str]) -> list[Phrase]:
    """The same, those of one module in a group of its class."""
    return _grouped(phrases, 0, modules)


def closed(found: list[Phrase], outputs: Iterable[Draft]) -> list[Phrase]:
    """Without the groups of which something within is read, or its weights used, from outside."""
    read = Counter(needed(found))
    read.update(outputs)
    lent = Counter(phrase.share for phrase in walk(found) if isinstance(phrase.share, Draft))
    return _closed(found, read, lent)


def _grouped(phrases: Sequence[Phrase], depth: int, modules: Mapping[str, str]) -> list[Phrase]:
    found: list[Phrase] = []
    for phrase in phrases:
        for strand in phrase.strands:
            strand.phrases = _grouped(strand.phrases, len(phrase.path), modules)
    start = 0
    while start < len(phrases):
        end, path = start + 1, phrases[start].path[: depth + 1]
        while end < len(phrases) and phrases[end].path[: depth + 1] == path:
            end += 1
        part = phrases[start:end]
        found += _group(part, depth, modules) if len(path) > depth else part
        start = end
    return found


def _group(part: Sequence[Phrase], depth: int, modules: Mapping[str, str]) -> list[Phrase]:
    """A module's phrases as a group, if it is more than a layer or what holds others."""
    if len(part) == 1 and not part[0].strands:
        return [*part]
    path = common([phrase.path for phrase in part])
    inner = _grouped(part, len(path), modules) if len(part) > 1 else [*part]
    for length in range(len(path), depth, -1):
        of = modules.get(".".join(path[:length]), "")
        if of not in CONTAINERS:
            return [group(inner, path[:length], of)]
    return inner


def group(phrases: Sequence[Phrase], path: tuple[str, ...], of: str) -> Phrase:
    """Phrases of a list as one; what the first reads, it reads."""
    first, last = phrases[0], phrases[-1]
    count = sum(phrase.count for phrase in phrases)
    made = Phrase(
        GROUP, {}, first.reads, last.gives, phrases=phrases, path=path, of=of, count=count
    )
    made.source, first.source = first.source, None
    return made


def _closed(phrases: list[Phrase], read: Counter[Draft], lent: Counter[Draft]) -> list[Phrase]:
    found = []
    for phrase in phrases:
        for inner in phrase.lists:
            inner[:] = _closed(inner, read, lent)
        if phrase.kind == GROUP and not (is_closed(phrase, read) and _lends_within(phrase, lent)):
            phrase.phrases[0].source = phrase.source
            found += phrase.phrases
        else:
            found.append(phrase)
    return found


def is_closed(phrase: Phrase, read: Counter[Draft]) -> bool:
    """Whether all that reads what is within a group, but for its last layer, is in it, too."""
    own = Counter(needed(phrase.phrases))
    return all(
        each.gives is phrase.gives or read[each.gives] == own[each.gives]
        for each in walk(phrase.phrases)
    )


def _lends_within(phrase: Phrase, lent: Counter[Draft]) -> bool:
    """Whether weights that are used twice are so within a group, or outside of it."""
    within = [*walk(phrase.phrases)]
    shared = Counter(each.share for each in within)
    given = {each.gives for each in within}
    return all(
        lent[each.gives] == shared[each.gives] and (each.share is None or each.share in given)
        for each in within
    )


def needed(phrases: Sequence[Phrase]) -> Iterator[Draft]:
    """The layers that phrases read by name, each as often as they do."""
    for phrase in walk(phrases):
        yield from (each for each in phrase.references if isinstance(each, Draft))
