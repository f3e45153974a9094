"""Modules that run more than once: from the second time on as that module again."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from cnncalc.importing.drafts import Draft
from cnncalc.importing.structure.module_groups import is_closed, needed
from cnncalc.importing.structure.phrases import AGAIN, GROUP, OF, Phrase, walk


def run_again(phrases: Sequence[Phrase], layers: Sequence[Draft]) -> None:
    """Puts in place of a group whose weights are all another's, and which does the same with them,
    that this runs again."""
    place = {draft: number for number, draft in enumerate(layers)}
    read = Counter(needed(phrases))
    groups: dict[Draft, list[Phrase]] = defaultdict(list)
    for phrase in [each for each in walk(phrases) if each.kind == GROUP]:
        if not is_closed(phrase, read):
            continue
        own = sorted(_drafts(phrase), key=place.__getitem__)
        lender = next((each.shares for each in own if each.shares), None)
        for first in groups[lender] if lender else ():
            if _the_same(sorted(_drafts(first), key=place.__getitem__), own, first, phrase):
                first.name = first.name or "."
                phrase.kind, phrase.phrases, phrase.fields = AGAIN, [], {OF: first.gives}
                break
        else:
            for each in own:
                groups[each].append(phrase)


def _drafts(phrase: Phrase) -> Iterator[Draft]:
    return (each.gives for each in walk(phrase.phrases) if each.kind != GROUP)


def _the_same(
    first: Sequence[Draft], again: Sequence[Draft], lender: Phrase, borrower: Phrase
) -> bool:
    """Whether layers are those again, with their weights, each reading what it reads there."""
    if len(first) != len(again) or not all(map(_is_again, first, again)):
        return False
    if lender.reads in needed(lender.phrases):
        return False  # by its name, and so it would again
    places: Mapping[Draft, int] = {draft: number for number, draft in enumerate(first)}
    others: Mapping[Draft, int] = {draft: number for number, draft in enumerate(again)}
    pairs = (
        pair
        for one, other in zip(first, again, strict=True)
        for pair in zip(one.inputs, other.inputs, strict=True)
    )
    return all(
        places.get(one, -1) == others.get(other, -1)
        and (one in places or (one is lender.reads and other is borrower.reads))
        for one, other in pairs
    )


def _is_again(one: Draft, other: Draft) -> bool:
    same = one.layer == other.layer and len(one.inputs) == len(other.inputs)
    weights = one.layer is not None and one.layer.weights(*(each.shape for each in one.inputs))
    return same and other.shares is (one if weights else None)
