"""What a spec is put together of before it is text: a list of phrases, a phrase for each item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cnncalc.importing.drafts import Draft
from cnncalc.layers import LAYERS

GROUP = "layers"
"""The kind of a phrase that holds others."""

AGAIN, OF = "share", "of"
"""The kind of a phrase that runs another again, and its field that says which."""

SHAPELESS = Draft.of_input("", ())
"""What stands before a network of several inputs."""


class SpecFormula(str):
    """A text that the language reads: `2 * in_channels`, an argument's name."""

    __slots__ = ()


Value = Any
"""Of a field: a number, a word, a tuple of them, an SpecFormula, or a Draft that is referred to."""

Reference = Draft | SpecFormula


class Strand:
    """A branch of a join: a list of phrases, none where it passes on what arrives; or a reference.

    present: whether it is there; when: the condition on which it is
    """

    __slots__ = ("name", "phrases", "present", "to", "when")

    def __init__(
        self,
        phrases: Sequence[Phrase] = (),
        to: Reference | None = None,
        name: str = "",
        present: bool = True,
        when: str = "",
    ) -> None:
        self.name = name
        self.phrases = list(phrases)
        self.to = to
        self.present = present
        self.when = when


class Phrase:
    """An item of a spec to be. Compared by identity.

    kind, fields: of a layer, or of a block with the values of all its arguments; `layers` of a
        group, with its phrases
    strands: of a join, its branches in order
    source: what it reads, where that does not stand before it; share: whose weights it uses
    reads, gives: the layers before it and the last in it
    count: the layers in it; path, of: the module that it was, and that module's class
    name, when, repeat, first: as beside an item
    """

    __slots__ = (
        *("count", "fields", "first", "gives", "kind", "name", "of", "path", "phrases", "reads"),
        *("repeat", "share", "source", "strands", "when"),
    )

    def __init__(
        self,
        kind: str,
        fields: Mapping[str, Value],
        reads: Draft,
        gives: Draft,
        *,
        strands: Sequence[Strand] = (),
        phrases: Sequence[Phrase] = (),
        path: tuple[str, ...] = (),
        of: str = "",
        source: Reference | None = None,
        share: Reference | None = None,
        count: int = 1,
    ) -> None:
        self.kind = kind
        self.fields = dict(fields)
        self.reads = reads
        self.gives = gives
        self.strands = list(strands)
        self.phrases = list(phrases)
        self.path = path
        self.of = of
        self.source = source
        self.share = share
        self.count = count
        self.name = ""
        self.when = ""
        self.repeat: int | SpecFormula = 1
        self.first: dict[str, Value] = {}

    def __repr__(self) -> str:
        inner = f" {self.phrases or self.strands}" if self.phrases or self.strands else ""
        return f"<{self.kind} {self.fields}{inner}>"

    @property
    def is_layer(self) -> bool:
        """Whether it is a layer, and neither a group nor a block."""
        return self.kind in LAYERS

    @property
    def parts(self) -> list[Strand]:
        """Its branches; of a group its list, as if it were one."""
        return [Strand(self.phrases)] if self.kind == GROUP else self.strands

    def copy(self) -> Phrase:
        """The same, with lists of its own."""
        made = Phrase(self.kind, self.fields, self.reads, self.gives)
        for name in self.__slots__:
            setattr(made, name, getattr(self, name))
        made.fields, made.first = dict(self.fields), dict(self.first)
        made.phrases = copied(self.phrases)
        made.strands = [
            Strand(copied(each.phrases), each.to, each.name, each.present, each.when)
            for each in self.strands
        ]
        return made

    @property
    def lists(self) -> Iterator[list[Phrase]]:
        """The lists in it."""
        if self.kind == GROUP:
            yield self.phrases
        for strand in self.strands:
            if strand.to is None:
                yield strand.phrases

    @property
    def references(self) -> Iterator[Reference]:
        """What it itself reads by name, or runs again."""
        if self.source is not None:
            yield self.source
        yield from (strand.to for strand in self.strands if strand.to is not None)
        yield from (value for value in self.fields.values() if isinstance(value, Draft))


def walk(phrases: Sequence[Phrase]) -> Iterator[Phrase]:
    """All phrases, those within others behind these."""
    waiting = [*reversed(phrases)]
    while waiting:
        phrase = waiting.pop()
        yield phrase
        for inner in reversed([*phrase.lists]):
            waiting += reversed(inner)


def copied(phrases: Sequence[Phrase]) -> list[Phrase]:
    """The same list, of phrases of its own."""
    return [phrase.copy() for phrase in phrases]


def weight(phrases: Sequence[Phrase]) -> int:
    """How many items are written for them."""
    return sum(1 for _ in walk(phrases))
