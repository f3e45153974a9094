"""Layers to a list of phrases: one behind another, side by side in branches, or by name."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from cnncalc.importing.drafts import Draft, Sketch
from cnncalc.importing.structure.dominators import Dominators
from cnncalc.importing.structure.phrases import SHAPELESS, Phrase, Strand
from cnncalc.layers import LAYERS

DEEPEST = 10
"""Joins within each other, with those in groups and blocks well below what a spec may have."""

WIDEST = 600
"""Layers between a join and where its branches part; of more the branches are told by name."""

FEW = 24
"""Layers of a network without modules that a skip leads past, unless it gets a name."""


def series(sketch: Sketch) -> list[Phrase]:
    """The layers of a sketch as one list. What stands in a branch is read from within alone."""
    return _Series(sketch).phrases()


def module_of(draft: Draft) -> tuple[str, ...]:
    """The path of its module."""
    return tuple(draft.site.module.split(".")) if draft.site.module else ()


def common(paths: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """What they begin with."""
    first, last = min(paths), max(paths)
    length = 0
    for one, other in zip(first, last, strict=False):
        if one != other:
            break
        length += 1
    return first[:length]


class _Series:
    def __init__(self, sketch: Sketch) -> None:
        self.sketch = sketch
        inputs = list(sketch.inputs.values())
        self.root = inputs[0] if len(inputs) == 1 else SHAPELESS
        self.dominators = Dominators(self.root, inputs, sketch.layers)
        self.above = self.dominators.above
        self.place = {draft: number for number, draft in enumerate(sketch.layers)}
        self.readers = _readers(sketch)
        self.long: set[tuple[str, ...]] = set()
        self.sizes = Counter(
            path[:length]
            for path in map(module_of, sketch.layers)
            for length in range(1, len(path) + 1)
        )
        self.nested: dict[Draft, frozenset[Draft] | None] = {}

    def phrases(self) -> list[Phrase]:
        """All layers, the first output's last."""
        found = self.list(self._ordered(), self.root, 0)
        first, *rest = self.sketch.outputs.values()
        if not found or found[-1].gives is not first or first in rest:
            arrives = found[-1].gives if found else self.root
            found.append(Phrase("identity", {}, arrives, first, source=first, count=0))
        return found

    def _ordered(self) -> list[Draft]:
        """The layers in an order in which the first output's is the last, where there is one."""
        first, *rest = self.sketch.outputs.values()
        if not self.sketch.layers or first is self.sketch.layers[-1]:
            return [*self.sketch.layers]
        others: set[Draft] = set()
        waiting = [*rest]
        while waiting:
            draft = waiting.pop()
            if draft not in others:
                others.add(draft)
                waiting += _needed(draft)
        before = [draft for draft in self.sketch.layers if draft in others]
        return before + [draft for draft in self.sketch.layers if draft not in others]

    def list(self, layers: Sequence[Draft], arrives: Draft, depth: int) -> list[Phrase]:
        """Layers in their order, those in the branches of a join in that join."""
        inner: set[Draft] = set()
        regions: dict[Draft, frozenset[Draft] | None] = {}
        for layer in reversed(layers):
            if len(layer.inputs) > 1 and layer not in inner:
                regions[layer] = self._within(layer, depth)
                inner |= regions[layer] or set()
        found: list[Phrase] = []
        for layer in layers:
            if layer not in inner:
                before = found[-1].gives if found else arrives
                found.append(self._phrase(layer, before, depth, regions.get(layer)))
        return found

    def _phrase(
        self, layer: Draft, before: Draft, depth: int, region: frozenset[Draft] | None
    ) -> Phrase:
        path, of = module_of(layer), layer.site.kind
        if len(layer.inputs) == 1 and not LAYERS[layer.kind].joins:
            source = None if layer.inputs[0] is before else layer.inputs[0]
            return Phrase(
                layer.kind,
                layer.fields,
                source or before,
                layer,
                path=path,
                of=of,
                source=source,
                share=layer.shares,
            )
        names = [*LAYERS[layer.kind].branches, *([""] * len(layer.inputs))]
        if region is None:
            strands = [
                Strand(name=name) if each is before else Strand(to=each, name=name)
                for name, each in zip(names, layer.inputs, strict=False)
            ]
            phrase = Phrase(layer.kind, layer.fields, before, layer, strands=strands, path=path)
            phrase.share = layer.shares
            return phrase
        above = self.above[layer]
        strands = [
            self._strand(each, above, before, depth, name)
            for name, each in zip(names, layer.inputs, strict=False)
        ]
        paths = [module_of(each) for each in region] + [path]
        return Phrase(
            layer.kind,
            layer.fields,
            above,
            layer,
            strands=strands,
            path=common(paths),
            source=None if above is before or above is self.root is SHAPELESS else above,
            share=layer.shares,
            count=len(region) + 1,
        )

    def _strand(self, target: Draft, above: Draft, before: Draft, depth: int, name: str) -> Strand:
        if target is above:
            return Strand(name=name)
        if target in self.sketch.inputs.values():
            return Strand(to=target, name=name)
        region = self._between(above, target) or set()
        layers = sorted(region, key=self.place.__getitem__)
        found = self.list(layers, before if above is SHAPELESS else above, depth + 1)
        return Strand(found, name=name)

    def _within(self, join: Draft, depth: int) -> frozenset[Draft] | None:
        """The layers in the branches of a join, where it can have them in itself."""
        if depth >= DEEPEST or (_skips(join, self.above) and self.home(join) in self.long):
            return None
        if join not in self.nested:
            self.nested[join] = self._region(join)
        return self.nested[join]

    def _region(self, join: Draft) -> frozenset[Draft] | None:
        above = self.above[join]
        regions: list[set[Draft]] = []
        for each in dict.fromkeys(join.inputs):
            region = self._between(above, each)
            if region is None:
                return None
            regions.append(region)
        region = set().union(*regions)
        if len(region) != sum(map(len, regions)) or not self._private(region, join):
            return None
        if any(each.shares in region - part for part in regions for each in part):
            return None
        if sum(1 for each in join.inputs if each is not above) > len([r for r in regions if r]):
            return None
        if self._is_long(region, join):
            self.long.add(self.home(join))
            return None
        return frozenset(region)

    def _between(self, above: Draft, target: Draft) -> set[Draft] | None:
        """The layers that lead from one to the other, the other among them; None: too many."""
        region: set[Draft] = set()
        waiting = [target]
        while waiting:
            draft = waiting.pop()
            if draft is above or draft in region or draft.layer is None:
                continue
            region.add(draft)
            if len(region) > WIDEST:
                return None
            waiting += draft.inputs
        return region

    def _private(self, region: set[Draft], join: Draft) -> bool:
        return all(
            reader in region or reader is join for each in region for reader in self.readers[each]
        )

    def home(self, join: Draft) -> tuple[str, ...]:
        """The path of the module that joins, which does more than that."""
        path = module_of(join)
        while path and self.sizes[path] == 1:
            path = path[:-1]
        return path

    def _is_long(self, region: set[Draft], join: Draft) -> bool:
        """Whether branches come from outside of the module that joins them, or a skip leads past
        other skips of the same module, as in a U-Net."""
        home = self.home(join)
        if not home:
            return _skips(join, self.above) and len(region) > FEW
        if any(module_of(each)[: len(home)] != home for each in region):
            return True
        return _skips(join, self.above) and any(
            _skips(each, self.above) and self.home(each) == home for each in region
        )


def _skips(layer: Draft, above: Mapping[Draft, Draft]) -> bool:
    """Whether it joins a layer with what was made of it."""
    return len(layer.inputs) > 1 and above[layer] in layer.inputs


def _readers(sketch: Sketch) -> Mapping[Draft, list[Draft | None]]:
    """Who needs each layer: those that read it, or use its weights; None, the network itself."""
    found: dict[Draft, list[Draft | None]] = defaultdict(list)
    for draft in sketch.layers:
        for each in _needed(draft):
            found[each].append(draft)
    for draft in sketch.outputs.values():
        found[draft].append(None)
    return found


def _needed(draft: Draft) -> Iterator[Draft]:
    yield from draft.inputs
    if draft.shares:
        yield draft.shares
