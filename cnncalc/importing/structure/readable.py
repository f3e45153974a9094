"""A sketch as a spec that reads as if written by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set

from cnncalc.importing.drafts import Sketch
from cnncalc.importing.flat import flat, heading, output_names
from cnncalc.importing.structure.assembling import InBlocks, assembled, referred, written_calls
from cnncalc.importing.structure.calling import GivenNames
from cnncalc.importing.structure.common_fields import common_fields
from cnncalc.importing.structure.module_groups import closed, grouped
from cnncalc.importing.structure.phrases import walk, weight
from cnncalc.importing.structure.run_again import run_again
from cnncalc.importing.structure.said_simply import said_simply
from cnncalc.importing.structure.series import series
from cnncalc.importing.structure.unclassed_rows import rowed
from cnncalc.importing.structure.written_phrases import PhraseLines
from cnncalc.language.writing.spec_text import SpecText
from cnncalc.language.writing.yaml_flow import Plain
from cnncalc.records import NamedTuple

TRIED = 6
"""Blocks that a network is tried without."""


class Body(NamedTuple):
    """The sections of a spec that say what the network is, as lines."""

    defaults: tuple[str, ...]
    blocks: tuple[str, ...]
    layers: tuple[str, ...]
    outputs: Mapping[str, str]

    @property
    def lines(self) -> int:
        """Of `blocks` and `layers`."""
        return sum(1 for line in (*self.blocks, *self.layers) if line.strip())


def written(sketch: Sketch, expect: Mapping[str, Plain]) -> Iterator[SpecText]:
    """The network of a sketch without blockers, the most readable first; where one is not read as
    that network again, the next is safer. None is longer than the last, an item for each layer.

    The layers are said simply before, in place: `padding: half`.
    """
    said_simply(sketch)
    head = heading(sketch, expect)
    for blocks, rules in ((True, True), (True, False), (False, False)):
        made = body(sketch, blocks=blocks, rules=rules)
        if made.lines <= len(sketch.layers):
            yield head._replace(**made._asdict())
    yield flat(sketch, expect)


def body(sketch: Sketch, *, blocks: bool, rules: bool) -> Body:
    """The network, with blocks or without, with inferred expressions or with arguments alone; of
    the blocks those that make it shorter."""
    plain = _shortest(sketch, blocks, rules, rows=False)
    if not blocks:
        return plain
    rowed = _shortest(sketch, blocks, rules, rows=True)
    return rowed if rowed.lines < plain.lines else plain


def _shortest(sketch: Sketch, blocks: bool, rules: bool, rows: bool) -> Body:
    without: set[str] = set()
    best, idle = _made(sketch, blocks, rules, rows, without)
    for name in idle[:TRIED]:
        other, _ = _made(sketch, blocks, rules, rows, without | {name})
        if other.lines <= best.lines:
            best = other
            without.add(name)
    return best


def _made(
    sketch: Sketch, blocks: bool, rules: bool, rows: bool, without: Set[str]
) -> tuple[Body, Sequence[str]]:
    """The network without some blocks, and the blocks of it that may not pay."""
    phrases = series(sketch)
    if blocks:
        phrases = grouped(phrases, sketch.program.modules)
        if any(draft.shares for draft in sketch.layers):
            run_again(phrases, sketch.layers)
    if rows:
        phrases = rowed(phrases)
    phrases = closed(phrases, sketch.outputs.values())
    _, *outputs = sketch.outputs.values()
    assembly = assembled(phrases, {*outputs}, rules, without)
    made = _written(assembly, sketch, tight=False)
    if made.lines > len(sketch.layers):
        made = _written(assembly, sketch, tight=True)
    return made, _idle(assembly)


def _idle(assembly: InBlocks) -> list[str]:
    """Blocks that take more lines than they save, where nothing else depends on them."""
    called = written_calls(assembly)
    found = []
    for name, block in assembly.blocks.items():
        size, calls = weight(block.phrases), called[name]
        head = 3 if block.arguments else 2
        if calls * size <= size + head + calls:
            found.append(name)
    return found


def _written(assembly: InBlocks, sketch: Sketch, tight: bool) -> Body:
    called = written_calls(assembly)
    used = [block for name, block in assembly.blocks.items() if called[name]]
    _, *outputs = sketch.outputs.values()
    read = referred(assembly.phrases).union(outputs)
    names = GivenNames(sketch, read, {block.name for block in used})
    names.give(assembly.phrases)
    everything = [*walk(assembly.phrases), *(p for b in used for p in walk(b.phrases))]
    lines = PhraseLines(assembly.blocks, common_fields(everything), names.of, tight)
    blocks: list[str] = []
    for block in used:
        blocks += [*([""] if blocks else []), *lines.block(block)]
    return Body(
        defaults=tuple(lines.defaults()),
        blocks=tuple(blocks),
        layers=tuple(lines.layers(assembly.phrases, "  ")),
        outputs={name: names.of[draft] for name, draft in output_names(sketch).items()},
    )
