"""Phrases and blocks as the lines of a spec."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap
from typing import Any

from cnncalc.importing.drafts import Draft
from cnncalc.importing.structure.block_making import MadeBlock
from cnncalc.importing.structure.calling import branch_names
from cnncalc.importing.structure.common_fields import said
from cnncalc.importing.structure.phrases import AGAIN, GROUP, OF, Phrase, SpecFormula, Strand
from cnncalc.importing.structure.proportions import ABSENT
from cnncalc.language.writing.yaml_flow import flow, text
from cnncalc.later_patterns import pattern
from cnncalc.layers import LAYERS
from cnncalc.text import yaml_text

LONGEST = 112
"""Columns of a line in which a list or a mapping is written whole."""

SHORT = 72
"""Of one that is written within a line, though each item could have its own."""

MANY = 3
"""Branches by name alone that are called as what they are the names of."""

KEPT_TOGETHER = "\0"
"""A space at which no line is broken."""

SIZES = frozenset({"kernel", "stride", "padding", "dilation", "size", "map"})
"""Words that a field or an argument ends with whose numbers are written as `3x3`."""
_WORD = pattern(r"(?!(?i:y|n|yes|no|on|off|true|false|null|nan|inf)\Z)\w[\w+/-]*\Z", re.ASCII)
_NUMBER = pattern(r"[0-9_]+(e[0-9]+)?\Z|0[xob]")
_PLAIN = pattern(r"[A-Za-z0-9_][A-Za-z0-9_ .*/+()<>=!-]*\Z")


class PhraseLines:
    """One network as it is written."""

    def __init__(
        self,
        blocks: Mapping[str, MadeBlock],
        common: Mapping[str, Mapping[str, Any]],
        names: Mapping[Draft, str],
        tight: bool = False,
    ) -> None:
        self.blocks = blocks
        self.common = common
        self.names = names
        self.most = 6 if tight else 3
        self.short = LONGEST if tight else SHORT

    def layers(self, phrases: Sequence[Phrase], margin: str) -> Iterator[str]:
        """The items of a list."""
        for phrase in phrases:
            yield from self._item(phrase, margin)

    def block(self, block: MadeBlock) -> Iterator[str]:
        """A block's name, its arguments, its layers."""
        yield f"  {block.name}:"
        if block.arguments:
            yield f"    args: {self._braced({each.name: each.default for each in block.arguments})}"
        if block.let:
            let = {name: SpecFormula(text) for name, text in block.let.items()}
            yield f"    let: {self._braced(let)}"
        yield "    layers:"
        yield from self.layers(block.phrases, " " * 6)

    def defaults(self) -> Iterator[str]:
        """The fields of kinds that most of their layers have."""
        for kind, fields in self.common.items():
            yield f"  {kind}: {self._braced(fields)}"

    # -- items ----------------------------------------------------------------------------------

    def _item(self, phrase: Phrase, margin: str) -> Iterator[str]:
        line = self._in_a_line(phrase)
        if line is not None and len(margin) + 2 + len(line) <= LONGEST:
            yield f"{margin}- {line}"
            return
        before, behind = self._beside(phrase)
        inner = margin + "  "
        above = [f"{key}: {value}" for key, value in before.items()]
        below = [f"{key}: {value}" for key, value in behind.items()]
        value = self._inline_value(phrase)
        if value is None:
            entries = [*above, *below, f"{phrase.kind}:"]
        else:
            entries = [*above, *_wrapped(f"{phrase.kind}: {value}", margin), *below]
        yield f"{margin}- {entries[0]}"
        yield from (f"{inner}{entry}" for entry in entries[1:])
        if value is not None:
            return
        if phrase.kind == GROUP:
            yield from self.layers(phrase.phrases, inner + "  ")
            return
        inner += "  "
        for name, value in self._fields(phrase).items():
            yield f"{inner}{name}: {self._value(name, value)}"
        for name, strand in zip(branch_names(phrase, self.names), phrase.strands, strict=True):
            yield from self._branch(name, strand, inner)

    def _branch(self, name: str, strand: Strand, margin: str) -> Iterator[str]:
        line = self._branch_line(strand)
        if line is not None and len(line) <= self.short:
            yield f"{margin}{_name(name)}: {line}"
            return
        yield f"{margin}{_name(name)}:"
        margin += "  "
        if strand.when:
            yield f"{margin}when: {self._value('when', SpecFormula(strand.when))}"
            yield f"{margin}layers:"
            margin += "  "
        yield from self.layers(strand.phrases, margin)

    def _branch_line(self, strand: Strand) -> str | None:
        if strand.to is not None:
            return self._reference(strand.to)
        inner = [self._braced_item(each) for each in strand.phrases] or ["identity"]
        if None in inner or len(inner) > self.most:
            return None
        listed = f"[{', '.join(each for each in inner if each)}]"
        if strand.when:
            return f"{{when: {self._value('when', SpecFormula(strand.when))}, layers: {listed}}}"
        return listed

    def _braced_item(self, phrase: Phrase) -> str | None:
        line = self._in_a_line(phrase)
        if line is None or phrase.strands:
            return None
        return line if line.startswith("{") or ":" not in line else f"{{{line}}}"

    def _in_a_line(self, phrase: Phrase) -> str | None:
        """An item on a line; None, if it has branches that want lines of their own."""
        before, behind = self._beside(phrase)
        value = self._inline_value(phrase)
        if value is None:
            return None
        if not before and not behind:
            return f"{phrase.kind}: {value}" if value else phrase.kind
        entries = [f"{key}: {each}" for key, each in before.items()]
        entries.append(f"{phrase.kind}: {value}")
        entries += [f"{key}: {each}" for key, each in behind.items()]
        return f"{{{', '.join(entries)}}}"

    def _inline_value(self, phrase: Phrase) -> str | None:
        if phrase.kind == GROUP:
            inner = [self._braced_item(each) for each in phrase.phrases]
            if None in inner or len(inner) > self.most:
                return None
            listed = f"[{', '.join(each for each in inner if each)}]"
            return listed if len(listed) <= self.short else None
        if phrase.strands:
            return self._inline_join(phrase)
        fields = self._fields(phrase)
        main = self._main(phrase)
        if list(fields) == [main] and (phrase.is_layer or not isinstance(fields[main], tuple)):
            return self._value(main, fields[main])
        return self._braced(fields) if fields else ""

    def _inline_join(self, phrase: Phrase) -> str | None:
        """A join of names and what arrives alone."""
        if any(strand.phrases or strand.when for strand in phrase.strands):
            return None
        if len(phrase.strands) > MANY and not self._fields(phrase):
            return f"[{', '.join(self._branch_line(each) or '' for each in phrase.strands)}]"
        names = branch_names(phrase, self.names)
        entries = [f"{name}: {self._value(name, v)}" for name, v in self._fields(phrase).items()]
        entries += [
            f"{_name(name)}: {self._branch_line(strand)}"
            for name, strand in zip(names, phrase.strands, strict=True)
        ]
        return f"{{{', '.join(entries)}}}"

    def _main(self, phrase: Phrase) -> str:
        if phrase.kind == AGAIN:
            return OF
        if phrase.kind in self.blocks:
            arguments = self.blocks[phrase.kind].arguments
            return arguments[0].name if arguments else ""
        return next(iter(LAYERS[phrase.kind].fields), "")

    def _fields(self, phrase: Phrase) -> dict[str, Any]:
        if phrase.kind == AGAIN:
            return phrase.fields
        if phrase.kind not in self.blocks:
            return said(phrase, self.common)
        return {
            each.name: phrase.fields[each.name]
            for each in self.blocks[phrase.kind].arguments
            if each.default is ABSENT or not _is(phrase.fields[each.name], each.default)
        }

    def _beside(self, phrase: Phrase) -> tuple[dict[str, str], dict[str, str]]:
        before, behind = {}, {}
        if phrase.name:
            before["name"] = _name(phrase.name)
        if phrase.source is not None:
            before["from"] = self._reference(phrase.source)
        if phrase.share is not None:
            before["share"] = self._reference(phrase.share)
        if phrase.repeat != 1:
            behind["repeat"] = self._value("repeat", phrase.repeat)
        if phrase.first:
            behind["first"] = self._braced(phrase.first)
        if phrase.when:
            behind["when"] = self._value("when", SpecFormula(phrase.when))
        return before, behind

    # -- values ---------------------------------------------------------------------------------

    def _braced(self, fields: Mapping[str, Any]) -> str:
        entries = ", ".join(f"{name}: {self._value(name, v)}" for name, v in fields.items())
        return f"{{{entries}}}"

    def _reference(self, to: Draft | SpecFormula) -> str:
        return str(to) if isinstance(to, SpecFormula) else _name(self.names[to])

    def _value(self, name: str, value: Any) -> str:
        if value is ABSENT:
            return ""
        if isinstance(value, Draft):
            return self._reference(value)
        if isinstance(value, SpecFormula):
            return value if _PLAIN.match(value) else yaml_text(value)
        if isinstance(value, tuple):
            plain = name.rpartition("_")[2] in SIZES and all(
                isinstance(each, int) for each in value
            )
            return "x".join(map(str, value)) if plain and len(value) > 1 else _listed(value)
        return flow(value)


def _name(word: str) -> str:
    """GivenNames are texts, whatever YAML takes them for."""
    return word if _WORD.match(word) and not _NUMBER.match(word) else text(word)


def _wrapped(line: str, margin: str) -> list[str]:
    """A value within a line, on several where it is long, each broken behind a comma."""
    room = LONGEST - len(margin) - 2
    kept = re.sub(r"(?<!,) ", KEPT_TOGETHER, line)
    lines = wrap(kept, room, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
    return [each.replace(KEPT_TOGETHER, " ") for each in lines]


def _listed(value: tuple[Any, ...]) -> str:
    inner = (
        "none" if each is None else _listed(each) if isinstance(each, tuple) else flow(each)
        for each in value
    )
    return f"[{', '.join(inner)}]"


def _is(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)
