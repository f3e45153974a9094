"""A sketch as a spec, an item for each layer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cnncalc.importing.drafts import Draft, Sketch
from cnncalc.importing.spec_names import MOST_OF_A_NAME, free_name, plain
from cnncalc.language.text.naming import RESERVED
from cnncalc.language.writing.spec_text import Item, SpecText
from cnncalc.language.writing.yaml_flow import Plain
from cnncalc.layers import LAYERS
from cnncalc.layers.base import times

OUTPUT = "output"


def flat(sketch: Sketch, expect: Mapping[str, Plain] | None = None) -> SpecText:
    """The network of a sketch without blockers, as items in a row; those that others read by name
    are called as the module that they were."""
    writer = _Writer(sketch)
    head = heading(sketch, expect)
    return head._replace(layers=[*writer.items()], outputs=writer.outputs())


def heading(sketch: Sketch, expect: Mapping[str, Plain] | None = None) -> SpecText:
    """What a spec says of a network besides its layers."""
    program = sketch.program
    inputs = {name: times(draft.shape) for name, draft in sketch.inputs.items()}
    return SpecText(
        name=program.name,
        source=program.source,
        inputs=inputs if len(inputs) > 1 else {"": next(iter(inputs.values()))},
        layers=(),
        expect=expect or {},
    )


class _Writer:
    """One sketch as it is written."""

    def __init__(self, sketch: Sketch) -> None:
        self.sketch = sketch
        self.inputs = sketch.inputs
        self.last = next(iter(sketch.outputs.values()))
        self.names: dict[Draft, str] = {}
        self.taken = {*RESERVED, *self.inputs, *sketch.outputs, *LAYERS}
        self.taken |= {*output_names(sketch)}
        only = len(self.inputs) == 1
        for name, draft in self.inputs.items():
            self.names[draft] = "input" if only else name
        for draft in self._named():
            self.names[draft] = self._free(draft)

    def _named(self) -> Iterator[Draft]:
        """The layers that something reads which does not stand behind them."""
        wanted = set(self.sketch.outputs.values())
        before: Draft | None = self._arrives
        for draft in self.sketch.layers:
            if draft.layer is not None and (_by_name(draft) or draft.inputs[0] is not before):
                wanted.update(draft.inputs)
            if draft.shares:
                wanted.add(draft.shares)
            before = draft
        wanted -= set(self.inputs.values())
        if self.last is before and list(self.sketch.outputs.values()).count(self.last) == 1:
            read = any(self.last in draft.inputs for draft in self.sketch.layers)
            wanted -= set() if read else {self.last}
        yield from (draft for draft in self.sketch.layers if draft in wanted)

    @property
    def _arrives(self) -> Draft | None:
        """What the first layer reads without a word: the only input."""
        return next(iter(self.inputs.values())) if len(self.inputs) == 1 else None

    def _free(self, draft: Draft) -> str:
        words = draft.site.module
        if draft.site.kind and _is_whole(draft):
            name = words
        else:
            name = f"{words}_{draft.kind}" if words else draft.kind
        name = plain(name)[-MOST_OF_A_NAME:].strip("_") or draft.kind
        free = free_name(name, self.taken)
        self.taken.add(free)
        return free

    def items(self) -> Iterator[Item]:
        """An item for each layer."""
        before = self._arrives
        for draft in self.sketch.layers:
            yield self._item(draft, before)
            before = draft
        if before is not self.last or not self.sketch.layers:
            yield {"from": self.names[self.last], "identity": None}

    def _item(self, draft: Draft, before: Draft | None) -> Item:
        item: dict[str, Plain] = {}
        if draft in self.names:
            item["name"] = self.names[draft]
        if not _by_name(draft) and draft.inputs[0] is not before:
            item["from"] = self.names[draft.inputs[0]]
        if draft.shares:
            item["share"] = self.names[draft.shares]
        if LAYERS[draft.kind].joins:
            item[draft.kind] = [self.names[source] for source in draft.inputs]
        else:
            item[draft.kind] = self._fields(draft)
        return item

    def _fields(self, draft: Draft) -> Plain:
        fields = {name: written(value) for name, value in draft.fields.items()}
        branches = list(LAYERS[draft.kind].branches)
        if branches and _by_name(draft):
            named = zip(branches, draft.inputs, strict=False)
            fields |= {branch: self.names[source] for branch, source in named}
        main = next(iter(LAYERS[draft.kind].fields), "")
        if list(fields) == [main]:
            return fields[main] if isinstance(fields[main], int | float | str) else fields
        return fields or None

    def outputs(self) -> dict[str, str]:
        """All but the last layer's, which is the first of the model's own."""
        return {name: self.names[draft] for name, draft in output_names(self.sketch).items()}


def _by_name(draft: Draft) -> bool:
    """Whether it says what it reads."""
    return LAYERS[draft.kind].joins or len(draft.inputs) > 1


def _is_whole(draft: Draft) -> bool:
    """Whether the module is this layer and no other: its class is PyTorch's own word for it."""
    plain = draft.site.kind.lower().rstrip("0123d")
    return bool(draft.weights) and plain.startswith(draft.kind.replace("_", "")[:4])


def output_names(sketch: Sketch) -> dict[str, Draft]:
    """The outputs but the first, which is the last layer's: by what a spec calls them, which is
    another name for each."""
    found: dict[str, Draft] = {}
    taken = {*RESERVED, OUTPUT, *(sketch.inputs if len(sketch.inputs) > 1 else ())}
    for name, draft in list(sketch.outputs.items())[1:]:
        word = plain(name)[:MOST_OF_A_NAME] or OUTPUT
        found[free_name(word, {*taken, *found})] = draft
    return found


def written(value: object) -> Plain:
    """A field's value as a spec writes it."""
    if isinstance(value, tuple):
        return [written(part) for part in value]
    assert isinstance(value, str | int | float | bool | None)
    return value
