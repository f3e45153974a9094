"""What layers, branches and repeats are called: as their module was, where that says something."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence, Set

from cnncalc.importing.drafts import Draft, Sketch
from cnncalc.importing.flat import output_names
from cnncalc.importing.structure.phrases import GROUP, Phrase, walk, weight
from cnncalc.importing.structure.series import common, module_of
from cnncalc.language.text.naming import RESERVED
from cnncalc.later_patterns import pattern
from cnncalc.layers import LAYERS

LONGEST = 60

PROJECTION = 3
"""Layers of a shortcut that is more than what arrives."""

SAYING_NOTHING = frozenset(
    [
        "residual",
        "shortcut",
        "conv",
        "convs",
        "features",
        "layers",
        "blocks",
        "stages",
        "model",
        "module",
        "net",
        "network",
        "body",
        "backbone",
        "main",
        "block",
        "layer",
    ]
)
"""Modules whose names say no more than that there is something in them."""


def inputs_of(sketch: Sketch) -> dict[Draft, str]:
    """What the inputs are called where they are referred to."""
    if len(sketch.inputs) == 1:
        return dict.fromkeys(sketch.inputs.values(), "input")
    return {draft: name for name, draft in sketch.inputs.items()}


NUMBERED = pattern(r"(conv|bn|norm|act|relu|pool|drop|fc|linear)_?\d*\Z")
"""Names of modules that say which layer of its kind one is."""

TELLING = {
    **dict.fromkeys(("max_pool", "avg_pool", "global_avg_pool", "global_max_pool"), "pool"),
    "learned": "learned",
    "upsample": "upsampled",
}
"""Kinds that a branch is called after, and how."""


class GivenNames:
    """Those of a network's own list; a name stands once in it."""

    def __init__(self, sketch: Sketch, read: Set[Draft], blocks: Collection[str]) -> None:
        self.of = inputs_of(sketch)
        self._taken = {*RESERVED, *sketch.inputs, *sketch.outputs, *LAYERS, *blocks, "output"}
        self._taken |= {*output_names(sketch)}
        self._read = read
        self._blocks = blocks
        self._sizes: Counter[tuple[str, ...]] = Counter()
        for draft in sketch.layers:
            path = module_of(draft)
            self._sizes.update(path[:length] for length in range(1, len(path) + 1))

    def give(self, phrases: Sequence[Phrase]) -> None:
        """Names what is referred to, and the calls of the list that were a module with a name."""
        top = set(phrases)
        for phrase in walk(phrases):
            wanted = phrase.gives in self._read and phrase.gives not in self.of
            word = self._word(phrase)
            phrase.name = ""
            if wanted or (phrase in top and word and not phrase.is_layer):
                phrase.name = self._free(word or self._place(phrase))
                if wanted:
                    self.of[phrase.gives] = phrase.name

    def _word(self, phrase: Phrase) -> str:
        """The name of the module that it was, all of it."""
        path = phrase.path
        whole = [n for n in range(1, len(path) + 1) if self._sizes[path[:n]] == phrase.count]
        words = [path[number - 1] for number in whole]
        saying = [word for word in words if says(word)]
        telling = saying and saying[0] != phrase.kind and not NUMBERED.match(saying[0])
        return saying[0] if telling else ""

    def _place(self, phrase: Phrase) -> str:
        """Where it stood, of what is referred to."""
        words = [word for word in phrase.path if says(word)]
        if phrase.is_layer:
            return phrase.kind if not words else words[-1]
        return words[-1] if words else "part" if phrase.kind == GROUP else phrase.kind

    def _free(self, word: str) -> str:
        stem = re.sub(r"[^A-Za-z0-9_]+", "_", word)[:LONGEST].strip("_") or "part"
        name, count = stem, 1 if stem in LAYERS or stem in self._blocks else 2
        gap = "_" if stem[-1].isdigit() else ""
        while name in self._taken:
            name, count = f"{stem}{gap}{count}", count + 1
        self._taken.add(name)
        return name


def says(word: str) -> bool:
    """Whether the name of a module says what it is."""
    return not word.isdigit() and word not in SAYING_NOTHING


def branch_names(phrase: Phrase, names: Mapping[Draft, str]) -> Iterator[str]:
    """Of a join, those of its branches."""
    taken: set[str] = set()
    empty = [not strand.phrases and strand.to is None for strand in phrase.strands]
    for number, strand in enumerate(phrase.strands):
        word = strand.name or _branch(phrase, number, empty, names)
        name, count = word, 2
        while name in taken:
            name, count = f"{word}_{count}", count + 1
        taken.add(name)
        yield name


def _branch(phrase: Phrase, number: int, empty: Sequence[bool], names: Mapping[Draft, str]) -> str:
    strand = phrase.strands[number]
    if strand.to is not None:
        word = strand.to if isinstance(strand.to, str) else names.get(strand.to, "")
        return word if word.isidentifier() and word != "input" else "skip"
    two = len(phrase.strands) == 2
    optional = [
        each or _is_optional(strand.phrases)
        for each, strand in zip(empty, phrase.strands, strict=True)
    ]
    if phrase.kind == "add" and two and sum(optional) == 1:
        return "shortcut" if optional[number] else "residual"
    if phrase.kind == "add" and two and not any(empty):
        sizes = [weight(each.phrases) for each in phrase.strands]
        if min(sizes) < max(sizes) and 0 < min(sizes) <= PROJECTION:
            return "shortcut" if sizes[number] == min(sizes) else "residual"
    if phrase.kind == "multiply" and two and sum(empty) == 1:
        return "map" if empty[number] else "gate"
    if empty[number]:
        return "before" if phrase.kind == "concat" else "shortcut"
    word = _of_modules(phrase, strand.phrases) or _of_kinds(strand.phrases)
    return re.sub(r"[^A-Za-z0-9_]+", "_", word) if word else f"branch{number + 1}"


def _of_kinds(phrases: Sequence[Phrase]) -> str:
    """What a branch is told from others by, where no module is: its pool."""
    kinds = (phrase.kind for phrase in phrases)
    return next((TELLING[kind] for kind in kinds if kind in TELLING), "")


def _of_modules(phrase: Phrase, phrases: Sequence[Phrase]) -> str:
    """What the modules of a branch are all called, of those with weights at least: `branch5x5_1`,
    `branch5x5_2`."""
    base = len(common([each.path for strand in phrase.strands for each in strand.phrases]))
    others = [
        each.path[base:]
        for strand in phrase.strands
        for each in strand.phrases
        if strand.phrases is not phrases
    ]
    weighted = [each for each in phrases if not each.is_layer or _role(each) == "weighted"]
    return _common_word(weighted, base, others) or _common_word(phrases, base, others)


def _role(phrase: Phrase) -> str:
    return LAYERS[phrase.kind].role


def _common_word(phrases: Sequence[Phrase], base: int, others: Sequence[tuple[str, ...]]) -> str:
    """The first word of their paths from there on, or what those begin with, unless others do."""
    deeper = [each.path[base:] for each in phrases if len(each.path) > base]
    whole = [word for word in common(deeper) if says(word)] if deeper else []
    if whole or not deeper:
        return whole[0] if whole else ""
    stem = "".join(common([tuple(path[0]) for path in deeper]))
    word = stem.rstrip("_")
    shared = any(path[:1] and path[0].startswith(stem) for path in others)
    return word if says(word) and len(word) > 1 and not shared else ""


def _is_optional(phrases: Sequence[Phrase]) -> bool:
    return bool(phrases) and all(phrase.when for phrase in phrases)
