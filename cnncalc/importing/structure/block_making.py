"""Groups of one class to a block and calls of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cnncalc.importing.structure.arguments import BlockArgument
from cnncalc.importing.structure.block_bodies import BlockBody
from cnncalc.importing.structure.inferring import Inferred
from cnncalc.importing.structure.occurrences import occurrences
from cnncalc.importing.structure.phrases import GROUP, Phrase, walk
from cnncalc.importing.structure.templates import Template


class MadeBlock:
    """A block: its name, its arguments in order, what follows from them, its phrases."""

    __slots__ = ("arguments", "let", "name", "phrases")

    def __init__(
        self,
        name: str,
        arguments: Sequence[BlockArgument],
        let: Mapping[str, str],
        phrases: Sequence[Phrase],
    ) -> None:
        self.let = let
        self.name = name
        self.arguments = list(arguments)
        self.phrases = list(phrases)


def definition(name: str, template: Template, groups: Sequence[Phrase], rules: bool) -> MadeBlock:
    """The block of which the groups are calls. Raises UnlikeError where they are none."""
    entries = [group.reads for group in groups]
    inferred = Inferred(template, entries, [group.gives for group in groups], rules)
    inferred.solve([*occurrences(template, entries)])
    phrases = BlockBody(inferred).listed(template.slots, [True] * len(groups), entries)
    return MadeBlock(name, inferred.arguments, inferred.arguments.let, phrases)


def calls(block: MadeBlock, groups: Sequence[Phrase]) -> None:
    """Makes the groups calls of the block."""
    times = _times(block)
    for number, group in enumerate(groups):
        group.kind = block.name
        group.phrases = []
        group.fields = {each.name: each.values[number] for each in block.arguments}
        if times:
            group.repeat = times.values[number]


def _times(block: MadeBlock) -> BlockArgument | None:
    """Takes the argument out of a block that says how often all that is in it repeats: the calls
    say it."""
    only = block.phrases[0]
    if len(block.phrases) > 1 or only.first or only.name or only.when:
        return None
    inner = only.phrases if only.kind == GROUP else [only]
    texts = [text for each in walk(inner) for text in _texts(each)]
    for argument in block.arguments:
        if only.repeat != argument.name or len(block.arguments) > 1 or block.let:
            continue
        if not any(argument.name in text or "input" in text for text in texts):
            only.repeat = 1
            block.phrases = inner
            block.arguments.remove(argument)
            return argument
    return None


def _texts(phrase: Phrase) -> Iterator[str]:
    """The expressions in a phrase."""
    found = [*phrase.fields.values(), *phrase.first.values(), *phrase.references, phrase.when]
    yield from (each for each in found if isinstance(each, str))
    yield from (strand.when for strand in phrase.strands)
