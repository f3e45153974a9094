"""The words of the language, and what a spec is parsed against."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Collection, Mapping
from typing import cast

from cnncalc.diagnostics import Diagnostics
from cnncalc.language.text.tree import Entry
from cnncalc.language.written.syntax import Fields
from cnncalc.layers import LAYERS
from cnncalc.records import NamedTuple

GROUP = "layers"
OUTPUTS = "outputs"
LAST = "output"
"""What the output of the last layer is called, where there are several and it has no other name."""

RUNS = ("first", "last")
"""The modifiers that give fields to one run of a repeat."""

MODIFIERS = ("name", "from", "repeat", *RUNS, "each", "rows", "when", "freeze", "share", OUTPUTS)

Kinds = dict[str, object]

Args = Mapping[str, Entry]
"""A block's arguments by name: where each is written, and its default."""


class Grammar(NamedTuple):
    """The kinds, blocks and defaults a spec is parsed against, and where its faults go."""

    diagnostics: Diagnostics
    block_args: Mapping[str, Args]
    defaults: Mapping[str, Fields]

    @property
    def kinds(self) -> Mapping[str, object]:
        """Every word that can be an item's kind."""
        return ChainMap({GROUP: None}, cast(Kinds, self.block_args), cast(Kinds, LAYERS))

    def knows(self, word: str) -> bool:
        """Whether `word` is a layer kind or a block."""
        return word in LAYERS or word in self.block_args or word == GROUP

    def fields_of(self, word: str) -> Collection[str]:
        """The names that the mapping of a kind may hold."""
        if word in LAYERS:
            return {**LAYERS[word].fields, **LAYERS[word].branches}
        return self.block_args.get(word, {})
