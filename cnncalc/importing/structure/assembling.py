"""Phrases in groups to phrases and blocks: what comes again is said once."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence, Set

from cnncalc.importing.drafts import Draft
from cnncalc.importing.structure.block_making import MadeBlock, calls, definition
from cnncalc.importing.structure.folding import folded
from cnncalc.importing.structure.module_groups import needed
from cnncalc.importing.structure.occurrences import UnlikeError
from cnncalc.importing.structure.phrases import GROUP, Phrase, copied, walk, weight
from cnncalc.importing.structure.templates import Template, skeleton
from cnncalc.language.text.naming import RESERVED
from cnncalc.language.writing.yaml_flow import text
from cnncalc.layers import LAYERS
from cnncalc.records import NamedTuple


class InBlocks(NamedTuple):
    """A network as blocks, by name, and the list of what calls them."""

    blocks: Mapping[str, MadeBlock]
    phrases: Sequence[Phrase]


def assembled(
    phrases: Sequence[Phrase], outputs: Set[Draft], rules: bool, without: Set[str]
) -> InBlocks:
    """A network of which each class that comes more than once is a block, but for those of the
    names `without`. rules: whether expressions are inferred; outputs: those that have names."""
    found = _Assembling(referred(phrases) | outputs, rules, without)
    by_class: dict[str, list[Phrase]] = defaultdict(list)
    for phrase in walk(phrases):
        if phrase.kind == GROUP:
            by_class[phrase.of].append(phrase)
    heights = _heights(phrases)
    for of in sorted(by_class, key=lambda each: max(heights[group] for group in by_class[each])):
        found.of_class(of, by_class[of])
    found.read = referred(phrases) | outputs  # fewer: blocks call what they read by other names
    return InBlocks(found.blocks, found.settled(phrases))


def referred(phrases: Sequence[Phrase]) -> set[Draft]:
    """The layers that phrases read by name, or whose weights they use."""
    lent = {each.share for each in walk(phrases) if isinstance(each.share, Draft)}
    return lent.union(needed(phrases))


def snake(words: str) -> str:
    """`InvertedResidual` as `inverted_residual`, `Block3D` as `block3d`, of ASCII alone."""
    parts = re.sub(r"([a-z]|[0-9](?=[A-Z][a-z]))([A-Z])|([A-Z]+)([A-Z][a-z])", r"\1\3_\2\4", words)
    return re.sub(r"\W+|__+", "_", parts, flags=re.ASCII).strip("_").lower()


def _heights(phrases: Sequence[Phrase]) -> dict[Phrase, int]:
    """How many groups are within each other in each."""
    found: dict[Phrase, int] = {}

    def of(each: Sequence[Phrase]) -> int:
        highest = 0
        for phrase in each:
            inner = max((of(inner) for inner in phrase.lists), default=0)
            if phrase.kind == GROUP:
                inner = found[phrase] = inner + 1
            highest = max(highest, inner)
        return highest

    of(phrases)
    return found


class _Assembling:
    def __init__(self, read: Set[Draft], rules: bool, without: Set[str]) -> None:
        self.read = read
        self.rules = rules
        self.without = without
        self.blocks: dict[str, MadeBlock] = {}

    def of_class(self, of: str, groups: Sequence[Phrase]) -> None:
        """Makes calls of the groups that are alike."""
        for group in groups:
            group.phrases = _opened(group.phrases)
        kept = [group.phrases for group in groups]
        plain = [*_alike(groups)]
        for group in groups:
            group.phrases = folded(copied(group.phrases), self.read)
        short = [*_alike(groups)]
        if sum(each.size for each, _ in plain) <= sum(each.size for each, _ in short):
            short = plain
            for group, phrases in zip(groups, kept, strict=True):
                group.phrases = phrases
        number = 0
        waiting = [those for _, those in reversed(short)]
        while waiting:
            those = waiting.pop()
            name = self._name(snake(of), number)
            if len(those) < 2 or name in self.without:
                number += len(those) > 1
                continue
            try:
                block = definition(name, _template(those), those, self.rules)
            except UnlikeError:
                waiting += _quite_alike(those)
                continue
            number += 1
            block.phrases = folded(block.phrases, set())
            calls(block, those)
            self.blocks[name] = block

    def _name(self, stem: str, number: int) -> str:
        stem = stem if stem[:1].isalpha() else f"block_{stem}".rstrip("_")
        taken = stem in LAYERS or stem in (GROUP, *RESERVED)
        stem = f"{stem}_block" if taken or text(stem) != stem else stem
        name, number = (stem, 2) if number == 0 else (f"{stem}_{number + 1}", number + 2)
        while name in self.blocks:
            name, number = f"{stem}_{number}", number + 1
        return name

    def settled(self, phrases: Sequence[Phrase]) -> list[Phrase]:
        """A list in which groups that are no calls are written out, and what repeats is folded."""
        return folded(_opened(phrases), self.read)


def _opened(phrases: Iterable[Phrase]) -> list[Phrase]:
    found: list[Phrase] = []
    for phrase in phrases:
        for inner in phrase.lists:
            inner[:] = _opened(inner)
        if phrase.kind != GROUP or phrase.repeat != 1 or phrase.name:
            found.append(phrase)
            continue
        if phrase.source is not None:
            phrase.phrases[0].source = phrase.source
        found += phrase.phrases
    return found


def _template(groups: Sequence[Phrase]) -> Template:
    template = Template(len(groups))
    for place in sorted(range(len(groups)), key=lambda n: -weight(groups[n].phrases)):
        template.add(groups[place].phrases, place)
    return template


def _quite_alike(groups: Sequence[Phrase]) -> list[list[Phrase]]:
    """Those that differ in values alone; none where that is all that they do."""
    found: dict[Hashable, list[Phrase]] = defaultdict(list)
    for group in groups:
        found[skeleton(group.phrases)].append(group)
    return [*found.values()] if len(found) > 1 else []


def _alike(groups: Sequence[Phrase]) -> Iterator[tuple[Template, list[Phrase]]]:
    """Those of a class by what is in them, the largest and what is like it first."""
    rest = sorted(groups, key=lambda group: -weight(group.phrases))
    while rest:
        template = Template(len(rest))
        those, others = [], []
        for number, group in enumerate(rest):
            if template.takes(group.phrases):
                template.add(group.phrases, number)
                those.append(group)
            else:
                others.append(group)
        chosen = set(those)
        yield template, [group for group in groups if group in chosen]
        rest = others


def written_calls(assembly: InBlocks) -> Counter[str]:
    """How often each block is called in what is written, as many as it would be written out."""
    found: Counter[str] = Counter()
    waiting: list[Sequence[Phrase]] = [assembly.phrases]
    seen: set[str] = set()
    while waiting:
        for phrase in walk(waiting.pop()):
            if phrase.kind not in assembly.blocks:
                continue
            found[phrase.kind] += 2 if phrase.first else 1
            if phrase.kind not in seen:
                seen.add(phrase.kind)
                waiting.append(assembly.blocks[phrase.kind].phrases)
    return found
