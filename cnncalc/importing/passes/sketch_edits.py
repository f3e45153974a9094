"""Layers of a sketch in place of others."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from cnncalc.importing.drafts import Draft, Sketch


class SketchEdits:
    """A sketch while layers are exchanged; `done` is the new one.

    readers: the layers that read each, each once
    outputs: those that are the network's own
    """

    def __init__(self, sketch: Sketch) -> None:
        self.sketch = sketch
        self.readers: dict[Draft, list[Draft]] = {}
        self.outputs = set(sketch.outputs.values())
        self.sharers: dict[Draft, list[Draft]] = {}
        self._stands: dict[Draft, list[Draft]] = {}
        self._gone: set[Draft] = set()
        self._new: dict[Draft, Draft] = {}
        for draft in sketch.layers:
            self._reads(draft)
            if draft.shares:
                self.sharers.setdefault(draft.shares, []).append(draft)

    def _reads(self, draft: Draft) -> None:
        for source in dict.fromkeys(draft.inputs):
            self.readers.setdefault(source, []).append(draft)

    def there(self, draft: Draft) -> bool:
        """Whether it is still one of the layers."""
        return draft not in self._gone

    def alone(self, draft: Draft, reader: Draft) -> bool:
        """Whether nothing but that one reads it."""
        return draft not in self.outputs and self.readers.get(draft, []) == [reader]

    def inside(self, draft: Draft, readers: Collection[Draft]) -> bool:
        """Whether nothing but these read it."""
        return draft not in self.outputs and all(
            each in readers for each in self.readers.get(draft, [])
        )

    def replace(self, old: Draft, new: Iterable[Draft], gone: Iterable[Draft] = ()) -> None:
        """What read one layer reads the last of these, which stand in its place; some are no
        more. The last shares what the old one shared, and lends what that lent."""
        placed = list(new)
        last = placed[-1]
        for reader in self.readers.pop(old, []):
            reader.inputs = [last if source is old else source for source in reader.inputs]
            self.readers.setdefault(last, []).append(reader)
        for sharer in self.sharers.pop(old, []):
            sharer.shares = last
            self.sharers.setdefault(last, []).append(sharer)
        if old in self.outputs:
            self.outputs.discard(old)
            self.outputs.add(last)
        self._new[old] = last
        self._stands[old] = placed
        for each in (old, *gone):
            self._gone.add(each)
            for source in each.inputs:
                if each in self.readers.get(source, []):
                    self.readers[source].remove(each)
        for each in placed:
            self._reads(each)

    def done(self) -> Sketch:
        """The sketch with all that was exchanged."""
        layers = tuple(each for draft in self.sketch.layers for each in self._at(draft))
        outputs = {name: self._last(draft) for name, draft in self.sketch.outputs.items()}
        return self.sketch._replace(layers=layers, outputs=outputs)

    def _at(self, draft: Draft) -> Iterable[Draft]:
        """What stands where a layer stood."""
        if draft in self._stands:
            for each in self._stands[draft]:
                yield from self._at(each)
        elif draft not in self._gone:
            yield draft

    def _last(self, draft: Draft) -> Draft:
        while draft in self._new:
            draft = self._new[draft]
        return draft
